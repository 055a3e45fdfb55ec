/**
 * What one isolate knows of endpoints, and what it counts whenever that changes. One record per endpoint, replaced as a
 * whole whenever a fact comes in.
 */
import { isSameEvidence } from "../health/available.ts";
import { isFailing } from "../health/ejection.ts";
import type { EndpointId, PoolId } from "../units.ts";
import {
  type Changes,
  type EndpointKnowledge,
  type Know,
  type Live,
  type Tally,
  UNKNOWN,
} from "./knowledge.ts";
import { Loads } from "./loads.ts";

type Counts = { -readonly [count in keyof Changes]: number };

interface Record {
  now: EndpointKnowledge;
  readonly loads: Loads;
  readonly slot: number;
  /** Of the pool it was last looked at in; `null` before. */
  changes: Counts | null;
}

export class Known {
  readonly #records = new Map<EndpointId, Record>();
  readonly #loads = new Loads();
  readonly #pending = new Map<PoolId, number>();
  readonly #changes = new Map<PoolId, Counts>();
  readonly #tally = {
    standings: 0,
    pendingOf: (pool: PoolId): number => this.#pending.get(pool) ?? 0,
    liveOf: (endpoint: EndpointId, pool?: PoolId): Live => this.#liveOf(endpoint, pool),
    changesIn: (pool: PoolId) => this.#changesIn(pool),
  };

  readonly know: Know = Object.assign(
    (endpoint: EndpointId) => this.#records.get(endpoint)?.now ?? UNKNOWN,
    { tally: this.#tally as Tally },
  );

  /** Every endpoint with a record. */
  get endpoints(): IterableIterator<EndpointId> {
    return this.#records.keys();
  }

  set(endpoint: EndpointId, knowledge: EndpointKnowledge): void {
    const record = this.#recordOf(endpoint);
    if (!isSameEvidence(record.now, knowledge)) this.#tally.standings += 1;
    const { load, shared } = record.now;
    if (record.changes !== null && (load !== knowledge.load || shared !== knowledge.shared)) {
      record.changes.count += 1;
    }
    const wasFailing = isFailing(record.now.ejection);
    if (record.changes !== null && wasFailing !== isFailing(knowledge.ejection)) {
      record.changes.failing += 1;
    }
    record.now = knowledge;
    this.#loads.set(record.slot, knowledge);
  }

  forget(endpoint: EndpointId): void {
    const record = this.#records.get(endpoint);
    if (record === undefined) return;
    this.#records.delete(endpoint);
    this.#loads.remove(record.slot);
    // Whoever holds the record must ask for the next one.
    this.#tally.standings += 1;
  }

  /** Tries in the pool that wait for their first byte. */
  pendingOf(pool: PoolId): number {
    return this.#tally.pendingOf(pool);
  }

  /** A try was sent to the pool, or ended. */
  pendingChanged(pool: PoolId, by: 1 | -1): void {
    const pending = Math.max(0, this.#tally.pendingOf(pool) + by);
    if (pending === 0) this.#pending.delete(pool);
    else this.#pending.set(pool, pending);
  }

  #liveOf(endpoint: EndpointId, pool: PoolId | undefined): Live {
    const record = this.#recordOf(endpoint);
    if (pool === undefined) return record;
    const changes = this.#changesIn(pool);
    // An endpoint is of one pool. Should it ever be of two, what was made of the other's is made anew each time.
    if (record.changes !== null && record.changes !== changes) this.#tally.standings += 1;
    record.changes = changes;
    return record;
  }

  #changesIn(pool: PoolId): Counts {
    const known = this.#changes.get(pool);
    if (known !== undefined) return known;
    const changes = { count: 0, failing: 0 };
    this.#changes.set(pool, changes);
    return changes;
  }

  #recordOf(endpoint: EndpointId): Record {
    const known = this.#records.get(endpoint);
    if (known !== undefined) return known;
    const record = { now: UNKNOWN, loads: this.#loads, slot: this.#loads.add(), changes: null };
    this.#records.set(endpoint, record);
    return record;
  }
}
