/**
 * Cloudflare's failures, classified once. The vendor has no list of its codes; those here are named where they were seen:
 * https://developers.cloudflare.com/fundamentals/api/troubleshooting/ and issues of external-dns, octoDNS and ddns-go.
 */
import { APIError } from "cloudflare/core/error";
import type { Ms } from "../../../../routing/units.ts";
import { NEXT_STEPS, reasonOf, retryAfterMs, sentenceOf } from "../failure.ts";
import type { Failure, FailureKind } from "../provider.ts";

const KINDS: ReadonlyMap<number, FailureKind> = new Map([
  // "Invalid request headers", "Unknown X-Auth-Key", "Missing … Authorization headers", "Invalid access token", "Authentication error"
  [6_003, "unauthorized"],
  [9_103, "unauthorized"],
  [9_106, "unauthorized"],
  [9_109, "unauthorized"],
  [10_000, "unauthorized"],
  [10_001, "unauthorized"],
  // "No route for that URI", "Could not route to /zones/…, perhaps your object identifier is invalid?"
  [7_000, "no-zone"],
  [7_003, "no-zone"],
  // "Please wait and consider throttling your request speed"
  [971, "throttled"],
  // "Record does not exist.": an id of the batch is gone. "An identical record already exists.": what was absent is there.
  [81_044, "fenced"],
  [81_058, "fenced"],
]);

const NEXT: Readonly<Record<FailureKind, string>> = {
  ...NEXT_STEPS,
  unauthorized: "give the API token the permissions Zone > DNS > Read and Edit for this zone",
  "no-zone": "compare zone_id with the zone's overview page in the dashboard",
};

export interface Circumstances {
  readonly zone: string;
  /** Of a write an answer that was lost leaves open whether it happened. */
  readonly call: "list" | "write";
  /** The records that a write is about, for an operator. */
  readonly about?: string;
  readonly secrets: readonly string[];
  readonly nowMs: Ms;
}

/** Of anything that a call to the API threw. */
export function failureOf(thrown: unknown, where: Circumstances): Failure {
  const isAnswer = thrown instanceof APIError && thrown.status !== undefined;
  if (!isAnswer) return failure(lost(where), reasonOf(thrown), where);
  const errors = errorsOf(thrown);
  const kind = kindOf(thrown.status as number, errors, where);
  const said = errors.length === 0 ? thrown.message : errors.map(textOf).join("; ");
  const retry = retryAfterMs(thrown.headers?.get("retry-after"), where.nowMs);
  const told = failure(kind, `HTTP ${thrown.status}: ${said}`, where);
  return retry === undefined ? told : { ...told, retryAfterMs: retry };
}

export function failure(kind: FailureKind, reason: string, where: Circumstances): Failure {
  const { zone, call, about, secrets } = where;
  const what = `cloudflare, zone ${zone}, ${call}${about === undefined ? "" : ` of ${about}`}`;
  return { kind, detail: `${what}: ${sentenceOf(reason, secrets)} (${NEXT[kind]})` };
}

export const lost = ({ call }: Pick<Circumstances, "call">): FailureKind =>
  call === "list" ? "unreachable" : "unknown";

function kindOf(status: number, errors: readonly ApiProblem[], where: Circumstances): FailureKind {
  if (status >= 500) return lost(where);
  if (status === 429) return "throttled";
  const known = errors.map(({ code }) => KINDS.get(code)).find((kind) => kind !== undefined);
  if (known !== undefined) return known;
  if (status === 401 || status === 403) return "unauthorized";
  return status === 404 ? "no-zone" : "rejected";
}

interface ApiProblem {
  readonly code: number;
  readonly message: string;
  readonly error_chain?: readonly ApiProblem[];
}

/** What something between us and the vendor answers has none. */
function errorsOf({ errors }: APIError): readonly ApiProblem[] {
  if (!Array.isArray(errors)) return [];
  return (errors as readonly Partial<ApiProblem>[]).map((error) => ({
    code: Number(error?.code),
    message: String(error?.message),
    ...(Array.isArray(error?.error_chain) ? { error_chain: error.error_chain } : {}),
  }));
}

const textOf = ({ code, message, error_chain = [] }: ApiProblem): string =>
  [`${code} ${message}`, ...error_chain.map((cause) => `${cause.code} ${cause.message}`)].join(
    ", as ",
  );
