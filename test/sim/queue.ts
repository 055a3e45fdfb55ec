/** An event that waits for its moment. `sequence` breaks ties, so that equal times keep the order of scheduling. */
export interface Event {
  readonly atMs: number;
  readonly sequence: number;
  /** `null` once cancelled: it is dropped when its time comes. */
  work: (() => void) | null;
}

const isBefore = (a: Event, b: Event): boolean =>
  a.atMs === b.atMs ? a.sequence < b.sequence : a.atMs < b.atMs;

/** A binary heap of events, earliest first. Cost: `push` and `pop` are O(log n). */
export class EventQueue {
  readonly #heap: Event[] = [];

  get size(): number {
    return this.#heap.length;
  }

  peek(): Event | undefined {
    return this.#heap[0];
  }

  push(event: Event): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex] as Event;
      if (!isBefore(event, parent)) break;
      heap[index] = parent;
      heap[parentIndex] = event;
      index = parentIndex;
    }
  }

  pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = index * 2 + 1;
      const right = left + 1;
      let child = left;
      if (right < heap.length && isBefore(heap[right] as Event, heap[left] as Event)) child = right;
      const next = heap[child];
      if (next === undefined || isBefore(last, next)) break;
      heap[index] = next;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}
