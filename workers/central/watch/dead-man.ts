/**
 * The dead-man switch: once a minute somebody outside is told that we still look. When that stops, he notices, because we cannot.
 *
 * The URL is the operator's, in a variable of the script. It is called from where secrets are, so only a public name on https is.
 */
import { ok, type Result, refuse } from "../../../routing/result.ts";
import { publicAddresses } from "../../../routing/table/address.ts";
import type { Ms } from "../../../routing/units.ts";
import type { FetchPort, Timers } from "../../ports.ts";

/** A minute has room for it beside the looks at the regions. */
const TIMEOUT_MS = 5_000;

export interface DeadManPorts {
  readonly fetch: FetchPort;
  readonly timers: Pick<Timers, "deadline">;
}

/** How the last call ended. Without the URL: what is behind its host may be a secret. */
export interface Told {
  readonly host: string;
  readonly atMs: Ms;
  readonly ok: boolean;
  /** `status 204`, or why there was no answer. */
  readonly result: string;
}

/** Refusal: why it is not called, as a sentence. */
export function readDeadManUrl(text: string): Result<URL, string> {
  if (!URL.canParse(text)) return refuse("TW_DEADMAN_URL is not a URL. Write it with https://.");
  const url = new URL(text);
  if (url.protocol !== "https:") return refuse("TW_DEADMAN_URL must begin with https://.");
  if (url.username !== "" || url.password !== "") {
    return refuse("TW_DEADMAN_URL carries a user name. Put what is secret into the path.");
  }
  if (url.port !== "") return refuse("TW_DEADMAN_URL names a port. Only 443 is called.");
  const problem = publicAddresses(url.hostname, "TW_DEADMAN_URL");
  return problem === null ? ok(url) : refuse(`TW_DEADMAN_URL: ${problem.detail}`);
}

/** Never fails. A redirect is not followed: it may lead to where we may not call. */
export async function tellDeadMan(
  url: URL,
  body: Readonly<Record<string, unknown>>,
  ports: DeadManPorts,
  nowMs: Ms,
): Promise<Told> {
  const told = { host: url.hostname, atMs: nowMs };
  try {
    const response = await ports.fetch(
      new Request(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        redirect: "manual",
        signal: ports.timers.deadline(TIMEOUT_MS),
      }),
    );
    await response.body?.cancel();
    return { ...told, ok: response.ok, result: `status ${response.status}` };
  } catch (error) {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    return { ...told, ok: false, result: isLate ? "no answer within 5 s" : "no connection" };
  }
}
