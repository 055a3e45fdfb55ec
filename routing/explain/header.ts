/**
 * What the holder of a ticket is told about a request that was served: the decision that served it, and how each try ended.
 *
 * Names that operators gave and nothing else: no address of an endpoint, no visitor. One line of visible ASCII, because it
 * travels as a header.
 */
import type { Outcome as TryOutcome } from "../exchange.ts";
import { criticalityOf } from "../match/action.ts";
import type { Course } from "../match/dispatch.ts";
import type { Why } from "../steer/candidates.ts";
import type { Trace } from "../steer/decide.ts";
import type { Colo, TableVersion } from "../units.ts";
import { sessionWords } from "./session.ts";
import { spillWords } from "./spill.ts";
import { answeredBy, balancedWords, ruleWords, short } from "./words.ts";

export interface Told {
  readonly version: TableVersion | null;
  readonly colo: Colo;
  readonly host: string;
  /** Of the answer that the visitor got. */
  readonly status: number;
  /** `null`: a mistake of ours kept the rules from being asked. */
  readonly course: Course | null;
  readonly trace: Trace | null;
  readonly attempts: readonly Attempt[];
}

/** One try, in the order in which they were made. */
export interface Attempt {
  readonly pool: string;
  readonly endpoint: string;
  readonly why: Why;
  readonly outcome: TryOutcome;
  /** `null` = no answer. */
  readonly status: number | null;
  readonly ms: number;
}

/** A header block of an answer may have 16 KB at many clients; a quarter of it is ours at most. */
export const HEADER_CHARACTERS_MAX = 4_096;
const RULES_TOLD_MAX = 10;
export const ATTEMPTS_TOLD_MAX = 10;

/** Range: at most `HEADER_CHARACTERS_MAX`. What does not fit is told shorter, with `"cut": true`. */
export function headerText(told: Told): string {
  const whole = ascii(JSON.stringify({ ...summary(told), ...story(told) }));
  if (whole.length <= HEADER_CHARACTERS_MAX) return whole;
  return ascii(JSON.stringify({ ...summary(told), cut: true }));
}

/** Short whatever the names are: hostnames, names of pools and endpoints have limits of their own. */
const summary = ({ version, colo, host, status, attempts }: Told) => ({
  version,
  colo,
  host,
  status,
  pool: attempts.at(-1)?.pool ?? null,
  endpoint: short(attempts.at(-1)?.endpoint ?? "") || null,
});

function story({ course, trace, attempts }: Told) {
  return {
    did: course === null ? "fail-open" : (course.action?.do ?? "not-found"),
    by: course === null ? null : answeredBy(course),
    route: routeOf(course),
    rules: (course?.asked?.ruled.rules ?? [])
      .slice(0, RULES_TOLD_MAX)
      .map(({ name }) => short(name)),
    target: course?.action?.do === "forward" ? balancedWords(course.action.forward.balanced) : null,
    policy: trace?.policy ?? null,
    criticality: criticalityWords(course),
    refused_by: trace?.refusedBy?.pool.name ?? null,
    refused_for: trace?.refusedFor ?? null,
    exploring: trace?.exploring ?? false,
    spill: spillWords(trace?.spill ?? null),
    session: sessionOf(course, trace),
    stages:
      trace?.stages
        .slice(0, STAGES_TOLD_MAX)
        .map(({ kind, planned }) => `${kind} ${planned.pool.name}`) ?? [],
    attempts: attempts.slice(0, ATTEMPTS_TOLD_MAX),
  };
}

const STAGES_TOLD_MAX = 8;

const criticalityWords = (course: Course | null) =>
  course?.action?.do === "forward" ? (criticalityOf(course.action.forward) ?? "default") : null;

function sessionOf(course: Course | null, trace: Trace | null) {
  if (course?.action?.do !== "forward" || trace === null) return null;
  const { kept, balanced } = course.action.forward;
  return kept === null ? null : sessionWords(kept, trace, balanced);
}

function routeOf(course: Course | null) {
  if (course === null || course.taken === null) return null;
  return ruleWords(course.taken.site.shard.host, course.taken.matched);
}

/** JSON leaves only these to be escaped: what is no ASCII, and DEL. */
const ascii = (json: string): string =>
  json.replaceAll(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
