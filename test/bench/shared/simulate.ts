/**
 * Users' requests to a pool of servers with queues, on virtual time: Poisson arrivals dealt at random to isolates that share
 * nothing but their beats with a region.
 */
import { seededRng } from "../../../routing/rng.ts";
import type { Candidate } from "../../../routing/steer/candidates.ts";
import type { EndpointId } from "../../../routing/units.ts";
import { endpoint, NOW, pool, shardOf } from "../../routing/steer/world.ts";
import { drawArrivals } from "../tail/arrivals.ts";
import { WorkQueue } from "../tail/queue.ts";
import { capacityPerSecond, serversWith } from "../tail/servers.ts";
import { drawServiceMs } from "../tail/service-time.ts";
import { Agenda } from "./agenda.ts";
import { type Sharing, SimIsolate } from "./isolate.ts";
import { SimRegion } from "./region.ts";

export type Fault = "none" | "10x" | "30%" | "sinkhole";

export interface Run {
  readonly seed: number;
  readonly isolates: number;
  readonly sharing: Sharing;
  readonly ejects: boolean;
  /** Of the first server, from `WARM_MS` on. */
  readonly fault: Fault;
  /** Of the servers' capacity. */
  readonly load: number;
  readonly workers: number;
}

export interface Seen {
  /** Of requests that arrived after `WARM_MS`; an error counts as 3 s. */
  readonly latenciesMs: number[];
  errors: number;
  tries: number;
}

/** Estimates and what is usual are settled by then. */
const WARM_MS = 60_000;
export const MEASURED_MS = 60_000;
/** An origin in the same city, and the way to the region's object. */
const WAY_MS = 1;
const EXCHANGE_MS = 20;
const ERROR_MS = 3_000;
const BEAT_MS = 1_000;
const JITTER = 0.2;

export function simulate(run: Run): Seen {
  const rng = seededRng(run.seed);
  const agenda = new Agenda(NOW);
  const specs = serversWith(run.workers);
  const ids = specs.map(({ name }) => name as EndpointId);
  const queues = specs.map(
    () => new WorkQueue(run.workers, (ms, then) => agenda.at(agenda.nowMs + ms, then)),
  );
  const shard = shardOf([
    pool(
      "p",
      ids.map((id) => endpoint(id)),
      { origin_steering: { policy: "p2c_peak_ewma" } },
    ),
  ]);
  const region = new SimRegion(ids, run.ejects);
  const isolates = Array.from(
    { length: run.isolates },
    (_, at) => new SimIsolate(`i${at}`, shard, run.sharing, rng),
  );
  const seen: Seen = { latenciesMs: [], errors: 0, tries: 0 };

  const beat = (isolate: SimIsolate): void => {
    const report = isolate.report(ids);
    agenda.at(agenda.nowMs + EXCHANGE_MS / 2, () => {
      const told = region.exchange(report, agenda.nowMs);
      agenda.at(agenda.nowMs + EXCHANGE_MS / 2, () => isolate.hear(told, agenda.nowMs));
    });
    agenda.at(agenda.nowMs + BEAT_MS * (1 + JITTER * (2 * rng() - 1)), () => beat(isolate));
  };

  const serve = (index: number, done: (ok: boolean) => void): void => {
    const isBad = index === 0 && agenda.nowMs >= NOW + WARM_MS;
    if (isBad && run.fault === "sinkhole") {
      agenda.at(agenda.nowMs + 1, () => done(false));
      return;
    }
    const ok = !(isBad && run.fault === "30%" && rng() < 0.3);
    queues[index]?.add(
      {
        serviceMs: drawServiceMs(specs[index]?.meanMs ?? 0, rng),
        done: () => done(ok),
        isAbandoned: () => false,
      },
      () => (isBad && run.fault === "10x" ? 10 : 1),
    );
  };

  const request = (isolate: SimIsolate, isMeasured: boolean): void => {
    const arrivedAtMs = agenda.nowMs;
    const candidates = isolate.candidates(arrivedAtMs);
    let tries = 0;
    const end = (ok: boolean): void => {
      if (!isMeasured) return;
      seen.tries += tries;
      seen.latenciesMs.push(ok ? agenda.nowMs - arrivedAtMs : ERROR_MS);
      if (!ok) seen.errors += 1;
    };
    const attempt = (): void => {
      const next = candidates.next();
      if (next.done === true) {
        end(false);
        return;
      }
      tries += 1;
      send(isolate, next.value, (ok) => {
        if (ok) end(true);
        else if (isolate.pays(next.value, tries, agenda.nowMs)) attempt();
        else end(false);
      });
      if (tries === 1) isolate.learned.deposit(next.value.pool, arrivedAtMs);
    };
    attempt();
  };

  const send = (isolate: SimIsolate, candidate: Candidate, done: (ok: boolean) => void): void => {
    const { id } = candidate.endpoint;
    const startedAtMs = agenda.nowMs;
    isolate.learned.tryStarted(candidate, startedAtMs);
    agenda.at(startedAtMs + WAY_MS / 2, () =>
      serve(ids.indexOf(id), (ok) =>
        agenda.at(agenda.nowMs + WAY_MS / 2, () => {
          const outcome = ok ? "success" : "failure";
          const settlement = { outcome, latencyMs: agenda.nowMs - startedAtMs } as const;
          isolate.learned.tryEnded(candidate, settlement, startedAtMs, agenda.nowMs);
          isolate.counters.tried(id, outcome);
          done(ok);
        }),
      ),
    );
  };

  for (const isolate of isolates) agenda.at(NOW + rng() * BEAT_MS, () => beat(isolate));
  const ratePerSecond = run.load * capacityPerSecond(specs);
  for (const { dueMs } of drawArrivals([{ ms: WARM_MS + MEASURED_MS, ratePerSecond }], rng)) {
    const isolate = isolates[Math.floor(rng() * isolates.length)];
    if (isolate !== undefined) agenda.at(NOW + dueMs, () => request(isolate, dueMs >= WARM_MS));
  }
  agenda.runUntil(NOW + WARM_MS + MEASURED_MS + ERROR_MS);
  return seen;
}
