/**
 * The records of a vendor with all their earlier states, and listings of them page by page. A listing keeps
 * to what its first page showed of faults; whether it is of now or of then is the vendor's bad day.
 */
import type { Faults, Listing } from "./faults.ts";

export class History<State> {
  readonly #states: State[];

  constructor(first: State) {
    this.#states = [first];
  }

  get now(): State {
    return this.#states.at(-1) as State;
  }

  write(next: State): void {
    this.#states.push(next);
  }

  /** The state `back` changes ago, or the first when there were not as many. */
  ago(back: number): State {
    return this.#states.at(-1 - back) ?? (this.#states[0] as State);
  }
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Whether the vendor tells of a further page. */
  readonly more: boolean;
  /** How many there are in all, of which a truncated listing says the truth. */
  readonly total: number;
}

export class Listings<State> {
  readonly #history: History<State>;
  readonly #faults: Faults;
  /** The fault of the listing that is being read, by operation. */
  readonly #showing = new Map<string, Listing | undefined>();

  constructor(history: History<State>, faults: Faults) {
    this.#history = history;
    this.#faults = faults;
  }

  /** Page `page` (from 1) of `size` items. Page 1 begins a listing. */
  page<Item>(
    operation: string,
    read: (state: State) => readonly Item[],
    page: number,
    size: number,
  ): Page<Item> {
    if (page === 1) this.#showing.set(operation, this.#faults.meetListing(operation));
    const fault = this.#showing.get(operation);
    const state = fault?.kind === "stale" ? this.#history.ago(fault.back) : this.#history.now;
    const all = fault?.kind === "empty" ? [] : read(state);
    const items = all.slice((page - 1) * size, page * size);
    if (fault?.kind === "truncated" && page >= fault.page) {
      const kept = page > fault.page ? 0 : Math.floor(items.length / 2);
      return { items: items.slice(0, kept), more: false, total: all.length };
    }
    return { items, more: page * size < all.length, total: all.length };
  }
}
