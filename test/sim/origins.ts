/** The endpoints as functions: each answers with its own address while it is up, and refuses while it is down. */
import type { Timeline } from "./timeline.ts";

export class Origins {
  readonly #timeline: Timeline;
  readonly #down = new Set<string>();
  #killed = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** How many kills there have been: when two moments differ, something died in between. */
  get killed(): number {
    return this.#killed;
  }

  get isAnyDown(): boolean {
    return this.#down.size > 0;
  }

  kill(address: string): void {
    this.#timeline.note("endpoint killed", address);
    this.#down.add(address);
    this.#killed += 1;
  }

  restore(address: string): void {
    if (this.#down.delete(address)) this.#timeline.note("endpoint restored", address);
  }

  restoreAll(): void {
    for (const address of [...this.#down]) this.restore(address);
  }

  connect(address: string): void {
    if (this.#down.has(address)) throw new TypeError("connect failed: connection refused");
  }

  async answer(request: Request): Promise<Response> {
    const { hostname } = new URL(request.url);
    this.connect(hostname);
    return new Response(hostname, { headers: { "Content-Type": "text/plain" } });
  }
}
