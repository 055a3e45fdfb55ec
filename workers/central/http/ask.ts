/** Waiting for an object, never for ever: the one place where a silence becomes an answer. */
import { ok, type Result, refuse } from "../../../routing/result.ts";
import type { Ms } from "../../../routing/units.ts";
import type { ConfigObject } from "../../config-object.ts";
import type { DeskObject, SignerObject } from "../../ports.ts";
import type { CentralPorts, ZoneObject } from "../ports.ts";
import { Refusal } from "./problem.ts";
import type { Central } from "./routes.ts";

/** A region that is silent for this long is listed as unreachable; a page that polls stays live. */
export const REGION_TIMEOUT_MS = 2_000;
/** A read is one row set of one object. */
const CONFIG_READ_TIMEOUT_MS = 5_000;
/** A table of 10,000 endpoints and 2,000 hostnames takes 7 s here to be parsed, compiled and stored. */
export const CONFIG_WRITE_TIMEOUT_MS = 60_000;
/** The desk only reads and writes one small bag, the signer one key. */
export const DESK_TIMEOUT_MS = 5_000;

export type NoAnswer = { readonly reason: "failed" | "silent" };

/** Awaits `work` for at most `ms`. What it threw is not told on: an object's words are not for clients. */
export async function ask<T>(
  ports: Pick<CentralPorts, "timers">,
  work: () => Promise<T>,
  ms: Ms,
): Promise<Result<T, NoAnswer>> {
  const done = new AbortController();
  const silence = ports.timers.wait(ms, done.signal).then(
    () => refuse<NoAnswer>({ reason: "silent" }),
    () => refuse<NoAnswer>({ reason: "silent" }),
  );
  try {
    return await Promise.race([work().then(ok), silence]);
  } catch {
    return refuse<NoAnswer>({ reason: "failed" });
  } finally {
    done.abort();
  }
}

/**
 * Asks the account's ConfigStore. `nextStep` tells the operator what a silence means for this call.
 *
 * Errors: throws `Refusal` of kind `unreachable`.
 */
export async function askConfig<T>(
  { ports, account }: Central,
  work: (config: ConfigObject) => Promise<T>,
  nextStep: string,
  ms: Ms = CONFIG_READ_TIMEOUT_MS,
): Promise<T> {
  const config = async () => work(ports.objects.config(account));
  return answered("configuration store", await ask(ports, config, ms), nextStep);
}

/** The same for the desk. */
export async function askDesk<T>(
  { ports, account }: Central,
  work: (desk: DeskObject) => Promise<T>,
): Promise<T> {
  const desk = async () => work(ports.objects.desk(account));
  const nextStep = "Traffic and configuration are not affected; send it again.";
  return answered("operators' desk", await ask(ports, desk, DESK_TIMEOUT_MS), nextStep);
}

/** The same for the signer of tickets. */
export async function askSigner<T>(
  { ports, account }: Central,
  work: (signer: SignerObject) => Promise<T>,
): Promise<T> {
  const signer = async () => work(ports.objects.signer(account));
  const nextStep = "Traffic and configuration are not affected; ask again.";
  return answered("signer of tickets", await ask(ports, signer, DESK_TIMEOUT_MS), nextStep);
}

/**
 * The same for a zone's ledger. `work` is what takes long; who only reads or writes a row is answered within the default.
 */
export async function askLedger<T>(
  { ports, account }: Central,
  zone: string,
  work: (ledger: ZoneObject) => Promise<T>,
  nextStep: string,
  ms: Ms = CONFIG_READ_TIMEOUT_MS,
): Promise<T> {
  const ledger = async () => work(ports.objects.ledger(account, zone));
  return answered(`ledger of zone ${zone}`, await ask(ports, ledger, ms), nextStep);
}

function answered<T>(who: string, answer: Result<T, NoAnswer>, nextStep: string): T {
  if (answer.ok) return answer.value;
  const how = answer.error.reason === "silent" ? "did not answer in time" : "failed";
  throw new Refusal("unreachable", `The ${who} ${how}. ${nextStep}`, {
    headers: { "retry-after": "2" },
  });
}
