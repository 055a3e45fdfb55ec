/** The command line of `npm run replay`. */
import { parseArgs } from "node:util";
import { ENDPOINT_POLICIES, STEERING_POLICIES } from "../../routing/model.ts";
import type { Change } from "../../routing/replay/what-if.ts";
import { ok, type Result, refuse } from "../../routing/result.ts";

export const USAGE = `replay --from FILE|URL [flags]   recorded decisions made again, and what another policy would have done

  --from FILE          an answer of /v1/decisions, saved
  --from URL           http://127.0.0.1:8788/v1/decisions?host=shop.example
  --policy NAME        ${STEERING_POLICIES.join(", ")}
  --endpoint-policy NAME
                       of every pool: ${ENDPOINT_POLICIES.join(", ")}
  --central-port N     whose token opens the URL, when several planets run
  --help               this text

TRADEWIND_API_TOKEN opens a URL that is no planet's on this machine. Ends with 1 when a decision does not agree.`;

export interface Wanted {
  readonly from: string;
  /** `null`: replay only. */
  readonly change: Change | null;
  readonly centralPort: string | undefined;
}

const OPTIONS = {
  from: { type: "string" },
  policy: { type: "string" },
  "endpoint-policy": { type: "string" },
  "central-port": { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** Refusal: one line. */
export function parseReplay(args: readonly string[]): Result<Wanted | "help", string> {
  const parsed = parse(args);
  if (!parsed.ok) return parsed;
  const { from, policy, help } = parsed.value;
  if (help) return ok("help");
  if (from === undefined) return refuse("--from says where the recorded decisions are");
  const steering = oneOf("--policy", STEERING_POLICIES, policy);
  if (!steering.ok) return steering;
  const endpoints = oneOf("--endpoint-policy", ENDPOINT_POLICIES, parsed.value["endpoint-policy"]);
  if (!endpoints.ok) return endpoints;
  const change = {
    ...(steering.value === undefined ? {} : { steering: steering.value }),
    ...(endpoints.value === undefined ? {} : { endpoints: endpoints.value }),
  };
  return ok({
    from,
    change: Object.keys(change).length === 0 ? null : change,
    centralPort: parsed.value["central-port"],
  });
}

function oneOf<T extends string>(
  flag: string,
  names: readonly T[],
  text: string | undefined,
): Result<T | undefined, string> {
  const found = names.find((name) => name === text);
  return text === undefined || found !== undefined
    ? ok(found)
    : refuse(`${flag} is one of ${names.join(", ")}, not "${text}"`);
}

function parse(args: readonly string[]) {
  try {
    return ok(parseArgs({ args: [...args], options: OPTIONS, allowPositionals: false }).values);
  } catch (error) {
    // Node's first sentence names the flag; the rest is advice about parsing.
    return refuse(String((error as Error).message).split(/\.\s/)[0] ?? "");
  }
}
