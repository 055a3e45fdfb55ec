import type { Ms } from "../units.ts";

/** How full an endpoint is, 1 = full, as of a time. */
export interface Utilization {
  readonly value: number;
  readonly atMs: Ms;
}

/** Envoy's `load_aware_locality` smooths with the same. */
const UTILIZATION_DECAY_MS = 5_000;

/** The first sample counts as it is, each later one for the part of the memory that has passed since the one before. */
export function withSample(before: Utilization | null, sample: number, nowMs: Ms): Utilization {
  if (before === null) return { value: sample, atMs: nowMs };
  const weight = 1 - Math.exp(-Math.max(0, nowMs - before.atMs) / UTILIZATION_DECAY_MS);
  return {
    value: before.value + weight * (sample - before.value),
    atMs: Math.max(before.atMs, nowMs),
  };
}
