/**
 * Users' requests to a pool of servers with queues, on virtual time: Poisson arrivals dealt at random to isolates that share
 * nothing but their beats with a region.
 */
import { seededRng } from "../../../routing/rng.ts";
import type { EndpointId, Ms } from "../../../routing/units.ts";
import { LOST_MS } from "../../load/generator.ts";
import { endpoint, NOW, pool, shardOf } from "../../routing/steer/world.ts";
import { drawArrivals } from "../tail/arrivals.ts";
import { WorkQueue } from "../tail/queue.ts";
import { capacityPerSecond, serversWith, WORKERS } from "../tail/servers.ts";
import { drawServiceMs } from "../tail/service-time.ts";
import { Agenda } from "./agenda.ts";
import { type Sharing, SimIsolate } from "./isolate.ts";
import { SimRegion } from "./region.ts";

export interface Run {
  readonly seed: number;
  readonly isolates: number;
  readonly sharing: Sharing;
  /** How many times slower the first server is from `warmMs` on. */
  readonly slowdown: number;
  /** Of the servers' capacity. */
  readonly load: number;
  readonly warmMs: Ms;
  readonly measuredMs: Ms;
}

/** An origin in the same city, and the way to the region's object. */
const WAY_MS = 1;
const EXCHANGE_MS = 20;
const BEAT_MS = 1_000;
const JITTER = 0.2;

/** Times of requests that arrived after `warmMs`; one that is not answered in 3 s counts as 3 s. */
export function simulate(run: Run): readonly number[] {
  const rng = seededRng(run.seed);
  const agenda = new Agenda(NOW);
  const specs = serversWith(WORKERS);
  const ids = specs.map(({ name }) => name as EndpointId);
  const queues = specs.map(
    () => new WorkQueue(WORKERS, (ms, then) => agenda.at(agenda.nowMs + ms, then)),
  );
  const shard = shardOf([
    pool(
      "p",
      ids.map((id) => endpoint(id)),
      { origin_steering: { policy: "p2c_peak_ewma" } },
    ),
  ]);
  const region = new SimRegion(ids);
  const isolates = Array.from(
    { length: run.isolates },
    (_, at) => new SimIsolate(`i${at}`, shard, run.sharing, rng),
  );
  const latenciesMs: number[] = [];

  const beat = (isolate: SimIsolate): void => {
    const report = isolate.report(ids);
    agenda.at(agenda.nowMs + EXCHANGE_MS / 2, () => {
      const told = region.exchange(report, agenda.nowMs);
      agenda.at(agenda.nowMs + EXCHANGE_MS / 2, () => isolate.hear(told, agenda.nowMs));
    });
    agenda.at(agenda.nowMs + BEAT_MS * (1 + JITTER * (2 * rng() - 1)), () => beat(isolate));
  };

  const serve = (index: number, done: () => void): void => {
    const isSlow = index === 0 && agenda.nowMs >= NOW + run.warmMs;
    queues[index]?.add(
      {
        serviceMs: drawServiceMs(specs[index]?.meanMs ?? 0, rng),
        done,
        isAbandoned: () => false,
      },
      () => (isSlow ? run.slowdown : 1),
    );
  };

  const request = (isolate: SimIsolate, isMeasured: boolean): void => {
    const startedAtMs = agenda.nowMs;
    const candidate = isolate.choose(startedAtMs);
    const { id } = candidate.endpoint;
    isolate.learned.tryStarted(candidate, startedAtMs);
    const answered = (): void => {
      const ms = agenda.nowMs - startedAtMs;
      const settlement = { outcome: "success", latencyMs: ms } as const;
      isolate.learned.tryEnded(candidate, settlement, startedAtMs, agenda.nowMs);
      isolate.counters.tried(id, "success", true);
      if (isMeasured) latenciesMs.push(Math.min(ms, LOST_MS));
    };
    agenda.at(startedAtMs + WAY_MS / 2, () =>
      serve(ids.indexOf(id), () => agenda.at(agenda.nowMs + WAY_MS / 2, answered)),
    );
  };

  for (const isolate of isolates) agenda.at(NOW + rng() * BEAT_MS, () => beat(isolate));
  const ratePerSecond = run.load * capacityPerSecond(specs);
  for (const { dueMs } of drawArrivals([{ ms: run.warmMs + run.measuredMs, ratePerSecond }], rng)) {
    const isolate = isolates[Math.floor(rng() * isolates.length)];
    if (isolate !== undefined) agenda.at(NOW + dueMs, () => request(isolate, dueMs >= run.warmMs));
  }
  agenda.runUntil(NOW + run.warmMs + run.measuredMs + LOST_MS);
  return latenciesMs;
}
