/**
 * What one isolate has learnt about one endpoint from its own traffic: how busy and how slow it is.
 *
 * Two estimates of the same time to first byte answer two questions. `peakMs` (Peak EWMA) rises to a bad sample at once and
 * forgets it: it tells which endpoint of a pool to avoid now. `latencyMs` is the plain mean over about the last
 * `LATENCY_DECAY_MS`: it tells how far away a pool is, so one bad sample must not move a continent's traffic,
 * and it does not fade while nobody asks.
 *
 * State in, state out: `started` when a try is sent, `settled` exactly once when it ended.
 */
import type { Outcome } from "../exchange.ts";
import { FAILURE_PENALTY_MS, LATENCY_DECAY_MS } from "../limits.ts";
import { assertNever } from "../result.ts";
import type { Ms } from "../units.ts";

export interface EndpointLoad {
  /** Tries of this isolate that wait for their first byte. */
  readonly pending: number;
  /** Peak EWMA with failures at their penalty; 0 = no sample yet. As of `peakAtMs`. */
  readonly peakMs: number;
  readonly peakAtMs: Ms;
  /** Smoothed time to first byte; `null` = no sample yet. As of `latencyAtMs`. */
  readonly latencyMs: number | null;
  readonly latencyAtMs: Ms;
  /** Samples in `latencyMs`, counted up to `PROVEN_SAMPLES`. */
  readonly samples: number;
}

/** Below this an estimate may be the cost of a first connection or of a cold start, and the lowest sample is the truest. */
export const PROVEN_SAMPLES = 2;

/** An endpoint that this isolate has not used yet. */
export const IDLE: EndpointLoad = {
  pending: 0,
  peakMs: 0,
  peakAtMs: 0,
  latencyMs: null,
  latencyAtMs: 0,
  samples: 0,
};

export interface Settlement {
  readonly outcome: Outcome;
  /** From sending to the first byte, or to the end of the wait. */
  readonly latencyMs: number;
  /** What the endpoint asked for with `Retry-After`. */
  readonly retryAfterMs?: number;
  /** It failed without a connection, or lost it. */
  readonly isUnreached?: boolean;
}

/** A `Retry-After` is believed up to here (Linkerd's load biaser). */
const RETRY_AFTER_MS_MAX = 300_000;

/**
 * Added to the load of an endpoint that is busy but has never answered, so that it loses against every one
 * with a history (Finagle). Far above any time in milliseconds, far below where adding 1 is lost.
 */
const UNPROVEN_PENALTY = 1e9;

export const started = (load: EndpointLoad): EndpointLoad => ({
  ...load,
  pending: load.pending + 1,
});

/**
 * Folds the end of a try. A failure counts with its penalty instead of its measured time, so that an endpoint that
 * refuses quickly does not look fast and swallow the traffic.
 *
 * An abandoned try has no answer, but it has waited: the answer would have taken at least that long, so it may
 * raise the estimates and never lowers them. Without this an endpoint that stalls for longer than its visitors'
 * patience would never get a sample and stay attractive for ever.
 */
export function settled(load: EndpointLoad, settlement: Settlement, nowMs: Ms): EndpointLoad {
  const freed = { ...load, pending: Math.max(0, load.pending - 1) };
  const measuredMs = finiteMs(settlement.latencyMs);
  switch (settlement.outcome) {
    case "success":
      return withLatency(withPeak(freed, measuredMs, nowMs), measuredMs, nowMs);
    case "failure":
    case "overload":
      return withPeak(freed, Math.max(measuredMs, penaltyMs(settlement, load)), nowMs);
    case "abandoned":
      return withLowerBound(freed, measuredMs, nowMs);
    default:
      return assertNever(settlement.outcome);
  }
}

/**
 * The load to compare endpoints of one pool by: lower is better. Cost × (requests waiting + 1).
 *
 * `distanceMs` is the best estimate of the time to first byte, such as the region's for an isolate without its own.
 * Idle time forgets a peak but not the distance, otherwise a far endpoint would look near after half a
 * minute without traffic.
 */
export function loadOf(
  load: EndpointLoad,
  nowMs: Ms,
  distanceMs: number = load.latencyMs ?? 0,
): number {
  return costOf(load.pending, load.peakMs, nowMs - load.peakAtMs, distanceMs);
}

/** The same from its numbers; `peakAgeMs`: since when `peakMs` fades. */
export function costOf(pending: number, peakMs: number, peakAgeMs: Ms, distanceMs: number): number {
  const costMs = Math.max(peakMs * decay(peakAgeMs), distanceMs);
  if (costMs === 0 && pending > 0) return UNPROVEN_PENALTY + pending;
  return costMs * (pending + 1);
}

/**
 * Folds one sample into the peak: up to a slower sample at once, towards a faster one over `LATENCY_DECAY_MS`.
 *
 * Samples may come out of order; an older one counts as now. Source: Finagle's Peak EWMA; the weight
 * exp(-Δ/τ) is the one for unevenly spaced samples (Eckner).
 */
function withPeak(load: EndpointLoad, sampleMs: number, nowMs: Ms): EndpointLoad {
  const kept = decay(nowMs - load.peakAtMs);
  const smoothed = load.peakMs * kept + sampleMs * (1 - kept);
  const peakMs = sampleMs > load.peakMs ? sampleMs : smoothed;
  return { ...load, peakMs, peakAtMs: Math.max(load.peakAtMs, nowMs) };
}

/**
 * The lowest of the first samples, then a mean: the weight of a sample is how much of the memory has passed since the
 * one before, but at least `SAMPLE_WEIGHT_MIN`: a burst within one millisecond still counts.
 */
function withLatency(load: EndpointLoad, sampleMs: number, nowMs: Ms): EndpointLoad {
  if (load.latencyMs === null || load.samples < PROVEN_SAMPLES) {
    const latencyMs = Math.min(load.latencyMs ?? sampleMs, sampleMs);
    const latencyAtMs = Math.max(load.latencyAtMs, nowMs);
    return { ...load, latencyMs, latencyAtMs, samples: load.samples + 1 };
  }
  return smoothed(load, load.latencyMs, sampleMs, nowMs);
}

function smoothed(load: EndpointLoad, beforeMs: number, sampleMs: number, nowMs: Ms): EndpointLoad {
  const latencyAtMs = Math.max(load.latencyAtMs, nowMs);
  const weight = Math.max(SAMPLE_WEIGHT_MIN, 1 - decay(nowMs - load.latencyAtMs));
  const latencyMs = beforeMs + (sampleMs - beforeMs) * weight;
  return { ...load, latencyMs, latencyAtMs };
}

/** 1/32: TCP's smoothing of the round trip has 1/8 for samples a round trip apart; requests come thicker. */
const SAMPLE_WEIGHT_MIN = 1 / 32;

function withLowerBound(load: EndpointLoad, waitedMs: number, nowMs: Ms): EndpointLoad {
  const peak = waitedMs > load.peakMs ? withPeak(load, waitedMs, nowMs) : load;
  if (load.latencyMs === null) return withLatency(peak, waitedMs, nowMs);
  return waitedMs > load.latencyMs ? smoothed(peak, load.latencyMs, waitedMs, nowMs) : peak;
}

/**
 * A lost connection says nothing of how busy an endpoint is, and a restart is over within a second, while a penalty lasts for
 * half a minute: it counts as enough to lose against the others of the pool. What is really gone is ejected by the next two.
 */
function penaltyMs({ retryAfterMs, isUnreached }: Settlement, { latencyMs }: EndpointLoad): number {
  if (retryAfterMs !== undefined) {
    return Math.max(FAILURE_PENALTY_MS, Math.min(finiteMs(retryAfterMs), RETRY_AFTER_MS_MAX));
  }
  if (isUnreached !== true || latencyMs === null) return FAILURE_PENALTY_MS;
  const lostMs = Math.max(UNREACHED_PENALTY_MS_MIN, UNREACHED_PENALTY_RATIO * latencyMs);
  return Math.min(FAILURE_PENALTY_MS, lostMs);
}

const UNREACHED_PENALTY_RATIO = 4;
const UNREACHED_PENALTY_MS_MIN = 300;

/** 1 now, 1/e after `LATENCY_DECAY_MS`; a time before the stamp counts as now. */
const decay = (elapsedMs: number): number => Math.exp(-Math.max(0, elapsedMs) / LATENCY_DECAY_MS);

/** A clock that jumped may hand in a negative or an endless time; neither may poison a mean for ever. */
const finiteMs = (ms: number): number =>
  Number.isFinite(ms) ? Math.min(Math.max(0, ms), RETRY_AFTER_MS_MAX) : 0;
