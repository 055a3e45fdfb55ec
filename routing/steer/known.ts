/**
 * What one isolate knows of endpoints, and what it counts whenever that changes. One record per endpoint, replaced as a
 * whole whenever a fact comes in.
 */
import { isSameEvidence } from "../health/available.ts";
import type { EndpointId, PoolId } from "../units.ts";
import { type EndpointKnowledge, type Know, type Live, type Tally, UNKNOWN } from "./knowledge.ts";
import { Loads } from "./loads.ts";

interface Record {
  now: EndpointKnowledge;
  readonly loads: Loads;
  readonly slot: number;
}

export class Known {
  readonly #records = new Map<EndpointId, Record>();
  readonly #loads = new Loads();
  readonly #pending = new Map<PoolId, number>();
  readonly #tally = {
    standings: 0,
    pendingOf: (pool: PoolId): number => this.#pending.get(pool) ?? 0,
    liveOf: (endpoint: EndpointId): Live => this.#recordOf(endpoint),
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

  /** A try was sent to the pool, or ended. */
  pendingChanged(pool: PoolId, by: 1 | -1): void {
    const pending = Math.max(0, this.#tally.pendingOf(pool) + by);
    if (pending === 0) this.#pending.delete(pool);
    else this.#pending.set(pool, pending);
  }

  #recordOf(endpoint: EndpointId): Record {
    const known = this.#records.get(endpoint);
    if (known !== undefined) return known;
    const record = { now: UNKNOWN, loads: this.#loads, slot: this.#loads.add() };
    this.#records.set(endpoint, record);
    return record;
  }
}
