/**
 * Where probes and traffic disagree about an endpoint, or traffic with itself: a disagreement is a signal (`two-views`).
 *
 * Probes ask for one path, by one method, from one place; visitors ask for everything from everywhere. Neither is right
 * whenever the other is wrong, so a disagreement moves no traffic: what moves traffic is each view's own rule. It is told, because somebody should look.
 */
import type { EventEvidence } from "../event-evidence.ts";
import type { Outcomes, RegionDisagreement } from "../exchange.ts";
import { EVIDENCE_MIN, evidenceAgainst, failureShare, MARGIN, requestsOf } from "./outlier.ts";
import type { Slowdown } from "./pace.ts";

/**
 * `gray`: probes succeed, traffic fails or is slow. `method`: requests that change something fail and those that only read do not, or
 * the other way round. `blind-path`: probes fail, traffic succeeds: the prober's way is broken, or it asks for something else. `platform`: what we ask
 * the platform to do, it refuses for a reason that is not the endpoint's.
 */
export type DisagreementKind = RegionDisagreement["kind"];

export interface Disagreement {
  readonly kind: DisagreementKind;
  /** In words with the numbers in them. */
  readonly detail: string;
  readonly evidence: EventEvidence;
}

/** What a region knows of one endpoint. Counts are of one stretch of time, over all who report. */
export interface TwoViews {
  /** `null` = nobody probes it, or the prober is blind. */
  readonly probes: "healthy" | "unhealthy" | null;
  /** Requests that only read. */
  readonly safe: Outcomes;
  /** Requests that may change something. */
  readonly unsafe: Outcomes;
  /** Of the bodies that were watched. */
  readonly bodies: Outcomes;
  /** Tries that the platform answered for a reason that is not the endpoint's. */
  readonly platform: number;
  readonly slowdown: Slowdown | null;
  /** The region leaves it out now, for this reason; `null` = it does not. */
  readonly ejectedFor: string | null;
  readonly windowMs: number;
}

/** So many answers in the worst case of a blind path, and so few failures among them: one visitor who is served proves little. */
const SERVED_MIN = 20;
const SERVED_FAILURE_SHARE_MAX = 0.05;
/** Of the other class of methods must be seen to succeed, or there is nothing to compare with. */
const OTHERS_MIN = 5;
/** Of the tries: fewer is a hiccup of the platform. */
const PLATFORM_SHARE_MIN = 0.1;
const PLATFORM_TRIES_MIN = 3;

/** The disagreement that says most, or `null`. */
export function disagreementOf(views: TwoViews): Disagreement | null {
  return ofPlatform(views) ?? ofBlindPath(views) ?? ofMethod(views) ?? ofGray(views);
}

/** The one of several regions in which they disagree: what only one region sees is the way from there, or what is asked from there. */
export function loneRegion(
  regions: readonly { readonly region: string; readonly disagreement: unknown }[],
): string | null {
  const told = regions.filter(({ disagreement }) => disagreement !== null);
  return told.length === 1 && regions.length > 1 ? (told[0]?.region ?? null) : null;
}

function ofPlatform({ platform, safe, unsafe, windowMs }: TwoViews): Disagreement | null {
  const tries = platform + requestsOf(safe) + requestsOf(unsafe);
  if (platform < PLATFORM_TRIES_MIN || platform < PLATFORM_SHARE_MIN * tries) return null;
  const detail = `the platform itself answered ${platform} of ${tries} tries, for a reason that is not the endpoint's`;
  return told("platform", detail, { platform, tries, window_ms: windowMs });
}

function ofBlindPath({ probes, safe, unsafe, windowMs }: TwoViews): Disagreement | null {
  const all = sum(safe, unsafe);
  if (probes !== "unhealthy" || all.successes < SERVED_MIN) return null;
  if (failureShare(all) > SERVED_FAILURE_SHARE_MAX) return null;
  const detail = `probes fail, but ${all.successes} of ${requestsOf(all)} requests succeeded: the prober's way may be broken`;
  return told("blind-path", detail, { ...all, window_ms: windowMs });
}

function ofMethod({ safe, unsafe, windowMs }: TwoViews): Disagreement | null {
  const numbers = {
    safe: requestsOf(safe),
    safe_failures: safe.failures,
    unsafe: requestsOf(unsafe),
    unsafe_failures: unsafe.failures,
    window_ms: windowMs,
  };
  const say = (bad: string, own: Outcomes, good: string, others: Outcomes) =>
    told(
      "method",
      `${percent(own)} of ${requestsOf(own)} ${bad} failed, but ${percent(others)} of ${requestsOf(others)} ${good}`,
      numbers,
    );
  const changing = "requests that may change something";
  const reading = "that only read";
  if (isWorse(unsafe, safe)) return say(changing, unsafe, reading, safe);
  if (isWorse(safe, unsafe))
    return say(`requests ${reading}`, safe, "that may change something", unsafe);
  return null;
}

function ofGray({ probes, safe, unsafe, bodies, slowdown, ejectedFor, windowMs }: TwoViews) {
  if (probes !== "healthy") return null;
  const all = sum(safe, unsafe);
  const say = (what: string, numbers: Readonly<Record<string, number>>) =>
    told("gray", `probes succeed, but ${what}`, { ...numbers, window_ms: windowMs });
  if (isBad(all)) return say(`${percent(all)} of ${requestsOf(all)} requests failed`, { ...all });
  if (isBad(bodies)) {
    const what = `${percent(bodies)} of ${requestsOf(bodies)} watched bodies broke off`;
    return say(what, { whole: bodies.successes, broken: bodies.failures });
  }
  if (slowdown !== null) {
    const { ms, usualMs } = slowdown;
    const what = `the first byte takes ${Math.round(ms)} ms, usually ${Math.round(usualMs)} ms`;
    return say(what, { ms: Math.round(ms), usual_ms: Math.round(usualMs) });
  }
  return ejectedFor === null ? null : say(`it is left out: ${ejectedFor}`, { ...all });
}

const isBad = (own: Outcomes): boolean =>
  failureShare(own) >= MARGIN && evidenceAgainst(own, 0) >= EVIDENCE_MIN;

/** Beyond chance worse than the other class. */
const isWorse = (own: Outcomes, other: Outcomes): boolean =>
  other.successes >= OTHERS_MIN &&
  failureShare(own) >= failureShare(other) + MARGIN &&
  evidenceAgainst(own, failureShare(other)) >= EVIDENCE_MIN;

const told = (
  kind: DisagreementKind,
  detail: string,
  numbers: EventEvidence["numbers"],
): Disagreement => ({ kind, detail, evidence: { rule: `two-views-${kind}`, numbers } });

const sum = (one: Outcomes, other: Outcomes): Outcomes => ({
  successes: one.successes + other.successes,
  failures: one.failures + other.failures,
});

const percent = (own: Outcomes): string => `${Math.round(100 * failureShare(own))} %`;
