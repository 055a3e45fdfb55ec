/**
 * When a run of probes changes the verdict. Source: the shape is Pingora's `observe_health`.
 */
export interface Verdict {
  readonly healthy: boolean;
  /** Probes in a row that disagree with `healthy`. */
  readonly consecutive: number;
}

/** A new endpoint is healthy until probes say otherwise: "not seen yet" is not "down". */
export const UNPROBED: Verdict = { healthy: true, consecutive: 0 };

/**
 * Probes in a row that it takes: the monitor's `consecutive_up` and `consecutive_down`. 0, the vendor's default, means 1. Coming back
 * takes at least as many as going down, or an endpoint that fails now and then would be back faster than it is found.
 */
export interface Thresholds {
  readonly up: number;
  readonly down: number;
}

export function observe(
  verdict: Verdict,
  ok: boolean,
  thresholds: Thresholds,
): { readonly verdict: Verdict; readonly flipped: boolean } {
  if (ok === verdict.healthy) {
    return { verdict: { healthy: ok, consecutive: 0 }, flipped: false };
  }
  const consecutive = verdict.consecutive + 1;
  const needed = neededFor(ok, thresholds);
  if (consecutive >= needed) return { verdict: { healthy: ok, consecutive: 0 }, flipped: true };
  return { verdict: { healthy: verdict.healthy, consecutive }, flipped: false };
}

export const neededFor = (ok: boolean, { up, down }: Thresholds): number =>
  Math.max(1, down, ok ? up : 0);
