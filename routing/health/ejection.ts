/**
 * Traffic's own verdict in one isolate: an endpoint that fails several tries in a row is left out for a while.
 *
 * ```
 * admitting ──EJECT_FAILURES in a row──▶ ejected ──its time is over: one try──▶ probing
 *     ▲ ▲                                 │  ▲                                  │   │
 *     │ └──a probe of the region, made────┘  └──────────it failed: twice as long┘   │
 *     │    after the ejection, is healthy                                           │
 *     └───────────────────────────────────────────────it succeeded──────────────────┘
 * ```
 * This says only what the evidence is. How many endpoints of a pool may be left out at once is decided where the
 * pool is seen (`steer/pool-view.ts`), because one endpoint cannot know.
 */
import type { EndpointHealth, Outcome } from "../exchange.ts";
import { EJECT_BASE_MS, EJECT_FAILURES, EJECT_MAX_MS, TRY_TIMEOUT_MS } from "../limits.ts";
import type { Ms } from "../units.ts";

export interface Ejection {
  readonly phase: "admitting" | "ejected" | "probing";
  /** Failures in a row while admitting. */
  readonly failures: number;
  /** Ejections without `EJECT_MAX_MS` of good behaviour in between: how often the time was doubled. */
  readonly times: number;
  /** When the phase began; 0 for an endpoint that was never ejected. */
  readonly sinceMs: Ms;
  /** When the present ejection began: only evidence from after it counts. */
  readonly ejectedAtMs: Ms;
  /** When the next try may go there: the end of the ejection, or of the wait for the probing try. */
  readonly untilMs: Ms;
}

export const ADMITTING: Ejection = {
  phase: "admitting",
  failures: 0,
  times: 0,
  sinceMs: 0,
  ejectedAtMs: 0,
  untilMs: 0,
};

/** What a request may do with an endpoint: use it, test it with one try, or leave it. */
export type Admission = "admitted" | "ripe" | "ejected";

/**
 * `replayable` = the request can be sent again when the test fails. Others test an endpoint only when
 * nothing replayable came by for `EJECT_MAX_MS`, so that a service of POSTs alone recovers too.
 */
export function admission(
  ejection: Ejection,
  health: EndpointHealth | undefined,
  replayable: boolean,
  nowMs: Ms,
): Admission {
  if (ejection.phase === "admitting" || isRefuted(ejection, health)) return "admitted";
  return nowMs >= ripeAtMs(ejection, replayable) ? "ripe" : "ejected";
}

/** The last try that has ended failed, and too few before it for an ejection. */
export const isFailing = ({ failures }: Ejection): boolean => failures > 0;

/** When an ejection that nothing refutes is over. */
export const ripeAtMs = (ejection: Ejection, replayable: boolean): Ms =>
  ejection.untilMs + (replayable ? 0 : EJECT_MAX_MS);

/** A try is sent now: the ejection ends if a probe refuted it, or its one test begins. */
export function tryStarted(
  ejection: Ejection,
  health: EndpointHealth | undefined,
  nowMs: Ms,
): Ejection {
  if (ejection.phase === "admitting") return ejection;
  if (isRefuted(ejection, health)) return admitted(ejection, nowMs);
  if (nowMs < ejection.untilMs) return ejection;
  // A test whose end is never told (the isolate's work was cut off) must not close the door for ever.
  return { ...ejection, phase: "probing", sinceMs: nowMs, untilMs: nowMs + TRY_TIMEOUT_MS };
}

export interface TryEnd {
  readonly outcome: Outcome;
  /** When the try was sent: one from before the ejection proves nothing about the time after it. */
  readonly startedAtMs: Ms;
}

/** Folds the end of a try. An abandoned one says nothing about the endpoint. */
export function tryEnded(ejection: Ejection, end: TryEnd, nowMs: Ms): Ejection {
  const failed = end.outcome === "failure" || end.outcome === "overload";
  if (ejection.phase === "admitting") {
    if (failed) return withFailure(ejection, nowMs);
    if (end.outcome === "success" && ejection.failures > 0) return { ...ejection, failures: 0 };
    return ejection;
  }
  if (isStraggler(ejection, end.startedAtMs)) return ejection;
  if (end.outcome === "success") return admitted(ejection, nowMs);
  if (ejection.phase === "ejected") return ejection;
  if (failed) return ejected(ejection, nowMs);
  return { ...ejection, phase: "ejected", sinceMs: nowMs, untilMs: nowMs };
}

const isRefuted = (ejection: Ejection, health: EndpointHealth | undefined): boolean =>
  health?.healthy === true && health.observedAtMs > ejection.ejectedAtMs;

/** While ejected only panic sends anything; while probing the test itself may carry the stamp of its start. */
const isStraggler = (ejection: Ejection, startedAtMs: Ms): boolean =>
  ejection.phase === "probing"
    ? startedAtMs < ejection.sinceMs
    : startedAtMs <= ejection.ejectedAtMs;

function withFailure(ejection: Ejection, nowMs: Ms): Ejection {
  const failures = ejection.failures + 1;
  return failures >= EJECT_FAILURES ? ejected(ejection, nowMs) : { ...ejection, failures };
}

function ejected(ejection: Ejection, nowMs: Ms): Ejection {
  const behaved = ejection.phase === "admitting" && nowMs - ejection.sinceMs > EJECT_MAX_MS;
  const times = behaved ? 1 : ejection.times + 1;
  // 2 ** times overflows to Infinity at worst, and the cap takes that too.
  const lengthMs = Math.min(EJECT_MAX_MS, EJECT_BASE_MS * 2 ** (times - 1));
  return {
    phase: "ejected",
    failures: 0,
    times,
    sinceMs: nowMs,
    ejectedAtMs: nowMs,
    untilMs: nowMs + lengthMs,
  };
}

const admitted = (ejection: Ejection, nowMs: Ms): Ejection => ({
  ...ejection,
  phase: "admitting",
  failures: 0,
  sinceMs: nowMs,
});
