import { COLO_NAMES } from "../../local/colos.ts";
import { seededRng } from "../../routing/rng.ts";
import { LoadGenerator, type Record } from "./generator.ts";
import { drawPlan } from "./plan.ts";
import { HOST, Stage } from "./stage.ts";
import { dueIn } from "./summary.ts";
import { warmUp } from "./warm-up.ts";

export interface ControlPlaneTimes {
  readonly ratePerSecond: number;
  /** Every Durable Object stops here, and stays stopped to the end. */
  readonly stopAtMs: number;
  /** Every edge isolate is replaced by a new one with an empty colo cache. */
  readonly recycleAtMs: number;
  readonly endMs: number;
}

export interface ControlPlaneRun {
  readonly before: readonly Record[];
  readonly during: readonly Record[];
  /** The fault was on: an object that central asked while it was said to be stopped did not answer. */
  readonly wasStopped: boolean;
}

/** How long a region may take until its view is in KV for cold isolates, with a margin. */
const PUBLISHED_MS = 5_000;

/** One run: traffic goes on while every object is gone, through isolates that never knew one. */
export async function runControlPlane(
  times: ControlPlaneTimes,
  seed: number,
): Promise<ControlPlaneRun> {
  const stage = await Stage.open({ interval: 2, consecutiveUp: 2 });
  try {
    await warmUp(stage, times.ratePerSecond);
    await new Promise((resolve) => setTimeout(resolve, PUBLISHED_MS));
    const plan = drawPlan(times.ratePerSecond, times.endMs, COLO_NAMES, seededRng(seed));
    const load = new LoadGenerator({ url: stage.planet.edge, host: HOST }, plan);
    const ended = load.run();
    const at = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms - load.nowMs()));
    await at(times.stopAtMs);
    await stage.planet.fault("all-objects", "stop");
    const { status } = await stage.planet.api("/v1/config");
    await at(times.recycleAtMs);
    await stage.planet.fault("isolate", "all", "recycle");
    const records = await ended;
    return {
      before: dueIn(records, 0, times.stopAtMs),
      during: dueIn(records, times.stopAtMs, times.endMs),
      wasStopped: status >= 500,
    };
  } finally {
    await stage.close();
  }
}
