/**
 * How often the isolates of one region exchange, and how long a new verdict takes to reach them: the production isolate
 * (when an exchange is due, jitter, the colo cache) and the production rule of the beat, on virtual time.
 *
 * Requests come to each isolate at random (Poisson). Of them only those matter that find an exchange due, and when that is
 * the next one comes after an exponential time, whatever came before: so a million requests cost nothing to simulate.
 */
import { Reporters } from "../../../durable-objects/region/reporters.ts";
import type { Beat } from "../../../routing/exchange.ts";
import { BEAT_MS_MIN, SCHEMA } from "../../../routing/limits.ts";
import type { EndpointId } from "../../../routing/units.ts";
import { type Isolate, openIsolate } from "../../../workers/edge/isolate.ts";
import { EventQueue } from "../../sim/queue.ts";
import { rngFor } from "../../sim/random.ts";
import { Counts, countingPorts } from "./ports.ts";

export interface SpreadOptions {
  readonly isolates: number;
  /** Requests per second of each. */
  readonly rate: number;
  readonly flips: number;
  readonly seed: number;
}

export interface Spread {
  /** Asked of each isolate at the end. */
  readonly beatMs: number;
  readonly exchangesPerS: number;
  readonly cachePutsPerS: number;
  readonly cacheGetsPerS: number;
  /** For every isolate and flip, ascending: how long until the isolate held the verdict. `Infinity`: not in time. */
  readonly knowMs: readonly number[];
}

const BEGIN_MS = 1_800_000_000_000;
/** Isolates of one region are in so many places; which matters only to who shares a cache. */
const COLOS = 30;
const ENDPOINT = "e".repeat(32) as EndpointId;

export async function spreadOf(options: SpreadOptions): Promise<Spread> {
  const world = new Fleet(options);
  // Isolates come up together; until each has been told its beat, they call every second.
  const spacingMs = 10_000 + 2.5 * world.expectedBeatMs + 10_000 / options.rate;
  await world.run(2 * spacingMs);
  const before = { ...world.counts };
  const fromMs = world.nowMs;
  const knowMs: number[] = [];
  for (let flip = 0; flip < options.flips; flip += 1) {
    world.flip();
    await world.run(spacingMs);
    for (const ms of world.known()) knowMs.push(ms);
  }
  const seconds = (world.nowMs - fromMs) / 1_000;
  const perS = (what: keyof Counts) => (world.counts[what] - before[what]) / seconds;
  return {
    beatMs: world.reporters.beatMs,
    exchangesPerS: perS("exchanges"),
    cachePutsPerS: perS("cachePuts"),
    cacheGetsPerS: perS("cacheGets"),
    knowMs: knowMs.sort((a, b) => a - b),
  };
}

class Fleet {
  readonly reporters = new Reporters();
  readonly counts = new Counts();
  readonly #isolates: readonly Isolate[];
  readonly #queue = new EventQueue();
  readonly #clock = { nowMs: BEGIN_MS };
  readonly #meanMs: number;
  readonly #rng;
  #healthy = true;
  #flippedAtMs = BEGIN_MS;
  #knewAtMs: Float64Array;

  constructor({ isolates, rate, seed }: SpreadOptions) {
    this.#meanMs = 1_000 / rate;
    this.#rng = rngFor(seed, "requests");
    const caches = Array.from({ length: COLOS }, () => new Map<string, string>());
    this.#isolates = Array.from({ length: isolates }, (_, at) => {
      const ports = countingPorts({
        clock: this.#clock,
        counts: this.counts,
        stores: { kv: new Map(), cache: caches[at % COLOS] ?? new Map() },
        rng: rngFor(seed, `isolate ${at}`),
        exchange: (report) => {
          this.reporters.hear(report, this.nowMs);
          return this.#beat();
        },
      });
      return openIsolate(ports, `C${at % COLOS}`, {});
    });
    this.#knewAtMs = new Float64Array(isolates).fill(Number.NaN);
    for (const at of this.#isolates.keys()) this.#requestAfter(at, this.nowMs);
  }

  get nowMs(): number {
    return this.#clock.nowMs;
  }

  /** By the rule for all of them; fewer may be counted, where requests are rarer than beats. */
  get expectedBeatMs(): number {
    return Math.max(BEAT_MS_MIN, this.#isolates.length * 2);
  }

  flip(): void {
    this.#healthy = !this.#healthy;
    this.#flippedAtMs = this.nowMs;
    this.#knewAtMs = this.#knewAtMs.fill(Number.NaN);
  }

  known(): readonly number[] {
    return Array.from(this.#knewAtMs, (atMs) =>
      Number.isNaN(atMs) ? Number.POSITIVE_INFINITY : atMs - this.#flippedAtMs,
    );
  }

  async run(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (let next = this.#queue.peek(); next !== undefined; next = this.#queue.peek()) {
      if (next.atMs > untilMs) break;
      this.#queue.pop();
      this.#clock.nowMs = next.atMs;
      await this.#serve(next.sequence);
    }
    this.#clock.nowMs = untilMs;
  }

  /** What `workers/edge/edge.ts` does about the beat for one request. */
  async #serve(at: number): Promise<void> {
    const isolate = this.#isolates[at];
    if (isolate === undefined) return;
    const works: Promise<unknown>[] = [];
    const later = (work: Promise<unknown>) => void works.push(work);
    const { exchange, snapshot } = isolate;
    if (exchange.wasIdle(this.nowMs)) {
      later(exchange.run(later));
      later(snapshot.refresh(later));
    }
    if (exchange.isDue(this.nowMs)) later(exchange.run(later));
    for (const work of works) await work;
    this.#note(at, isolate);
    this.#requestAfter(at, this.#dueMs(isolate));
  }

  #note(at: number, { snapshot }: Isolate): void {
    const healthy = snapshot.held.view?.health[ENDPOINT]?.healthy;
    if (healthy === this.#healthy && Number.isNaN(this.#knewAtMs[at]))
      this.#knewAtMs[at] = this.nowMs;
  }

  /** The first moment at which the isolate itself says that an exchange is due. */
  #dueMs({ exchange }: Isolate): number {
    let [low, high] = [this.nowMs, this.nowMs + 60_000];
    while (!exchange.isDue(high)) high += 60_000;
    while (high - low > 0.5) {
      const middle = (low + high) / 2;
      if (exchange.isDue(middle)) high = middle;
      else low = middle;
    }
    return high;
  }

  #requestAfter(at: number, dueMs: number): void {
    const waitMs = -Math.log(1 - this.#rng()) * this.#meanMs;
    this.#queue.push({ atMs: dueMs + waitMs, sequence: at, work: null });
  }

  #beat(): Beat {
    const health = {
      healthy: this.#healthy,
      changedAtMs: this.#flippedAtMs,
      observedAtMs: this.nowMs,
      reason: "",
    };
    return {
      schema: SCHEMA,
      beatMs: this.reporters.beatMs,
      manifestHash: null,
      shards: {},
      view: {
        schema: SCHEMA,
        region: "weur",
        asOfMs: this.nowMs,
        health: { [ENDPOINT]: health },
        latencyMs: {},
      },
    };
  }
}
