/** One isolate of a colo: what the production edge learns, and its beat with the region's object. */
import { BEAT_MS_MIN } from "../../../routing/limits.ts";
import type { Rng } from "../../../routing/rng.ts";
import type { EndpointId, Ms } from "../../../routing/units.ts";
import { Learned } from "../../../workers/edge/learned.ts";
import type { Clock } from "./clock.ts";
import type { RegionSim } from "./region.ts";
import type { Door } from "./world.ts";

/** As `workers/edge/exchange.ts` does. */
const JITTER_RATIO = 0.2;

export class IsolateSim {
  readonly door: Door;
  readonly learned = new Learned();
  readonly #region: RegionSim;
  readonly #clock: Clock;
  readonly #rng: Rng;
  #successes = new Map<EndpointId, number>();
  #dueAtMs: Ms = 0;
  #isRunning = false;

  constructor(door: Door, region: RegionSim, clock: Clock, rng: Rng) {
    this.door = door;
    this.#region = region;
    this.#clock = clock;
    this.#rng = rng;
  }

  succeeded(endpoint: EndpointId): void {
    this.#successes.set(endpoint, (this.#successes.get(endpoint) ?? 0) + 1);
  }

  /** With a request, as the edge does it: an isolate that nobody asks exchanges nothing. */
  poke(): void {
    if (this.#isRunning || this.#clock.nowMs < this.#dueAtMs) return;
    this.#isRunning = true;
    const { colo, regionRttMs } = this.door;
    const reported = this.#taken();
    this.#clock.in(regionRttMs / 2, () => {
      this.#region.fold(colo, reported);
      const view = this.#region.viewFor(colo);
      this.#clock.in(regionRttMs / 2, () => {
        const { nowMs } = this.#clock;
        this.learned.hear(view, nowMs);
        this.#isRunning = false;
        this.#dueAtMs = nowMs + BEAT_MS_MIN * (1 + JITTER_RATIO * (2 * this.#rng() - 1));
      });
    });
  }

  #taken() {
    const successes = this.#successes;
    this.#successes = new Map();
    return [...successes].flatMap(([endpoint, requests]) => {
      const { latencyMs } = this.learned.gauges(endpoint);
      return latencyMs === undefined ? [] : [{ endpoint, requests, ms: latencyMs }];
    });
  }
}
