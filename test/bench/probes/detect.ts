/**
 * How long a region takes to call an endpoint unhealthy: the production objects of one region, with as many further probers as they
 * divide themselves into, on virtual time. From the moment an endpoint begins to fail to the event of the region; what edges
 * need to hear of it, a beat, comes on top.
 */
import type { ProbeTarget, Push } from "../../../routing/exchange.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import { seededRng } from "../../../routing/rng.ts";
import { seal } from "../../../routing/snapshot.ts";
import type { EndpointId, TableVersion } from "../../../routing/units.ts";
import { monitorOf } from "../../durable-objects/plain/messages.ts";
import { RegionWorld } from "../../helpers/region-world.ts";
import type { Kernel } from "../../sim/kernel.ts";

export const FAULTS = ["refused", "timeout", "5xx"] as const;
export type Fault = (typeof FAULTS)[number];

/** In seconds, as an operator writes them. */
export interface Pace {
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
}

export interface Asked {
  readonly endpoints: number;
  readonly pace: Pace;
  /** Of the endpoints, those that are black holes from the beginning. */
  readonly holes: number;
  /** Endpoints that begin to fail in each way, each at a time of its own. */
  readonly repeats: number;
  /** Endpoints that become black holes all at one time. */
  readonly atOnce: number;
  readonly seed: number;
}

export interface Found {
  readonly objects: number;
  /** By fault, sorted. A fault that was not noticed in time is infinite. */
  readonly detectedMs: Readonly<Record<Fault, readonly number[]>>;
  /** Living endpoints that were called unhealthy. */
  readonly wrong: number;
  /** Before the faults: of the time, how much an object had a probe in flight, as a mean over the objects. */
  readonly busyRatio: number;
}

export const CONSECUTIVE_DOWN = 2;
/** Nearest and farthest endpoint. */
const ANSWER_MS = { min: 20, max: 300 };
const ACCOUNT = 10_000;

export function pushesOf({ endpoints, pace }: Pick<Asked, "endpoints" | "pace">): readonly Push[] {
  const version = 1 as TableVersion;
  const monitor = monitorOf({ type: "https", ...pace, consecutive_down: CONSECUTIVE_DOWN });
  const rng = seededRng(1);
  const targets = Array.from({ length: endpoints }, (_, index): ProbeTarget => {
    const name = `e${index}`;
    const id = Array.from({ length: 4 }, () =>
      Math.floor(rng() * 2 ** 32)
        .toString(16)
        .padStart(8, "0"),
    ).join("");
    const place = { address: `${name}.example.net`, port: 443, scheme: "https" as const };
    return { endpoint: id as EndpointId, pool: "pool", name, ...place, monitor };
  });
  return Array.from({ length: Math.ceil(endpoints / ACCOUNT) }, (_, at) => {
    const part = { schema: SCHEMA, account: `account${at}`, version };
    const own = targets.slice(at * ACCOUNT, (at + 1) * ACCOUNT);
    return { ...part, manifest: seal({ ...part, hosts: {} }), shards: {}, targets: own };
  });
}

/** Endpoints that answer after a time of their own, until they fail. */
class Endpoints {
  readonly faults = new Map<string, Fault>();
  /** By object: since when it has probes in flight, how many, and how long it had. */
  readonly #busy = new Map<string, { open: number; sinceMs: number; sumMs: number }>();

  fetch(kernel: Kernel, object: string) {
    const busy = { open: 0, sinceMs: 0, sumMs: 0 };
    this.#busy.set(object, busy);
    return async (request: Request): Promise<Response> => {
      if (busy.open === 0) busy.sinceMs = kernel.nowMs;
      busy.open += 1;
      try {
        return await this.#answer(kernel, request);
      } finally {
        busy.open -= 1;
        if (busy.open === 0) busy.sumMs += kernel.nowMs - busy.sinceMs;
      }
    };
  }

  /** Of all objects together, until now. */
  busyMs(nowMs: number): number {
    return sum(
      [...this.#busy.values()].map((one) => one.sumMs + (one.open > 0 ? nowMs - one.sinceMs : 0)),
    );
  }

  async #answer(kernel: Kernel, { url, signal }: Request): Promise<Response> {
    const name = new URL(url).hostname.split(".")[0] ?? "";
    const fault = this.faults.get(name);
    const { wait } = kernel.timers({ alive: true });
    if (fault === "timeout") {
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    }
    const part = (Number(name.slice(1)) * 0.618_033_988_7) % 1;
    await wait(ANSWER_MS.min + part * (ANSWER_MS.max - ANSWER_MS.min));
    if (fault === "refused") throw new TypeError("refused");
    return new Response("", { status: fault === "5xx" ? 503 : 200 });
  }
}

/** Same seed, same result. Cost: about 0.1 ms of a processor per probe. */
export async function detect({
  endpoints,
  pace,
  holes,
  repeats,
  atOnce,
  seed,
}: Asked): Promise<Found> {
  const intervalMs = pace.interval * 1_000;
  const origins = new Endpoints();
  for (let at = 0; at < holes; at++) origins.faults.set(`e${at}`, "timeout");
  const world = new RegionWorld("weur", (kernel, object) => origins.fetch(kernel, object), {
    seed,
  });
  const { kernel } = world;
  for (const push of pushesOf({ endpoints, pace }))
    await world.region.call((one) => one.push(push));
  // Until the black holes are known, one slot after the other.
  await kernel.run((holes === 0 ? 2 : 10) * intervalMs + (holes === 0 ? 0 : 300_000));
  const busyBeforeMs = origins.busyMs(kernel.nowMs);
  await kernel.run(2 * intervalMs);
  const objects = 1 + world.probers.size;
  const busyRatio = (origins.busyMs(kernel.nowMs) - busyBeforeMs) / (2 * intervalMs) / objects;

  const rng = seededRng(seed);
  const failedMs = new Map<string, { readonly fault: Fault; readonly atMs: number }>();
  const windowMs = 5 * intervalMs;
  const failIn = (delayMs: number, name: string, fault: Fault) =>
    kernel.schedule(delayMs, () => {
      failedMs.set(name, { fault, atMs: kernel.nowMs });
      origins.faults.set(name, fault);
    });
  const atOnceMs = atOnce === 0 ? 0 : rng() * intervalMs;
  for (let at = 1; at <= atOnce; at++) failIn(atOnceMs, `e${endpoints - at}`, "timeout");
  for (let at = 0; at < repeats * FAULTS.length; at++) {
    const fault = FAULTS[at % FAULTS.length] ?? "5xx";
    const name = `e${holes + Math.floor(((at + 0.5) / (repeats * FAULTS.length)) * (endpoints - holes))}`;
    failIn(rng() * windowMs, name, fault);
  }
  const detected = new Map<string, number>();
  let wrong = 0;
  let after = (await world.region.call((one) => one.events(0))).at(-1)?.sequence ?? 0;
  const beganMs = kernel.nowMs;
  const stepMs = Math.min(5_000, intervalMs);
  // Five intervals of faults, and as many again to notice the last of them.
  while (kernel.nowMs < beganMs + 2 * windowMs) {
    await kernel.run(stepMs);
    for (const event of await world.region.call((one) => one.events(after))) {
      after = event.sequence;
      const name = event.subject.split("/")[1] ?? "";
      const failed = failedMs.get(name);
      if (!event.detail.startsWith("unhealthy") || detected.has(name)) continue;
      if (failed !== undefined) detected.set(name, event.at - failed.atMs);
      else if (Number(name.slice(1)) >= holes) wrong += 1;
    }
  }
  world.close();
  const timesOf = (fault: Fault) =>
    [...failedMs]
      .filter(([, failed]) => failed.fault === fault)
      .map(([name]) => detected.get(name) ?? Number.POSITIVE_INFINITY)
      .sort((a, b) => a - b);
  return {
    objects,
    detectedMs: { refused: timesOf("refused"), timeout: timesOf("timeout"), "5xx": timesOf("5xx") },
    wrong,
    busyRatio,
  };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
