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
  /** All servers become this much slower after a third of the run. */
  readonly slowdown?: number;
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
}

export interface Ended {
  readonly afterMs: number;
  readonly how: "answered" | "failed" | "refused";
  readonly criticality: Criticality;
}

export interface Outcome {
  readonly asked: Asked;
  readonly tries: number;
  readonly ended: readonly Ended[];
  readonly seconds: number;
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
  nowMs = NOW;
  tries = 0;
  readonly #queue = new EventQueue();
  readonly #servers: readonly { queue: WorkQueue; meanMs: number; rng: Rng }[];
  readonly #estimates = new Estimates([]);
  readonly #reporters = new Reporters();
  readonly #admissions = new Admissions();
  /** Of its own, so that the same seed gives the same requests whatever is known of them. */
  readonly #criticalities: Rng;
  readonly #limits = new Limits();
  #slowdown = 1;
  #sequence = 0;

  constructor(setting: Setting) {
    const specs = serversWith(setting.workers);
    this.rng = seededRng(setting.seed);
    this.#criticalities = seededRng(setting.seed + 1_000);
    this.guard = setting.guard;
    this.tryTimeoutMs = setting.tryTimeoutMs;
    const origins = specs.map((_, index) => endpoint(`${index}`));
    this.#limits.retarget(new Map([["p", origins.map(({ id }) => id)]]));
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

  run({ isolates: count, phases, workers, slowdown = 1 }: Setting): Outcome {
    const capacity = capacityPerSecond(serversWith(workers));
    const isolates = Array.from({ length: count }, (_, index) => new SimulatedIsolate(this, index));
    for (const isolate of isolates) this.#beat(isolate, 1_000 * this.rng());
    const rates: readonly Phase[] = phases.map(({ ms, load }) => ({
      ms,
      ratePerSecond: load * capacity,
    }));
    const asked = { critical: 0, default: 0, sheddable: 0 };
    for (const { dueMs, kind } of drawArrivals(rates, this.rng)) {
      const criticality = drawCriticality(this.#criticalities);
      asked[criticality] += 1;
      this.after(dueMs, () =>
        isolates[pickIndex(count, this.rng)]?.request(kind === "post", criticality),
      );
    }
    const totalMs = phases.reduce((sum, { ms }) => sum + ms, 0);
    this.after(totalMs / 3, () => {
      this.#slowdown = slowdown;
    });
    const endMs = NOW + totalMs + REST_MS;
    for (let event = this.#queue.pop(); event !== undefined; event = this.#queue.pop()) {
      if (event.atMs > endMs) break;
      this.nowMs = event.atMs;
      event.work?.();
    }
    const { ended, tries } = this;
    return { asked, tries, ended, seconds: totalMs / 1_000 };
  }

  #beat(isolate: SimulatedIsolate, inMs: number): void {
    this.after(inMs, () => {
      isolate.beat();
      const spread = 1 + BEAT_SPREAD * (2 * this.rng() - 1);
      this.#beat(isolate, this.#reporters.beatMs * spread);
    });
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
