/** What speaks against an outlier: how much, in words for people, and in numbers for who wants to judge it again. */
import type { EventEvidence } from "../event-evidence.ts";
import type { Outcomes } from "../exchange.ts";
import type { Colo, Ms } from "../units.ts";
import { evidenceAgainst, failureShare, type PoolRates, requestsOf } from "./outlier.ts";
import type { Pace } from "./pace.ts";

export interface Charge {
  /** The worst goes first. */
  readonly weight: number;
  readonly reason: string;
  readonly evidence: EventEvidence;
}

/** An answer may fail, and one that began well may break off: few bodies are watched, so they are counted by themselves. */
export const COUNTED = ["answers", "bodies"] as const;
export type Counted = (typeof COUNTED)[number];

const WORDS: Readonly<Record<Counted, string>> = {
  answers: "requests failed",
  bodies: "watched bodies broke off",
};

export function failingCharge(
  counted: Counted,
  own: Outcomes,
  { medianFailureShare }: PoolRates,
  windowMs: Ms,
): Charge {
  const share = Math.round(100 * failureShare(own));
  const all = requestsOf(own);
  const weight = evidenceAgainst(own, medianFailureShare);
  const numbers = {
    [counted]: all,
    failures: own.failures,
    window_ms: windowMs,
    median_failure_share: medianFailureShare,
    log_unlikelihood: Math.round(weight),
  };
  const reason = `${share} % of ${all} ${WORDS[counted]}`;
  return { weight, reason, evidence: { rule: `outlier-${counted}`, numbers } };
}

/** Slowness weighs less than any failure. */
export function slowCharge(colo: Colo, { now, usual }: Pace, medianMs: number): Charge {
  const [ms, usualMs, ofPoolMs] = [now.ms, usual.ms, medianMs].map(Math.round);
  const reason = `${ms} ms to the first byte from ${colo}, the median of its pool is ${ofPoolMs} ms`;
  const numbers = { ms: ms ?? 0, usual_ms: usualMs ?? 0, median_ms: ofPoolMs ?? 0 };
  return { weight: 0, reason, evidence: { rule: "outlier-slow", numbers } };
}
