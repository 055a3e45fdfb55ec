/** One scenario on one target: fresh target, fresh servers, the same requests for everybody. */
import { request as httpRequest } from "node:http";
import { pickIndex, type Rng, seededRng } from "../../../routing/rng.ts";
import { LoadGenerator, type Record } from "../../load/generator.ts";
import { drawArrivals } from "./arrivals.ts";
import type { Fleet, FleetCounts } from "./fleet.ts";
import { BASE_LOAD, type Scenario, type Step } from "./scenarios.ts";
import { capacityPerSecond, serversWith } from "./servers.ts";
import { HOST, type RunningTarget, type Target } from "./target.ts";

export interface RunResult {
  readonly records: readonly Record[];
  readonly counts: FleetCounts;
}

export interface RunOptions {
  readonly seed: number;
  readonly tryTimeoutMs: number;
  /** Ordinary load before what is measured: connections, estimates, verdicts, compiled code. */
  readonly warmUpMs: number;
}

const READY_MS = 20_000;
/** In a row. With probes a second apart and two for a verdict, a target that serves so long has seen all servers. */
const READY_ROUNDS = 5;
const READY_PAUSE_MS = 500;

export async function runOne(
  target: Target,
  scenario: Pick<Scenario, "phases" | "steps" | "workers">,
  fleet: Fleet,
  { seed, tryTimeoutMs, warmUpMs }: RunOptions,
): Promise<RunResult> {
  await fleet.reset(seed, scenario.workers);
  const running = await target.start({ ports: fleet.ports, tryTimeoutMs });
  try {
    await untilReady(running, target.name);
    const at = { url: dealerOf(running, seededRng(seed + 2)), host: HOST };
    const rate = BASE_LOAD * capacityPerSecond(serversWith(scenario.workers));
    const warmUp = drawArrivals([{ ms: warmUpMs, ratePerSecond: rate }], seededRng(seed + 1));
    await new LoadGenerator(at, warmUp).run();
    await fleet.recount();
    const load = new LoadGenerator(at, drawArrivals(scenario.phases, seededRng(seed)));
    const steps = follow(scenario.steps, load, fleet);
    const records = await load.run();
    await steps;
    return { records, counts: await fleet.counts() };
  } finally {
    await running.stop();
  }
}

/** A run may end before its last steps would come; the next one begins with a reset anyway. */
async function follow(steps: readonly Step[], load: LoadGenerator, fleet: Fleet): Promise<void> {
  // `run` starts the clock in this turn.
  await Promise.resolve();
  const all = steps.map(async ({ atMs, server, behaviour }) => {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - load.nowMs())));
    await fleet.behave(server, behaviour);
  });
  await Promise.all(all);
}

/** As a colo's machines take requests: any of them takes the next one. */
const dealerOf =
  ({ urls }: RunningTarget, rng: Rng) =>
  (): string =>
    urls[pickIndex(urls.length, rng)] ?? "";

async function untilReady({ urls, ended }: RunningTarget, name: string): Promise<void> {
  const endMs = performance.now() + READY_MS;
  let inRow = 0;
  while (inRow < READY_ROUNDS) {
    const words = ended();
    if (words !== null) throw new Error(`${name} ended: ${words}`);
    if (performance.now() > endMs) throw new Error(`${name} did not serve within ${READY_MS} ms`);
    const statuses = await Promise.all(urls.map(statusOf));
    inRow = statuses.every((status) => status === 200) ? inRow + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, READY_PAUSE_MS));
  }
}

const statusOf = (url: string): Promise<number> =>
  new Promise((resolve) => {
    const request = httpRequest(`${url}/bytes/1?seed=0`, { headers: { host: HOST } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    request.on("error", () => resolve(0));
    request.end();
  });
