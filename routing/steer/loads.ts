/**
 * What the endpoints of a pool are compared by, kept beside their records: numbers in one block of memory, a row of 64
 * bytes per endpoint.
 *
 * A record is an object of objects, and V8 keeps most of their numbers as objects too: to compare one endpoint by its
 * record costs ten reads from all over the heap, and in a pool of thousands each is a miss of the processor's caches.
 */
import { costOf } from "../load/load.ts";
import type { Ms } from "../units.ts";
import { type EndpointKnowledge, isOlderThanStale, UNKNOWN } from "./knowledge.ts";

const ROW = 8;
/** Columns of a row. */
const [PENDING, PEAK_MS, PEAK_AT_MS, OWN_MS, OWN_AT_MS, SHARED_MS, SHARED_AT_MS] = [
  0, 1, 2, 3, 4, 5, 6,
] as const;

export class Loads {
  #rows = new Float64Array(16 * ROW);
  #size = 0;
  readonly #free: number[] = [];

  /** A row of its own, as of an endpoint that nobody knows. */
  add(): number {
    const slot = this.#free.pop() ?? this.#size++;
    if (slot * ROW >= this.#rows.length) {
      const longer = new Float64Array(2 * this.#rows.length);
      longer.set(this.#rows);
      this.#rows = longer;
    }
    this.set(slot, UNKNOWN);
    return slot;
  }

  /** The row may become another endpoint's: who still reads it compares with a load that is not the right one. */
  remove(slot: number): void {
    this.#free.push(slot);
  }

  /** No estimate is a stamp that is no number. */
  set(slot: number, { load, shared }: EndpointKnowledge): void {
    const rows = this.#rows;
    const at = slot * ROW;
    rows[at + PENDING] = load.pending;
    rows[at + PEAK_MS] = load.peakMs;
    rows[at + PEAK_AT_MS] = load.peakAtMs;
    rows[at + OWN_MS] = load.latencyMs ?? 0;
    rows[at + OWN_AT_MS] = load.latencyMs === null ? Number.NaN : load.latencyAtMs;
    rows[at + SHARED_MS] = shared?.ms ?? 0;
    rows[at + SHARED_AT_MS] = shared?.atMs ?? Number.NaN;
  }

  pendingOf(slot: number): number {
    return this.#cell(slot, PENDING);
  }

  /** As `loadOf` of the record, by its estimate. */
  loadOf(slot: number, nowMs: Ms): number {
    const distanceMs = this.#cell(slot, this.#estimate(slot, nowMs));
    const peakAtMs = this.#cell(slot, PEAK_AT_MS);
    return costOf(
      this.#cell(slot, PENDING),
      this.#cell(slot, PEAK_MS),
      nowMs - peakAtMs,
      distanceMs,
    );
  }

  /** It has an estimate, and a stale one. */
  isStale(slot: number, nowMs: Ms): boolean {
    const column = this.#estimate(slot, nowMs);
    return isOlderThanStale(this.#cell(slot, column + 1), nowMs);
  }

  /** The column of `estimateOf`; its stamp is in the next one. */
  #estimate(slot: number, nowMs: Ms): typeof OWN_MS | typeof SHARED_MS {
    const ownAtMs = this.#cell(slot, OWN_AT_MS);
    if (Number.isNaN(ownAtMs)) return SHARED_MS;
    if (!isOlderThanStale(ownAtMs, nowMs)) return OWN_MS;
    return this.#cell(slot, SHARED_AT_MS) > ownAtMs ? SHARED_MS : OWN_MS;
  }

  #cell(slot: number, column: number): number {
    return this.#rows[slot * ROW + column] ?? Number.NaN;
  }
}
