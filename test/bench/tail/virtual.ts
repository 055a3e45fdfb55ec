/**
 * `npm run bench:tail:virtual [-- --scenario slow --isolates 24 --seconds 60 --seeds 3]`: the tail bench on virtual time.
 *
 * The production edge in so many isolates and the production region object, before simulated servers with the queues,
 * service times and faults of the real bench. The machine adds nothing: the same seed gives the same table, so two
 * versions of the code differ by what they decide. There are no peers here; who is faster on a real machine the real
 * bench says.
 */
import { parseArgs } from "node:util";
import { Region } from "../../../durable-objects/region/region.ts";
import { hashOf } from "../../../routing/hash.ts";
import { pickIndex, type Rng, seededRng } from "../../../routing/rng.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import { createEdge, type Edge } from "../../../workers/edge/edge.ts";
import type { EdgePorts, ObjectPorts, RegionObject } from "../../../workers/ports.ts";
import { sending } from "../../helpers/sending.ts";
import { LOST_MS } from "../../load/generator.ts";
import type { Kind } from "../../load/plan.ts";
import { Kernel } from "../../sim/kernel.ts";
import { ObjectHost } from "../../sim/object-host.ts";
import { chanceFrom, rngFor } from "../../sim/random.ts";
import { Timeline } from "../../sim/timeline.ts";
import { bakedFrom } from "../ours.ts";
import { drawArrivals } from "./arrivals.ts";
import { cellOf, type Run } from "./cell.ts";
import type { Sample } from "./sample.ts";
import { type Scenario, scenariosFor } from "./scenarios.ts";
import { serversWith } from "./servers.ts";
import { HOST } from "./target.ts";
import { documentOf, pushOf, REGION } from "./tradewind.ts";
import { VirtualServer } from "./virtual-server.ts";

const TRY_TIMEOUT_MS = 1_000;
/** As in the real bench: before it nothing counts. */
const WARM_UP_MS = 5_000;
/** One way between an isolate and its region. */
const REGION_MS = 5;
const ALIVE = { alive: true };

/** Same seed, same run. Cost: about 1 ms of a processor per request. */
export async function runVirtual(scenario: Scenario, isolates: number, seed: number): Promise<Run> {
  const kernel = new Kernel();
  const servers = serversOn(kernel, scenario.workers, seed);
  const ports = servers.map((_, index) => 1 + index);
  const document = documentOf({ ports, tryTimeoutMs: TRY_TIMEOUT_MS });
  const fetch = async (request: Request) => {
    const server = servers[Number(new URL(request.url).port) - 1];
    if (server === undefined) throw new Error("refused");
    return server.answer(request);
  };
  const region = regionOn(kernel, fetch, seed);
  await region.call((object) => object.push(pushOf(document)));
  const baked = bakedFrom(document);
  const edges = Array.from({ length: isolates }, (_, index) => {
    const chance = chanceFrom(rngFor(seed, `isolate ${index}`));
    return edgeOn(kernel, { send: sending(fetch), chance, baked, region });
  });
  const samples = schedule(scenario, edges, kernel, rngFor(seed, "arrivals"));
  for (const { atMs, server, behaviour } of scenario.steps) {
    kernel.schedule(WARM_UP_MS + atMs, () => servers[server]?.behave(behaviour));
  }
  let before: readonly number[] = [];
  kernel.schedule(WARM_UP_MS, () => {
    before = servers.map(({ attempts }) => attempts);
  });
  const ms = sum(scenario.phases.map((phase) => phase.ms));
  await kernel.run(WARM_UP_MS + ms + 2 * LOST_MS);
  region.close();
  const attemptsByServer = servers.map(({ attempts }, index) => attempts - (before[index] ?? 0));
  return {
    scenario: scenario.name,
    target: `tradewind×${isolates} virtual`,
    tryTimeoutMs: TRY_TIMEOUT_MS,
    seconds: ms / 1_000,
    seed,
    samples,
    attempts: sum(attemptsByServer),
    attemptsByServer,
    postsTwice: 0,
    lateMs: 0,
  };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const serversOn = (kernel: Kernel, workers: number, seed: number): readonly VirtualServer[] =>
  serversWith(workers).map(
    ({ meanMs }, index) => new VirtualServer(meanMs, workers, 1_000 * seed + index, kernel),
  );

/** Has every request sent at its time; the samples are filled as answers come. */
function schedule(
  { phases }: Scenario,
  edges: readonly Edge[],
  kernel: Kernel,
  rng: Rng,
): readonly Sample[] {
  const samples: Sample[] = [];
  const first = phases[0]?.ratePerSecond ?? 0;
  for (const { dueMs, kind } of drawArrivals([{ ms: WARM_UP_MS, ratePerSecond: first }], rng)) {
    kernel.schedule(dueMs, () => void visit(kind, edges, rng));
  }
  for (const { dueMs, kind } of drawArrivals(phases, rng)) {
    kernel.schedule(WARM_UP_MS + dueMs, async () => {
      const sentMs = kernel.nowMs;
      const status = await visit(kind, edges, rng);
      const ms = kernel.nowMs - sentMs;
      const ok = status === 200 && ms < LOST_MS;
      samples.push({ dueMs, ms: ok ? ms : LOST_MS, ok, idempotent: kind !== "post" });
    });
  }
  return samples;
}

/** The status of the answer; 0 when there was none. */
async function visit(kind: Kind, edges: readonly Edge[], rng: Rng) {
  const method = kind === "post" ? "POST" : "GET";
  const headers = { host: HOST, "cf-connecting-ip": "192.0.2.1" };
  const edge = edges[pickIndex(edges.length, rng)];
  const answer = edge?.fetch(new Request(`http://${HOST}/`, { method, headers }), (work) => {
    work.catch(() => {});
  });
  return (await answer?.catch(() => null))?.status ?? 0;
}

interface EdgeParts extends Pick<EdgePorts, "send" | "chance" | "baked"> {
  readonly region: ObjectHost<Region>;
}

/** Isolates share no cache: they are of colos of their own. */
function edgeOn(kernel: Kernel, { send, chance, baked, region }: EdgeParts): Edge {
  const entries = new Map<string, string>();
  const store = {
    get: async (key: string) => entries.get(key) ?? null,
    put: async (key: string, value: string) => void entries.set(key, value),
  };
  return createEdge({
    clock: kernel.clock,
    timers: kernel.timers(ALIVE),
    chance,
    hash: async (text) => hashOf(text),
    send,
    objects: { region: () => stubOf(region, kernel) },
    kv: store,
    cache: store,
    baked,
  });
}

function regionOn(kernel: Kernel, fetch: (request: Request) => Promise<Response>, seed: number) {
  return new ObjectHost("region", kernel, new Timeline(kernel, null), (body) => {
    const none = async () => null;
    const ports = {
      ...body,
      clock: kernel.clock,
      timers: kernel.timers(body.life),
      chance: chanceFrom(rngFor(seed, "region")),
      fetch,
      connect: () => Promise.reject(new Error("refused")),
      objects: {} as ObjectPorts["objects"],
      kv: { get: none, put: async () => {}, delete: async () => {} },
    } satisfies ObjectPorts & { life: unknown };
    return new Region(ports, { region: REGION, addresses: anyAddresses });
  });
}

/** By copies, and a way that takes time. */
const stubOf = (region: ObjectHost<Region>, kernel: Kernel) =>
  ({
    exchange: async (report) => {
      const { wait } = kernel.timers(ALIVE);
      await wait(REGION_MS);
      const beat = await region.call((object) => object.exchange(structuredClone(report)));
      await wait(REGION_MS);
      return structuredClone(beat);
    },
  }) as RegionObject;

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      scenario: { type: "string", multiple: true, default: [] },
      isolates: { type: "string", multiple: true, default: ["1", "24"] },
      seconds: { type: "string", default: "30" },
      seeds: { type: "string", default: "3" },
    },
  });
  const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);
  console.log(
    "scenario   isolates  requests  p50  p90   e99 (95 %)          e99.9  errors  amplification  good/s",
  );
  for (const scenario of scenariosFor(Number(values.seconds) * 1_000)) {
    if (values.scenario.length > 0 && !values.scenario.includes(scenario.name)) continue;
    for (const isolates of values.isolates.map(Number)) {
      const runs: Run[] = [];
      for (const seed of seeds) runs.push(await runVirtual(scenario, isolates, seed));
      const cell = cellOf(runs, seededRng(1));
      const { low, high } = cell.e99Interval;
      console.log(
        scenario.name.padEnd(10),
        String(isolates).padStart(8),
        String(cell.requests).padStart(9),
        cell.p50.toFixed(0).padStart(4),
        cell.p90.toFixed(0).padStart(4),
        cell.e99.toFixed(0).padStart(5),
        `(${low.toFixed(0)} … ${high.toFixed(0)})`.padEnd(16),
        cell.e999.toFixed(0).padStart(6),
        String(cell.errors).padStart(7),
        cell.amplification.toFixed(3).padStart(14),
        cell.goodput.toFixed(1).padStart(7),
      );
    }
  }
}
