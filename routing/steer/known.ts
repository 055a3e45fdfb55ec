/**
 * What one isolate knows of endpoints, and what it counts whenever that changes. One record per endpoint, replaced as a
 * whole whenever a fact comes in.
 */
import { isSameEvidence } from "../health/available.ts";
import type { EndpointId, PoolId } from "../units.ts";
import { type EndpointKnowledge, type Know, type Live, type Tally, UNKNOWN } from "./knowledge.ts";

interface Record {
  now: EndpointKnowledge;
}

export class Known {
  readonly #records = new Map<EndpointId, Record>();
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
  }

  forget(endpoint: EndpointId): void {
    // Whoever holds the record must ask for the next one.
    if (this.#records.delete(endpoint)) this.#tally.standings += 1;
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

  #recordOf(endpoint: EndpointId): Record {
    const known = this.#records.get(endpoint);
    if (known !== undefined) return known;
    const record = { now: UNKNOWN };
    this.#records.set(endpoint, record);
    return record;
  }
}
