import type { Ms } from "../../../routing/units.ts";

interface Entry {
  readonly atMs: Ms;
  readonly order: number;
  run(): void;
}

const isBefore = (one: Entry, other: Entry): boolean =>
  one.atMs === other.atMs ? one.order < other.order : one.atMs < other.atMs;

/** What happens when, on virtual time: a binary heap, because millions of things happen. */
export class Agenda {
  nowMs: Ms;
  readonly #heap: Entry[] = [];
  #count = 0;

  constructor(nowMs: Ms) {
    this.nowMs = nowMs;
  }

  at(atMs: Ms, run: () => void): void {
    this.#count += 1;
    const entry = { atMs: Math.max(atMs, this.nowMs), order: this.#count, run };
    let index = this.#heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.#heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      this.#heap[index] = above;
      index = parent;
    }
    this.#heap[index] = entry;
  }

  runUntil(endMs: Ms): void {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.atMs > endMs) return;
      this.#take();
      this.nowMs = first.atMs;
      first.run();
    }
  }

  #take(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    let index = 0;
    for (;;) {
      const child = this.#earlierChild(index);
      const below = this.#heap[child];
      if (below === undefined || !isBefore(below, last)) break;
      this.#heap[index] = below;
      index = child;
    }
    this.#heap[index] = last;
  }

  #earlierChild(index: number): number {
    const left = 2 * index + 1;
    const [one, other] = [this.#heap[left], this.#heap[left + 1]];
    return one !== undefined && other !== undefined && isBefore(other, one) ? left + 1 : left;
  }
}
