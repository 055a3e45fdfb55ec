/** What the isolates of a region saw of each pool together, and which of its requests they are to let in. */
import type { PoolTraffic, RegionView, Report } from "../../routing/exchange.ts";
import { POOLS_MAX } from "../../routing/limits.ts";
import { type Admission, admissionAfter, OPEN } from "../../routing/load/admission.ts";
import { cutoffFor } from "../../routing/load/cutoff.ts";
import type { Ms, PoolId } from "../../routing/units.ts";

interface Known {
  state: Admission;
  window: Window;
}

type Window = { -readonly [count in keyof PoolTraffic]-?: number };

/** Whoever has not heard from the region for so many beats lets everything in again. */
const TRUST_BEATS = 4;

/** In memory only: a restarted region knows in a few beats what is usual, and lets everything in until then. */
export class Admissions {
  readonly #pools = new Map<PoolId, Known>();
  #beganAtMs: Ms = 0;

  /** Cost: a look at each pool of the report; once a beat one at every pool. */
  fold({ pools = {} }: Report, beatMs: Ms, nowMs: Ms): void {
    if (nowMs - this.#beganAtMs >= beatMs) this.#turn(nowMs);
    for (const [pool, traffic] of Object.entries(pools)) this.#add(pool as PoolId, traffic);
  }

  /** Absent while everything is let in. */
  view(beatMs: Ms, nowMs: Ms): Pick<RegionView, "admission"> {
    const limited = [...this.#pools].filter(([, { state }]) => state.ratio < 1);
    if (limited.length === 0) return {};
    const ratios = Object.fromEntries(limited.map(([pool, { state }]) => [pool, state.ratio]));
    const cutoffs = Object.fromEntries(
      limited.map(([pool, { state }]) => [pool, short(cutoffFor(state.ratio, state.asked))]),
    );
    return { admission: { untilMs: nowMs + TRUST_BEATS * beatMs, ratios, cutoffs } };
  }

  #add(pool: PoolId, traffic: PoolTraffic): void {
    const known = this.#pools.get(pool) ?? { state: OPEN, window: { ...NOTHING } };
    if (!this.#pools.has(pool)) {
      if (this.#pools.size >= POOLS_MAX) return;
      this.#pools.set(pool, known);
    }
    for (const count of COUNTS) known.window[count] += traffic[count] ?? 0;
  }

  #turn(nowMs: Ms): void {
    this.#beganAtMs = nowMs;
    for (const [pool, known] of this.#pools) {
      // Nobody asks for it any more: it would be counted for ever.
      if (known.window.asked === 0 && known.state.ratio >= 1) this.#pools.delete(pool);
      known.state = admissionAfter(known.state, known.window);
      known.window = { ...NOTHING };
    }
  }
}

const NOTHING: Readonly<Window> = {
  ...{ asked: 0, refused: 0, answered: 0, answeredMs: 0 },
  ...{ criticalAsked: 0, criticalRefused: 0, sheddableAsked: 0, sheddableRefused: 0 },
};
const COUNTS = Object.keys(NOTHING) as (keyof Window)[];

/** It goes to every isolate once a beat, and a thousandth of the requests is nobody's to notice. */
const short = (cutoff: number): number => Math.round(cutoff * 1_000) / 1_000;
