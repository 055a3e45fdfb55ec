import type { Rng } from "../../../routing/rng.ts";
import { pickIndex } from "../../../routing/rng.ts";
import { BODY_SEEDS, type Planned } from "../../load/plan.ts";

/** A stretch of a run with one rate. */
export interface Phase {
  readonly ms: number;
  readonly ratePerSecond: number;
}

/** As in the load of the failover proof: enough to see whether a proxy sends one twice or loses more of them. */
const POST_RATIO = 0.1;

/**
 * Poisson arrivals, phase after phase, drawn before the run: the same seed gives the same requests to every target.
 *
 * A phase begins with a fresh gap; a Poisson process has no memory, so that changes nothing.
 */
export function drawArrivals(phases: readonly Phase[], rng: Rng): readonly Planned[] {
  const planned: Planned[] = [];
  let beganMs = 0;
  for (const { ms, ratePerSecond } of phases) {
    const endMs = beganMs + ms;
    for (let dueMs = beganMs + gapMs(ratePerSecond, rng); dueMs < endMs; ) {
      const kind = rng() < POST_RATIO ? "post" : "get";
      planned.push({ dueMs, kind, colo: "", seed: pickIndex(BODY_SEEDS, rng) });
      dueMs += gapMs(ratePerSecond, rng);
    }
    beganMs = endMs;
  }
  return planned;
}

const gapMs = (ratePerSecond: number, rng: Rng): number =>
  (-Math.log(1 - rng()) * 1_000) / ratePerSecond;
