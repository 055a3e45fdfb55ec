/** One run as it is kept, again when the machine spoiled it. */
import { summarize } from "../../load/summary.ts";
import type { Run } from "./cell.ts";
import type { Fleet } from "./fleet.ts";
import { type RunOptions, runOne } from "./run-one.ts";
import { sampleOf } from "./sample.ts";
import type { Scenario } from "./scenarios.ts";
import type { Target } from "./target.ts";

/** A generator that is later than this at its 99th percentile was short of CPU, and so was the target. */
const LATE_MS_MAX = 30;
/** A target that is itself what keeps the machine busy is measured all the same. */
const TRIES = 3;

/** What happens in it, without what it is judged by. */
export type Course = Pick<Scenario, "name" | "phases" | "steps" | "workers">;

export async function runOf(
  target: Target,
  scenario: Course,
  fleet: Fleet,
  options: RunOptions & { readonly seconds: number },
): Promise<Run> {
  let run = await once(target, scenario, fleet, options);
  for (let tries = 1; tries < TRIES && run.lateMs > LATE_MS_MAX; tries += 1) {
    console.log(`  spoiled: generator late ${run.lateMs.toFixed(0)} ms, again`);
    run = await once(target, scenario, fleet, options);
  }
  return run;
}

async function once(
  target: Target,
  scenario: Course,
  fleet: Fleet,
  options: RunOptions & { readonly seconds: number },
): Promise<Run> {
  const { records, counts } = await runOne(target, scenario, fleet, options);
  return {
    scenario: scenario.name,
    target: target.name,
    tryTimeoutMs: options.tryTimeoutMs,
    seconds: options.seconds,
    seed: options.seed,
    samples: records.map(sampleOf),
    ...counts,
    lateMs: summarize(records).generatorLateMsP99,
  };
}
