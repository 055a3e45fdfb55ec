/**
 * Endpoints to draw from and to compare. What is compared is read by index, so that the record of an endpoint is touched
 * only when the endpoint is taken.
 */
import { loadOf } from "../load/load.ts";
import type { Ms } from "../units.ts";
import { estimateOf, isStale } from "./knowledge.ts";
import type { EndpointView } from "./level-view.ts";
import type { Loads } from "./loads.ts";
import { Lot } from "./lot.ts";

interface Columns {
  readonly loads: Loads;
  readonly slots: readonly number[];
  readonly weights: readonly number[];
}

/** Shape: the views are of one isolate's endpoints, or none is of an isolate that keeps loads. */
export class EndpointLot extends Lot<EndpointView> {
  #columns: Columns | null | undefined;

  weightAt(index: number): number {
    const columns = this.#made();
    return (columns === null ? this.views[index]?.weight : columns.weights[index]) ?? 0;
  }

  /** Lower is better. */
  loadAt(index: number, nowMs: Ms): number {
    const columns = this.#made();
    if (columns !== null) return columns.loads.loadOf(slotAt(columns, index), nowMs);
    const now = this.#recordAt(index);
    return now === undefined ? 0 : loadOf(now.load, nowMs, estimateOf(now, nowMs)?.ms);
  }

  pendingAt(index: number): number {
    const columns = this.#made();
    if (columns !== null) return columns.loads.pendingOf(slotAt(columns, index));
    return this.#recordAt(index)?.load.pending ?? 0;
  }

  /** Its time to first byte was measured, but so long ago that it may be wrong by now. */
  isStaleAt(index: number, nowMs: Ms): boolean {
    const columns = this.#made();
    if (columns !== null) return columns.loads.isStale(slotAt(columns, index), nowMs);
    const now = this.#recordAt(index);
    const estimate = now === undefined ? null : estimateOf(now, nowMs);
    return estimate !== null && isStale(estimate, nowMs);
  }

  #recordAt(index: number) {
    return this.views[index]?.live.now;
  }

  /** At the first comparison: many a lot never sees one. */
  #made(): Columns | null {
    if (this.#columns === undefined) this.#columns = columnsOf(this.views);
    return this.#columns;
  }
}

const slotAt = ({ slots }: Columns, index: number): number => slots[index] ?? 0;

function columnsOf(views: readonly EndpointView[]): Columns | null {
  const loads = views[0]?.live.loads;
  if (loads === undefined) return null;
  return {
    loads,
    slots: views.map(({ live }) => live.slot ?? 0),
    weights: views.map(({ weight }) => weight),
  };
}
