/**
 * Why a request goes where it goes, as plain JSON for people and tools.
 *
 * Nothing is decided here: every line is read from what the serving functions answered, `courseOf` (which is `dispatch`),
 * `explainMatch` (the walk of `match`) and `decide`. What only one isolate knows (its own failures, requests in flight, the
 * pool it has settled on) is not known here, and chance is drawn anew.
 *
 * Bounded: every list has a limit and every text of an operator is cut, so an explanation is at most a few 100 KB.
 */

import type { RegionLoads } from "../exchange.ts";
import { criticalityOf, type Forward } from "../match/action.ts";
import type { Course } from "../match/dispatch.ts";
import { courseOf } from "../match/dispatch.ts";
import type { RequestFacts } from "../match/facts.ts";
import type { Site } from "../match/site.ts";
import { balancedOf } from "../match/target.ts";
import type { Criticality, SteeringPolicy } from "../model.ts";
import { residenciesOf } from "../residency/outside.ts";
import type { Residency } from "../residency/places.ts";
import type { Rng } from "../rng.ts";
import { type RuleVerdict, verdictsOf } from "../steer/balancer-rules.ts";
import type { Candidate } from "../steer/candidates.ts";
import { decide } from "../steer/decide.ts";
import { type Asker, type Know, NO_MEMORY } from "../steer/knowledge.ts";
import type { StageKind } from "../steer/stages.ts";
import type { Ms, TableVersion } from "../units.ts";
import { type CloseRule, closeRules } from "./close.ts";
import { type Filters, filtersOf } from "./filters.ts";
import { type CandidateWords, candidateWords, type PoolWords, poolWords } from "./pools.ts";
import { type SessionWords, sessionWords } from "./session.ts";
import { type SpillWords, spillWords } from "./spill.ts";
import {
  type AnsweredBy,
  answeredBy,
  balancedWords,
  type RuleWords,
  ruleWords,
  short,
  type TargetWords,
  targetWords,
} from "./words.ts";

export interface Question {
  readonly version: TableVersion;
  /** By precedence of their hostnames; empty = nobody serves the host. */
  readonly sites: readonly Site[];
  readonly facts: RequestFacts;
  readonly asker: Asker;
  readonly know: Know;
  /** As the region says. */
  readonly loads?: RegionLoads | undefined;
}

/**
 * `fail`: a rule takes the request and sends it to nothing that exists. `overloaded`: no pool lets it in. `not-found`: the
 * host is known, nothing takes it.
 */
export const OUTCOMES = [
  "forward",
  "answer",
  "fail",
  "no-endpoint",
  "overloaded",
  "not-found",
  "unknown-host",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Explanation {
  /** Of the snapshot that was asked. */
  readonly version: TableVersion;
  readonly host: string;
  readonly path: string;
  /** Under which the snapshot was asked, in order. */
  readonly hostnames: readonly string[];
  readonly outcome: Outcome;
  readonly route: (RuleWords & { readonly targets: readonly RouteTarget[] }) | null;
  readonly close: readonly CloseRule[];
  readonly filters: Filters | null;
  /** What steering was asked for. */
  readonly target: TargetWords | null;
  readonly rules: readonly BalancerRule[];
  readonly answer: {
    readonly by: AnsweredBy;
    readonly status: number;
    readonly location: string | null;
  } | null;
  readonly steering: Steering | null;
  readonly session: SessionWords | null;
  readonly pool: string | null;
  readonly endpoint: string | null;
  /** In the order of tries; the second only when the first has failed. */
  readonly candidates: readonly CandidateWords[];
  readonly pools: readonly PoolWords[];
}

export interface RouteTarget extends TargetWords {
  readonly weight: number;
  /** It names something that is there and enabled. */
  readonly exists: boolean;
}

export interface BalancerRule {
  readonly name: string;
  readonly condition: string;
  readonly verdict: RuleVerdict;
}

export interface Steering {
  readonly policy: SteeringPolicy;
  /** What an overloaded pool lets it in by. */
  readonly criticality: Criticality;
  /** The pool that it would have gone to and that did not let it in; `null` = none. */
  readonly refused_by: string | null;
  /** Whether a request may go on to the next pool. */
  readonly failover: boolean;
  readonly exploring: boolean;
  readonly spill: SpillWords | null;
  readonly fault: string | null;
  /** Lists that each must have an endpoint's country, of the load balancer and of the hostname's; pools may add theirs. */
  readonly residencies: readonly Residency[];
  /** How many enabled endpoints these and the pools' own leave out. */
  readonly outside: number;
  readonly stages: readonly { readonly kind: StageKind; readonly pool: string }[];
}

/** An account may have 2,000 rules; those that were met are always among the shown. */
const RULES_SHOWN_MAX = 100;
const TARGETS_SHOWN_MAX = 16;
const STAGES_SHOWN_MAX = 64;
/** A route may allow many tries; nobody sees the tenth. */
const CANDIDATES_SHOWN_MAX = 10;

/** Total: it never throws. Cost: that of serving the request, and a walk over every rule whose path leads to it. */
export function explain(question: Question, nowMs: Ms, rng: Rng): Explanation {
  const { version, sites, facts, know } = question;
  const course: Course =
    sites.length === 0
      ? { taken: null, asked: null, action: null }
      : courseOf(sites, facts, know, nowMs, rng);
  const { taken, action } = course;
  const forward = action?.do === "forward" ? action.forward : null;
  const steered = forward === null ? NOT_STEERED : steer(forward, question, nowMs, rng);
  const { isRefused: _, ...shown } = steered;
  const [first] = steered.candidates;
  return {
    version,
    host: facts.host,
    path: short(facts.path),
    hostnames: sites.map(({ shard }) => shard.host),
    outcome: outcomeOf(sites, course, steered),
    route:
      taken === null
        ? null
        : { ...ruleWords(taken.site.shard.host, taken.matched), targets: targetsOf(course) },
    close: closeRules(sites, facts, taken),
    filters: forward === null ? null : filtersOf(forward),
    target: forward === null ? null : balancedWords(forward.balanced),
    rules: rulesOf(course),
    answer: answerOf(course),
    pool: first?.pool ?? null,
    endpoint: first?.endpoint ?? null,
    ...shown,
  };
}

type Steered = Pick<Explanation, "steering" | "session" | "candidates" | "pools"> & {
  readonly isRefused: boolean;
};

const NOT_STEERED: Steered = {
  ...{ steering: null, session: null, candidates: [], pools: [] },
  isRefused: false,
};

function steer(forward: Forward, { asker, know, loads }: Question, nowMs: Ms, rng: Rng): Steered {
  const { balanced, kept, terms } = forward;
  const { triesMax } = terms;
  const criticality = criticalityOf(forward);
  const preferred = kept?.home?.endpoint;
  const hold = kept?.hold;
  const asked = { shard: balanced, asker, know, memory: NO_MEMORY, loads, criticality };
  const input = { ...asked, triesMax, preferred, hold };
  const { candidates, trace } = decide(input, nowMs, rng);
  const known = { know, replayable: asker.replayable, criticality };
  const stages = trace.stages.slice(0, STAGES_SHOWN_MAX);
  return {
    steering: {
      policy: trace.policy,
      criticality: criticality ?? "default",
      refused_by: trace.refusedBy?.pool.name ?? null,
      failover: balanced.load_balancer.adaptive_routing.failover_across_pools,
      exploring: trace.exploring,
      spill: spillWords(trace.spill),
      fault: trace.fault === null ? null : short(trace.fault),
      residencies: residenciesOf(balanced),
      outside: trace.outside,
      stages: stages.map(({ kind, planned }) => ({ kind, pool: planned.pool.name })),
    },
    session: kept === null ? null : sessionWords(kept, trace, balanced),
    candidates: firstOf(candidates).map((one) =>
      candidateWords(balanced, one, trace, known, nowMs),
    ),
    pools: poolWords(balanced, trace, known, nowMs),
    isRefused: trace.isRefused,
  };
}

function firstOf(candidates: Iterable<Candidate>): readonly Candidate[] {
  const first: Candidate[] = [];
  for (const candidate of candidates) {
    if (first.push(candidate) === CANDIDATES_SHOWN_MAX) break;
  }
  return first;
}

function outcomeOf(
  sites: readonly Site[],
  { action }: Course,
  { candidates, isRefused }: Steered,
): Outcome {
  if (sites.length === 0) return "unknown-host";
  if (action === null) return "not-found";
  if (isRefused) return "overloaded";
  return action.do === "forward" && candidates.length === 0 ? "no-endpoint" : action.do;
}

function targetsOf({ taken }: Course): readonly RouteTarget[] {
  if (taken === null) return [];
  const { shard } = taken.site;
  return taken.matched.rule.backends.slice(0, TARGETS_SHOWN_MAX).map(({ target, weight }) => ({
    ...targetWords(target, shard),
    weight,
    exists: balancedOf(shard, target) !== null,
  }));
}

/** In their order. */
function rulesOf({ asked }: Course): readonly BalancerRule[] {
  if (asked === null) return [];
  const all = verdictsOf(asked.balancer, asked.ruled);
  const met = all.filter(({ verdict }) => verdict === "met");
  const shown = new Set([...met, ...all].slice(0, RULES_SHOWN_MAX));
  return all
    .filter((one) => shown.has(one))
    .map(({ rule: { name, condition }, verdict }) => ({
      name: short(name),
      condition: short(condition),
      verdict,
    }));
}

function answerOf(course: Course): Explanation["answer"] {
  const by = answeredBy(course);
  if (by === null || course.action?.do !== "answer") return null;
  const { status, headers } = course.action.answer;
  const location = headers["location"];
  return { by, status, location: location === undefined ? null : short(location) };
}
