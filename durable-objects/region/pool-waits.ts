/**
 * How long the answers of each pool are waited for in each colo, summed over its isolates: one alone sees too few requests
 * to know what is late, and in its first minute none.
 */
import { Waits } from "../../routing/attempt/waits.ts";
import type { RegionView, Report } from "../../routing/exchange.ts";
import type { Colo, Ms, PoolId } from "../../routing/units.ts";

/** Pairs of colo and pool, 400 bytes each; those that were not heard of for longest go first. */
const PAIRS_MAX = 10_000;

/** In memory only: a restarted region knows again after some beats. */
export class PoolWaits {
  readonly #colos = new Map<Colo, Map<PoolId, Waits>>();
  /** In the order in which they were last heard of. */
  readonly #pairs = new Set<`${Colo} ${PoolId}`>();

  /** Cost: a look at each pool of the report, and at each step of its histogram that is not empty. */
  fold({ colo, waits = {} }: Report, nowMs: Ms): void {
    for (const [pool, counts] of Object.entries(waits) as [PoolId, readonly number[]][]) {
      this.#of(colo, pool).fold(counts, nowMs);
    }
  }

  /** For the isolates of one colo; absent while nothing is known. */
  told(colo: Colo): Pick<RegionView, "lateMs"> {
    const late: Record<PoolId, Ms> = {};
    for (const [pool, { p95Ms }] of this.#colos.get(colo) ?? []) {
      if (p95Ms !== null) late[pool] = Math.round(p95Ms);
    }
    return Object.keys(late).length === 0 ? {} : { lateMs: late };
  }

  #of(colo: Colo, pool: PoolId): Waits {
    const pair = `${colo} ${pool}` as const;
    this.#pairs.delete(pair);
    this.#pairs.add(pair);
    const pools = this.#colos.get(colo) ?? new Map<PoolId, Waits>();
    this.#colos.set(colo, pools);
    const known = pools.get(pool) ?? new Waits();
    pools.set(pool, known);
    if (this.#pairs.size > PAIRS_MAX) this.#forgetOldest();
    return known;
  }

  #forgetOldest(): void {
    const [oldest] = this.#pairs;
    if (oldest === undefined) return;
    this.#pairs.delete(oldest);
    const [colo, pool] = oldest.split(" ") as [Colo, PoolId];
    this.#colos.get(colo)?.delete(pool);
  }
}
