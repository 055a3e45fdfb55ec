/** What the isolates of a region saw of each pool together, and the share of its requests that they are to let in. */
import type { PoolTraffic, RegionView, Report } from "../../routing/exchange.ts";
import { POOLS_MAX } from "../../routing/limits.ts";
import { type Admission, admissionAfter, OPEN } from "../../routing/load/admission.ts";
import type { Ms, PoolId } from "../../routing/units.ts";

interface Known {
  state: Admission;
  asked: number;
  refused: number;
  answered: number;
  answeredMs: number;
}

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
    return { admission: { untilMs: nowMs + TRUST_BEATS * beatMs, ratios } };
  }

  #add(pool: PoolId, traffic: PoolTraffic): void {
    const known = this.#pools.get(pool) ?? { state: OPEN, ...NOTHING };
    if (!this.#pools.has(pool)) {
      if (this.#pools.size >= POOLS_MAX) return;
      this.#pools.set(pool, known);
    }
    known.asked += traffic.asked;
    known.refused += traffic.refused;
    known.answered += traffic.answered;
    known.answeredMs += traffic.answeredMs;
  }

  #turn(nowMs: Ms): void {
    this.#beganAtMs = nowMs;
    for (const [pool, known] of this.#pools) {
      // Nobody asks for it any more: it would be counted for ever.
      if (known.asked === 0 && known.state.ratio >= 1) this.#pools.delete(pool);
      known.state = admissionAfter(known.state, known);
      Object.assign(known, NOTHING);
    }
  }
}

const NOTHING = { asked: 0, refused: 0, answered: 0, answeredMs: 0 };
