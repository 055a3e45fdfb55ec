/** Faults of one endpoint after the other under a light load that never stops, and what each came to. */
import { COLO_NAMES } from "../../../local/colos.ts";
import { REGIONS } from "../../../routing/names.ts";
import { seededRng } from "../../../routing/rng.ts";
import type { OriginProcess } from "../../origins/process.ts";
import { LoadGenerator } from "../generator.ts";
import { drawPlan } from "../plan.ts";
import { HOST, POOL_NAMES, Stage } from "../stage.ts";
import { warmUp } from "../warm-up.ts";
import { type Broken, type Detection, detectionOf, type RegionEvent } from "./detect.ts";
import { MONITORING } from "./scene.ts";
import { STALL_MS, swallow, tell } from "./servers.ts";
import { Tickets } from "./tickets.ts";

export const FAULTS = ["kill", "gray", "stall", "black-hole"] as const;
export type Fault = (typeof FAULTS)[number];

export interface DetectOptions {
  readonly faults: readonly Fault[];
  readonly repeats: number;
  readonly ratePerSecond: number;
  /** How long each fault lasts: what takes longer is never detected. */
  readonly holdMs: number;
  readonly seed: number;
  readonly opened: (stage: Stage) => void;
  readonly told: (detection: Detection, done: number) => void;
}

/** Until the next endpoint breaks, which is one of another pool. */
const REST_MS = 3_000;
/** Acts of a repeat may take this long beside. */
const ACTS_MS = 5_000;

/** Errors: rejects when the stage cannot be opened or an act fails; whatever was started is gone then. */
export async function runDetect(options: DetectOptions): Promise<readonly Detection[]> {
  const stage = await Stage.open(MONITORING);
  options.opened(stage);
  try {
    return await detectAll(stage, options);
  } finally {
    await stage.close();
  }
}

async function detectAll(stage: Stage, options: DetectOptions): Promise<readonly Detection[]> {
  const { faults, repeats, ratePerSecond, holdMs, seed, told } = options;
  const tickets = await Tickets.open(stage);
  await warmUp(stage, ratePerSecond);
  const mostMs = faults.length * repeats * (holdMs + REST_MS + ACTS_MS);
  const plan = drawPlan(ratePerSecond, mostMs, COLO_NAMES, seededRng(seed));
  const target = { url: stage.planet.edge, host: HOST, headersOf: () => tickets.shown };
  const load = new LoadGenerator(target, plan);
  const ended = load.run();
  // One of each pool, then the others: who has just come back has time to ramp up.
  const endpoints = [0, 1].flatMap((index) =>
    POOL_NAMES.flatMap((pool) => stage.origins(pool).slice(index, index + 1)),
  );
  const events = new Events(stage);
  const detections: Detection[] = [];
  try {
    await pause(holdMs);
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      for (const fault of faults) {
        const origin = endpoints[detections.length % endpoints.length];
        if (origin === undefined) throw new Error("there is no endpoint to break");
        await tickets.renew();
        await events.forget();
        const broken = await once(fault, origin, load, holdMs);
        await pause(REST_MS);
        const records = load.records.filter(({ planned }) => planned.dueMs > broken.atMs - holdMs);
        const detection = detectionOf(broken, records, await events.news(), REGIONS.length);
        detections.push(detection);
        told(detection, detections.length);
      }
    }
  } finally {
    load.stop();
    await ended;
  }
  return detections;
}

async function once(
  fault: Fault,
  origin: OriginProcess,
  load: LoadGenerator,
  holdMs: number,
): Promise<Broken> {
  const { pool, name } = origin.options;
  const [atMs, atEpochMs] = [load.nowMs(), Date.now()];
  const mend = await broken(fault, origin);
  await pause(atMs + holdMs - load.nowMs());
  const endMs = load.nowMs();
  await mend();
  return { fault, pool, endpoint: name, atMs, endMs, atEpochMs };
}

async function broken(fault: Fault, origin: OriginProcess): Promise<() => Promise<unknown>> {
  switch (fault) {
    case "kill":
      await origin.kill();
      return () => origin.start();
    case "gray":
      await tell(origin, { fail: 0.3, stallMs: 0 });
      return () => tell(origin, { fail: 0, stallMs: 0 });
    case "stall":
      await tell(origin, { fail: 0, stallMs: STALL_MS });
      return () => tell(origin, { fail: 0, stallMs: 0 });
    case "black-hole": {
      const thaw = await swallow([origin]);
      return async () => thaw();
    }
  }
}

/** What regions said since it was last asked. */
class Events {
  readonly #stage: Stage;
  #cursor = "";

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async forget(): Promise<void> {
    await this.news();
  }

  async news(): Promise<readonly RegionEvent[]> {
    const { text } = await this.#stage.planet.api(`/v1/events?after=${this.#cursor}`);
    const { events, cursor } = JSON.parse(text) as { events: RegionEvent[]; cursor: string };
    this.#cursor = cursor;
    return events;
  }
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
