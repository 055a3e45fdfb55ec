import type { Ms } from "../../routing/units.ts";
import type { EdgePorts } from "../ports.ts";

interface Flight {
  readonly sinceMs: Ms;
  readonly landed: Promise<unknown>;
}

/**
 * One piece of work per key at a time, shared by every request that needs it, and not begun again before
 * `restMs` is over. Shared is only that it has ended: each request looks at the result itself.
 *
 * The platform drops the work of a request that ends before it, so nobody waits for another's longer than
 * `restMs`, and then begins anew.
 */
export class Flights {
  readonly #ports: Pick<EdgePorts, "clock" | "timers">;
  readonly #restMs: Ms;
  readonly #flights = new Map<string, Flight>();

  constructor(ports: Pick<EdgePorts, "clock" | "timers">, restMs: Ms) {
    this.#ports = ports;
    this.#restMs = restMs;
  }

  /** Resolves when the work of this key has ended, at once when it has ended a short while ago. */
  async join(key: string, work: () => Promise<unknown>): Promise<void> {
    const nowMs = this.#ports.clock.nowMs();
    const flight = this.#flights.get(key);
    if (flight !== undefined && nowMs - flight.sinceMs < this.#restMs) {
      await this.#bounded(flight.landed);
      return;
    }
    this.#forget(nowMs);
    const landed = work();
    this.#flights.set(key, { sinceMs: nowMs, landed });
    await landed;
  }

  async #bounded(landed: Promise<unknown>): Promise<void> {
    let stop = () => {};
    const over = new Promise<void>((resolve) => {
      stop = this.#ports.timers.after(this.#restMs, resolve);
    });
    await Promise.race([landed, over]);
    stop();
  }

  #forget(nowMs: Ms): void {
    for (const [key, { sinceMs }] of this.#flights) {
      if (nowMs - sinceMs >= this.#restMs) this.#flights.delete(key);
    }
  }
}
