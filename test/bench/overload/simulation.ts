/**
 * Isolates, a region and servers with real queues on virtual time: the production decision, budget, load, counters, admission and leases;
 * the servers, arrivals and queues of the tail bench. What is left out is I/O.
 */
import { Admissions } from "../../../durable-objects/region/admissions.ts";
import { Estimates } from "../../../durable-objects/region/estimates.ts";
import { Limits } from "../../../durable-objects/region/limits.ts";
import { Reporters } from "../../../durable-objects/region/reporters.ts";
import type { RegionView, Report } from "../../../routing/exchange.ts";
import type { Asked } from "../../../routing/load/cutoff.ts";
import type { Criticality } from "../../../routing/model.ts";
import { pickIndex, type Rng, seededRng } from "../../../routing/rng.ts";
import type { EndpointId } from "../../../routing/units.ts";
import { endpoint, endpointId, NOW, pool, shardOf } from "../../routing/steer/world.ts";
import { EventQueue } from "../../sim/queue.ts";
import { drawArrivals, type Phase } from "../tail/arrivals.ts";
import { WorkQueue } from "../tail/queue.ts";
import { capacityPerSecond, serversWith } from "../tail/servers.ts";
import { drawServiceMs } from "../tail/service-time.ts";
import { SimulatedIsolate } from "./isolate.ts";

export interface Setting {
  readonly isolates: number;
  /** Of each server. */
  readonly workers: number;
  /** Loads as parts of capacity. */
  readonly phases: readonly { readonly ms: number; readonly load: number }[];
  /** All servers become this much slower after a third of the run, */
  readonly slowdown?: number;
  /** for so long; absent = to its end. */
  readonly slowForMs?: number;
  /** Then every isolate and what the region has in memory is gone. */
  readonly restartAtMs?: number;
  /** How often a visitor asks again who got no answer in time. */
  readonly visitorRetries?: number;
  readonly tryTimeoutMs: number;
  readonly seed: number;
  readonly guard: Guard;
}

/**
 * What keeps requests from servers. `throttle`: each isolate by what it had accepted (Google's "Handling Overload", K = 2).
 * `admission` and `leases`: the product's, `byCriticality` with the operator's word.
 */
export interface Guard {
  readonly admission?: boolean;
  readonly throttle?: boolean;
  readonly leases?: boolean;
  readonly byCriticality?: boolean;
  /** Retries that nobody pays for. */
  readonly unbudgeted?: boolean;
}

export interface Ended {
  /** After the start of the run. */
  readonly atMs: number;
  readonly afterMs: number;
  readonly how: "answered" | "failed" | "refused";
  readonly criticality: Criticality;
}

export interface Outcome {
  readonly asked: Asked;
  readonly tries: number;
  readonly ended: readonly Ended[];
  readonly seconds: number;
  /** When each try began, and each request came to an isolate, visitors' retries among them; after the start of the run. */
  readonly triesAtMs: readonly number[];
  readonly requestsAtMs: readonly number[];
}

/** As the product's isolates: a fifth shorter or longer. */
const BEAT_SPREAD = 0.2;
/** Those that still wait at the end of a run are waited for so long. */
const REST_MS = 3_000;

export class World {
  readonly rng: Rng;
  readonly guard: Guard;
  readonly tryTimeoutMs: number;
  readonly shard: ReturnType<typeof shardOf>;
  readonly ended: Ended[] = [];
  readonly triesAtMs: number[] = [];
  readonly requestsAtMs: number[] = [];
  nowMs = NOW;
  readonly #queue = new EventQueue();
  readonly #servers: readonly { queue: WorkQueue; meanMs: number; rng: Rng }[];
  #estimates = new Estimates([]);
  #reporters = new Reporters();
  #admissions = new Admissions();
  /** Of its own, so that the same seed gives the same requests whatever is known of them. */
  readonly #criticalities: Rng;
  #limits = new Limits();
  #slowdown = 1;
  #sequence = 0;
  readonly #members: ReadonlyMap<string, readonly EndpointId[]>;

  constructor(setting: Setting) {
    const specs = serversWith(setting.workers);
    this.rng = seededRng(setting.seed);
    this.#criticalities = seededRng(setting.seed + 1_000);
    this.guard = setting.guard;
    this.tryTimeoutMs = setting.tryTimeoutMs;
    const origins = specs.map((_, index) => endpoint(`${index}`));
    this.#members = new Map([["p", origins.map(({ id }) => id)]]);
    this.#limits.retarget(this.#members);
    this.shard = shardOf([pool("p", origins, { origin_steering: { policy: "p2c_peak_ewma" } })]);
    this.#servers = specs.map(({ meanMs, workers }) => ({
      queue: new WorkQueue(workers, (ms, run) => void this.after(ms, run)),
      meanMs,
      rng: seededRng(this.rng() * 2 ** 32),
    }));
  }

  /** Runs `work` so much later, unless what is returned is called. */
  after(ms: number, work: () => void): () => void {
    this.#sequence += 1;
    const event = {
      atMs: this.nowMs + ms,
      sequence: this.#sequence,
      work: work as typeof work | null,
    };
    this.#queue.push(event);
    return () => {
      event.work = null;
    };
  }

  /** One request at a server; `done` is called unless it is abandoned before it began. */
  serve(server: string, done: () => void, isAbandoned: () => boolean): void {
    const found = this.#servers[Number(server)];
    if (found === undefined) return;
    const serviceMs = drawServiceMs(found.meanMs, found.rng);
    found.queue.add({ serviceMs, done, isAbandoned }, () => this.#slowdown);
  }

  exchange(report: Report): RegionView {
    const { nowMs } = this;
    if (this.#reporters.hear(report, nowMs)) {
      this.#admissions.fold(report, this.#reporters.beatMs, nowMs);
      this.#limits.fold(report, this.#reporters.beatMs, nowMs);
      for (const [id, { latencyMs, outcomes }] of Object.entries(report.endpoints)) {
        if (latencyMs === undefined || outcomes.success === 0) continue;
        const sample = { colo: report.colo, ms: latencyMs, requests: outcomes.success };
        this.#estimates.fold({ ...sample, endpoint: endpointId(id) }, nowMs);
      }
    }
    const { beatMs } = this.#reporters;
    return {
      schema: 1,
      region: "weur",
      asOfMs: nowMs,
      health: {},
      latencyMs: this.#estimates.of(report.colo),
      ...(this.guard.admission ? this.#admissions.view(beatMs, nowMs) : {}),
      ...(this.guard.leases ? this.#limits.view(report, beatMs, nowMs) : {}),
    };
  }

  run(setting: Setting): Outcome {
    const { isolates: count, phases, workers, slowdown = 1, visitorRetries = 0 } = setting;
    const capacity = capacityPerSecond(serversWith(workers));
    const isolates = Array.from({ length: count }, (_, index) => new SimulatedIsolate(this, index));
    for (const at of isolates.keys()) this.#beat(isolates, at, 1_000 * this.rng());
    const rates: readonly Phase[] = phases.map(({ ms, load }) => ({
      ms,
      ratePerSecond: load * capacity,
    }));
    const asked = { critical: 0, default: 0, sheddable: 0 };
    for (const { dueMs, kind } of drawArrivals(rates, this.rng)) {
      const criticality = drawCriticality(this.#criticalities);
      asked[criticality] += 1;
      this.after(dueMs, () =>
        isolates[pickIndex(count, this.rng)]?.request(kind === "post", criticality, visitorRetries),
      );
    }
    const totalMs = phases.reduce((sum, { ms }) => sum + ms, 0);
    this.after(totalMs / 3, () => {
      this.#slowdown = slowdown;
    });
    this.after(totalMs / 3 + (setting.slowForMs ?? totalMs), () => {
      this.#slowdown = 1;
    });
    this.after(setting.restartAtMs ?? Number.POSITIVE_INFINITY, () => this.#restart(isolates));
    const endMs = NOW + totalMs + REST_MS;
    for (let event = this.#queue.pop(); event !== undefined; event = this.#queue.pop()) {
      if (event.atMs > endMs) break;
      this.nowMs = event.atMs;
      event.work?.();
    }
    const { ended, triesAtMs, requestsAtMs } = this;
    const tries = triesAtMs.length;
    return { asked, tries, ended, seconds: totalMs / 1_000, triesAtMs, requestsAtMs };
  }

  #beat(isolates: readonly SimulatedIsolate[], at: number, inMs: number): void {
    this.after(inMs, () => {
      isolates[at]?.beat();
      const spread = 1 + BEAT_SPREAD * (2 * this.rng() - 1);
      this.#beat(isolates, at, this.#reporters.beatMs * spread);
    });
  }

  #restart(isolates: SimulatedIsolate[]): void {
    for (const at of isolates.keys())
      isolates[at] = new SimulatedIsolate(this, isolates.length + at);
    this.#estimates = new Estimates([]);
    this.#reporters = new Reporters();
    this.#admissions = new Admissions();
    this.#limits = new Limits();
    this.#limits.retarget(this.#members);
  }
}

const CRITICAL_RATIO = 0.1;
const SHEDDABLE_RATIO = 0.2;

function drawCriticality(rng: Rng): Criticality {
  const drawn = rng();
  if (drawn < CRITICAL_RATIO) return "critical";
  return drawn < CRITICAL_RATIO + SHEDDABLE_RATIO ? "sheddable" : "default";
}

export const simulate = (setting: Setting): Outcome => new World(setting).run(setting);
