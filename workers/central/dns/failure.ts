/** What the failures of providers over HTTP have in common. */
import type { RecordSet } from "../../../routing/dns/record.ts";
import type { Ms } from "../../../routing/units.ts";
import type { Failure, FailureKind, Refusals } from "./provider.ts";

/** What an operator reads last; `unauthorized` and `no-zone` are the provider's to say. */
export const NEXT_STEPS = {
  throttled: "it is asked again later",
  fenced: "somebody else wrote: the zone is listed again",
  rejected: "nothing was written; correct what it names",
  unreachable: "nothing was written; it is asked again later",
  unknown: "it may have been written: the zone is listed before anything else",
} as const satisfies Partial<Record<FailureKind, string>>;

/** A vendor's sentence fits; a page of HTML from something in between does not. */
const SENTENCE_MAX = 500;

/** One line without any of the secrets, for an operator. */
export function sentenceOf(text: string, secrets: readonly string[]): string {
  let line = text;
  // As it is, and as JSON has it: vendors' errors are shown as their JSON where they are not understood.
  for (const secret of secrets.flatMap((one) => [one, JSON.stringify(one).slice(1, -1)]))
    line = line.replaceAll(secret, "…");
  return line
    .replace(/[\r\n\t]+ */g, " ")
    .trim()
    .slice(0, SENTENCE_MAX);
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3). */
export function retryAfterMs(header: string | null | undefined, nowMs: Ms): Ms | undefined {
  if (header === null || header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Why a call that threw did, without what the runtime says around it, and without its full stop: more follows. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { message, cause } = thrown;
  return (cause instanceof Error ? `${message} ${cause.message}` : message).replace(/\.$/, "");
}

/** A set that may be malformed, so that its name stays on the line. */
export const shownName = ({ name, type }: Pick<RecordSet, "name" | "type">): string =>
  `${JSON.stringify(name.slice(0, NAME_MAX))} ${JSON.stringify(type)}`;

/** No name is longer (RFC 1035, 2.3.4). */
const NAME_MAX = 255;

/** As many of a batch's refusals are told in full; of the others the names. */
const REFUSALS_TOLD = 3;

/** What was refused of a batch, as one failure for who tells it. */
export function rejectionOf({ refused }: Refusals, of: number): Failure {
  const told = refused.slice(0, REFUSALS_TOLD).map(({ key, detail }) => `${key}: ${detail}`);
  const others = refused.slice(REFUSALS_TOLD).map(({ key }) => key);
  const also = others.length === 0 ? "" : ` Also not written: ${others.join(", ")}.`;
  return {
    kind: "rejected",
    detail: `${refused.length} of ${of} changes were not taken; nothing else was held up. ${told.join(" ")}${also}`,
  };
}
