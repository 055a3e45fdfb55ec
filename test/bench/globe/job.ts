/** A thread that simulates what it is told to: one job is one policy in one scenario. */
import { parentPort } from "node:worker_threads";
import { STEERINGS } from "./policies.ts";
import { scenariosFor } from "./scenarios.ts";
import { type Run, simulate } from "./simulate.ts";
import { worldOf } from "./world.ts";

export interface Job {
  readonly scenario: string;
  readonly policy: string;
  readonly pace: number;
  readonly seed: number;
}

const world = worldOf();

parentPort?.on("message", ({ scenario, policy, pace, seed }: Job) => {
  const found = scenariosFor(pace).find(({ name }) => name === scenario);
  const steering = STEERINGS.find(({ name }) => name === policy);
  if (found === undefined || steering === undefined) throw new Error(`${scenario}, ${policy}?`);
  const run: Run = simulate(world, found, steering, seed);
  parentPort?.postMessage(run);
});
