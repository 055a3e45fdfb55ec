/**
 * Several isolates and one region on virtual time: the production decision, counters, load reports and region's memory, over
 * endpoints whose utilisation is what they were sent in the last second over what they can take.
 */
import { Loads, NO_LOADS } from "../../../durable-objects/region/loads.ts";
import type { RegionLoads } from "../../../routing/exchange.ts";
import { LOAD_HEADER } from "../../../routing/load/load-report.ts";
import type { Endpoint } from "../../../routing/model.ts";
import type { Rng } from "../../../routing/rng.ts";
import type { Balanced } from "../../../routing/snapshot.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { type Memory, NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import { Known } from "../../../routing/steer/known.ts";
import { LoadReports } from "../../../workers/edge/load-reports.ts";
import { Counters } from "../../../workers/edge/report.ts";
import { reportOf } from "../../durable-objects/plain/messages.ts";
import { asker } from "./world.ts";

/** The one whose requests these are, and how many come per second at that time. */
export interface Stream {
  readonly shard: Balanced;
  readonly rps: (nowMs: number) => number;
}

export interface FleetSetting {
  readonly isolates: number;
  readonly beatMs: number;
  readonly streams: readonly Stream[];
  /** Requests per second that fill an endpoint, by its name; absent = it tells nothing. */
  readonly capacity: Readonly<Record<string, number>>;
  /** What others send to an endpoint per second, whom this region never sees. */
  readonly foreign?: Readonly<Record<string, number>>;
}

class Isolate {
  readonly id: string;
  readonly known = new Known();
  readonly counters = new Counters();
  readonly reports = new LoadReports();
  readonly memories = new Map<Balanced, Memory>();
  /** Its own, as an isolate of production has: what is kept by shard is kept for one isolate. */
  readonly shards: readonly Balanced[];
  loads: RegionLoads | undefined;
  beatAtMs: number;

  constructor(id: string, shards: readonly Balanced[], beatAtMs: number) {
    this.id = id;
    this.shards = shards.map((shard) => ({ ...shard }));
    this.beatAtMs = beatAtMs;
  }
}

export class Fleet {
  /** Requests by stream and pool since they were last taken. */
  readonly served: Map<string, number>[];
  readonly #setting: FleetSetting;
  readonly #rng: Rng;
  readonly #isolates: Isolate[];
  readonly #region = new Loads(NO_LOADS);
  readonly #window = new Map<string, { thisSecond: number; last: number }>();
  nowMs: number;

  constructor(setting: FleetSetting, startMs: number, rng: Rng) {
    this.#setting = setting;
    this.#rng = rng;
    this.nowMs = startMs;
    this.served = setting.streams.map(() => new Map());
    this.#isolates = Array.from({ length: setting.isolates }, (_, at) => {
      const shards = setting.streams.map(({ shard }) => shard);
      return new Isolate(`i${at}`, shards, startMs + rng() * setting.beatMs);
    });
  }

  get loads(): RegionLoads | undefined {
    return this.#region.told(this.nowMs).loads;
  }

  /** One second of it. */
  second(): void {
    const untilMs = this.nowMs + 1_000;
    for (const window of this.#window.values()) {
      window.last = window.thisSecond;
      window.thisSecond = 0;
    }
    const arrivals = this.#setting.streams
      .flatMap((stream, at) => this.#arrivals(stream.rps(this.nowMs), at))
      .sort((a, b) => a.atMs - b.atMs);
    for (const { atMs, stream } of arrivals) {
      this.#beats(atMs);
      this.#request(stream, atMs);
    }
    this.#beats(untilMs);
    this.nowMs = untilMs;
  }

  run(seconds: number): void {
    for (let at = 0; at < seconds; at += 1) this.second();
  }

  /** The part of a stream's requests that each pool got since the last time. */
  takeShares(stream = 0): Record<string, number> {
    const served = this.served[stream] ?? new Map<string, number>();
    const total = [...served.values()].reduce((sum, count) => sum + count, 0);
    const shares = Object.fromEntries([...served].map(([pool, count]) => [pool, count / total]));
    served.clear();
    return shares;
  }

  #arrivals(rps: number, stream: number) {
    const times: { atMs: number; stream: number }[] = [];
    for (let ms = next(rps, this.#rng); ms < 1_000; ms += next(rps, this.#rng)) {
      times.push({ atMs: this.nowMs + ms, stream });
    }
    return times;
  }

  #request(at: number, nowMs: number): void {
    const isolate = this.#isolates[Math.floor(this.#rng() * this.#isolates.length)];
    const shard = isolate?.shards[at];
    if (isolate === undefined || shard === undefined) return;
    const memory = isolate.memories.get(shard) ?? NO_MEMORY;
    const { know } = isolate.known;
    const input = { shard, asker: asker(), know, memory, loads: isolate.loads, triesMax: 3 };
    const { candidates, trace, memory: after } = decide(input, nowMs, this.#rng);
    isolate.memories.set(shard, after);
    if (trace.spill !== null) {
      isolate.counters.spilled(trace.spill.from.pool.id, trace.spill.to?.pool.id);
    }
    for (const { pool, endpoint } of candidates) {
      const served = this.served[at];
      served?.set(pool.name, (served.get(pool.name) ?? 0) + 1);
      this.#try(isolate, endpoint, nowMs);
      break;
    }
  }

  #try(isolate: Isolate, endpoint: Endpoint, nowMs: number): void {
    const window = this.#window.get(endpoint.id) ?? { thisSecond: 0, last: 0 };
    this.#window.set(endpoint.id, window);
    window.thisSecond += 1;
    isolate.reports.tried(endpoint);
    isolate.counters.tried(endpoint.id, "success", true);
    const capacity = this.#setting.capacity[endpoint.name];
    if (capacity === undefined) return;
    const rps = window.last + (this.#setting.foreign?.[endpoint.name] ?? 0);
    const told = `JSON {"application_utilization":${rps / capacity}}`;
    const get = (name: string) => (name === LOAD_HEADER ? told : null);
    isolate.reports.heard(endpoint.id, { get }, nowMs);
  }

  #beats(untilMs: number): void {
    for (const isolate of this.#isolates) {
      if (isolate.beatAtMs > untilMs) continue;
      const nowMs = isolate.beatAtMs;
      isolate.beatAtMs += this.#setting.beatMs * (0.8 + 0.4 * this.#rng());
      const { sequence, endpoints, spills } = isolate.counters.take();
      isolate.reports.take(nowMs);
      const counted = [...endpoints].map(([id, counts]) => [
        id,
        { ...counts, inFlight: 0, ...isolate.reports.gauges(id) },
      ]);
      const more = { endpoints: Object.fromEntries(counted), ...(spills ? { spills } : {}) };
      this.#region.fold(reportOf(isolate.id, sequence, more), nowMs);
      isolate.counters.acknowledge();
      isolate.reports.acknowledge();
      isolate.loads = this.#region.told(nowMs).loads;
    }
  }
}

/** Milliseconds to the next arrival of a Poisson stream. */
const next = (rps: number, rng: Rng): number => (-Math.log(1 - rng()) * 1_000) / rps;
