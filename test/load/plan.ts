import { pickIndex, type Rng } from "../../routing/rng.ts";

/** What one request is: the mix of the "It must show" 3. */
export type Kind = "get" | "big" | "post";

export interface Planned {
  /** After the start of the run. */
  readonly dueMs: number;
  readonly kind: Kind;
  readonly colo: string;
  /** Which of the known bodies; the receiver checks it by its hash. */
  readonly seed: number;
}

const POST_RATIO = 0.1;
const BIG_RATIO = 0.05;
/** Few enough that an origin keeps all its bodies, more than one so that swapped bodies are noticed. */
export const BODY_SEEDS = 4;
export const POST_BYTES = 4 * 1024;
export const BODY_BYTES: Readonly<Record<"get" | "big", number>> = { get: 256, big: 1_048_576 };

/**
 * Poisson arrivals at `ratePerSecond` for `durationMs`, spread evenly over the colos: the whole run, drawn
 * before it starts, so that the same seed gives the same run whatever the machine does.
 */
export function drawPlan(
  ratePerSecond: number,
  durationMs: number,
  colos: readonly string[],
  rng: Rng,
): readonly Planned[] {
  const planned: Planned[] = [];
  for (
    let dueMs = gapMs(ratePerSecond, rng);
    dueMs < durationMs;
    dueMs += gapMs(ratePerSecond, rng)
  ) {
    const colo = colos[pickIndex(colos.length, rng)] ?? "";
    planned.push({ dueMs, kind: drawKind(rng()), colo, seed: pickIndex(BODY_SEEDS, rng) });
  }
  return planned;
}

const gapMs = (ratePerSecond: number, rng: Rng): number =>
  (-Math.log(1 - rng()) * 1_000) / ratePerSecond;

function drawKind(uniform: number): Kind {
  if (uniform < POST_RATIO) return "post";
  return uniform < POST_RATIO + BIG_RATIO ? "big" : "get";
}
