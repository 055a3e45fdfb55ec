/**
 * Which faults one seed has. Not all of them: what many at once hide from each other, a few show, and every pair meets in some seed.
 */
import type { Rng } from "../../routing/rng.ts";
import type { AlarmFate, Machine } from "./object-host.ts";
import { between, rngFor } from "./random.ts";

export const FAULTS = [
  "objects evicted",
  "crash at commit",
  "second instance",
  "isolates recycled",
  "alarms lost, doubled, late",
  "clocks apart",
  "release before",
  "damaged copies",
  "origins sick",
  "path broken",
  "edges cut off",
  "config cut off",
  "prober cut off",
  "objects gone",
  "KV slow",
  "KV stale",
  "operators race",
] as const;
export type Fault = (typeof FAULTS)[number];

const ON_RATIO = 0.5;

const SKEW_MS_MAX = 300_000;
/** Of the alarms, those that each of these befalls. */
const ALARM_RATIO = 0.04;
/** The platform says "up to a minute"; every decade above what is called lost is as likely. */
const ALARM_LATE_MS = { min: 1_000, max: 60_000 };
const OLD_RATIO = 0.4;
const DAMAGED_RATIO = 0.05;
const RINGS: AlarmFate = { does: "ring", lateMs: 0 };

export class Luck {
  readonly #seed: number;
  readonly #on: ReadonlySet<Fault>;
  readonly #rng: Rng;
  /** From here on nothing of it happens. */
  isOver = false;

  /** `possible`: those that a seed of this scenario may have; `certain`: those that every seed has. */
  constructor(seed: number, possible: readonly Fault[], certain: readonly Fault[]) {
    this.#seed = seed;
    const rng = rngFor(seed, "luck");
    this.#rng = rngFor(seed, "misfortune");
    this.#on = new Set([...certain, ...possible.filter(() => rng() < ON_RATIO)]);
  }

  has(fault: Fault): boolean {
    return this.#on.has(fault);
  }

  /** How far the clock of `who` is ahead, all run long. */
  skewMs(who: string): number {
    if (!this.has("clocks apart")) return 0;
    return between(-SKEW_MS_MAX, SKEW_MS_MAX, rngFor(this.#seed, `clock ${who}`));
  }

  /** Whether `who` is still of the release before. */
  isOld(who: string): boolean {
    return this.has("release before") && rngFor(this.#seed, `release ${who}`)() < OLD_RATIO;
  }

  machine(object: string): Machine {
    return { skewMs: this.skewMs(object), alarmFate: () => this.#alarmFate() };
  }

  isDamaged(): boolean {
    return this.has("damaged copies") && !this.isOver && this.#rng() < DAMAGED_RATIO;
  }

  #alarmFate(): AlarmFate {
    if (this.isOver || !this.has("alarms lost, doubled, late")) return RINGS;
    const drawn = this.#rng() / ALARM_RATIO;
    if (drawn < 1) return { does: "never ring", lateMs: 0 };
    if (drawn < 2) return { does: "ring twice", lateMs: 0 };
    if (drawn >= 3) return RINGS;
    const { min, max } = ALARM_LATE_MS;
    return { does: "ring", lateMs: Math.round(min * (max / min) ** this.#rng()) };
  }
}
