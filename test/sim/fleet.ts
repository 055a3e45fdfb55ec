/** The isolates of every colo. The platform may replace one at any time; a new one knows nothing. */
import type { Rng } from "../../routing/rng.ts";
import type { Isolate, Planet } from "./planet.ts";
import { between, pick } from "./random.ts";
import type { Timeline } from "./timeline.ts";

const ISOLATES_PER_COLO_MAX = 2;

export class Fleet {
  readonly #planet: Planet;
  readonly #timeline: Timeline;
  readonly #isolates: { readonly colo: string; current: Isolate }[] = [];
  #started = 0;

  constructor(planet: Planet, timeline: Timeline, colos: readonly string[], rng: Rng) {
    this.#planet = planet;
    this.#timeline = timeline;
    for (const colo of colos) {
      for (let slot = 0; slot < between(1, ISOLATES_PER_COLO_MAX, rng); slot += 1) {
        this.#isolates.push({ colo, current: this.#start(colo) });
      }
    }
  }

  /** Every isolate that takes new requests, with its colo. */
  get members(): readonly { readonly colo: string; readonly current: Isolate }[] {
    return this.#isolates;
  }

  /** One is replaced; requests in the old one go on to their end. Sometimes its colo's cache is lost with it. */
  recycle(rng: Rng): void {
    const chosen = pick(this.#isolates, rng);
    if (rng() < 0.5) this.#planet.clearCache(chosen.colo);
    chosen.current = this.#start(chosen.colo);
    this.#timeline.note("isolate recycled", chosen.current.name);
  }

  #start(colo: string): Isolate {
    this.#started += 1;
    return this.#planet.startIsolate(colo, `${colo}#${this.#started}`);
  }
}
