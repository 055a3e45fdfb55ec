/**
 * How long the answers of each pool are waited for in each colo, summed over its isolates: one alone sees too few requests
 * to know what is late, and in its first minute none.
 */
import { Waits } from "../../routing/attempt/waits.ts";
import type { RegionView, Report } from "../../routing/exchange.ts";
import type { Colo, Ms, PoolId } from "../../routing/units.ts";

/** Pairs of colo and pool, 400 bytes each; those that were not heard of for longest go first. */
const PAIRS_MAX = 10_000;
/** What was late so long ago tells nothing of now. */
const FORGET_MS = 600_000;

interface Pair {
  readonly colo: Colo;
  readonly pool: PoolId;
  readonly waits: Waits;
  heardAtMs: Ms;
}

/** In memory only: a restarted region knows again after some beats. */
export class PoolWaits {
  readonly #colos = new Map<Colo, Map<PoolId, Pair>>();
  /** In the order in which they were last heard of. */
  readonly #pairs = new Set<Pair>();

  /** Cost: a look at each pool of the report, and at each step of its histogram that is not empty. */
  fold({ colo, waits = {} }: Report, nowMs: Ms): void {
    for (const [pool, counts] of Object.entries(waits) as [PoolId, readonly number[]][]) {
      const pair = this.#of(colo, pool, nowMs);
      pair.waits.fold(counts, nowMs);
      pair.heardAtMs = nowMs;
    }
    for (const pair of this.#pairs) {
      if (this.#pairs.size <= PAIRS_MAX && nowMs - pair.heardAtMs <= FORGET_MS) break;
      this.#forget(pair);
    }
  }

  /** For the isolates of one colo; absent while nothing is known. Cost: linear in `pools`; absent = in all. */
  told(colo: Colo, pools?: Iterable<PoolId>): Pick<RegionView, "lateMs"> {
    const known = this.#colos.get(colo);
    if (known === undefined) return {};
    const late: Record<PoolId, Ms> = {};
    for (const pool of pools ?? known.keys()) {
      const p95Ms = known.get(pool)?.waits.p95Ms ?? null;
      if (p95Ms !== null) late[pool] = Math.round(p95Ms);
    }
    return Object.keys(late).length === 0 ? {} : { lateMs: late };
  }

  #of(colo: Colo, pool: PoolId, nowMs: Ms): Pair {
    const pools = this.#colos.get(colo) ?? new Map<PoolId, Pair>();
    this.#colos.set(colo, pools);
    const pair = pools.get(pool) ?? { colo, pool, waits: new Waits(), heardAtMs: nowMs };
    pools.set(pool, pair);
    this.#pairs.delete(pair);
    this.#pairs.add(pair);
    return pair;
  }

  #forget(pair: Pair): void {
    this.#pairs.delete(pair);
    const pools = this.#colos.get(pair.colo);
    pools?.delete(pair.pool);
    if (pools?.size === 0) this.#colos.delete(pair.colo);
  }
}
