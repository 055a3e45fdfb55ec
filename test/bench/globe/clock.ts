/** Virtual time. Events of one moment run in the order in which they were scheduled, so one seed is one run. */
import type { Ms } from "../../../routing/units.ts";
import { EventQueue } from "../../sim/queue.ts";

/** Far from 0, where a stamp that was forgotten would look recent. */
export const BEGIN_MS = 1_800_000_000_000;

export class Clock {
  #nowMs: Ms = BEGIN_MS;
  #sequence = 0;
  readonly #queue = new EventQueue();

  get nowMs(): Ms {
    return this.#nowMs;
  }

  at(atMs: Ms, work: () => void): void {
    this.#queue.push({ atMs, sequence: this.#sequence, work });
    this.#sequence += 1;
  }

  in(ms: Ms, work: () => void): void {
    this.at(this.#nowMs + ms, work);
  }

  /** Until nothing waits any more. */
  run(): void {
    for (let event = this.#queue.pop(); event !== undefined; event = this.#queue.pop()) {
      this.#nowMs = event.atMs;
      event.work?.();
    }
  }
}
