/** Many seeds, one after the other in one thread, or spread over all processors. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { addCounts, type Counts } from "./coverage.ts";
import { DNS_MUST_HAPPEN, simulateDns } from "./dns/simulate.ts";
import { MIXES, type MixName } from "./mixes.ts";
import { type Options, type Outcome, simulate } from "./simulate.ts";

export interface Batch {
  readonly seeds: number;
  readonly steps: number;
  readonly counts: Counts;
  readonly failed: readonly Outcome[];
}

const EMPTY: Batch = { seeds: 0, steps: 0, counts: {}, failed: [] };

/** The whole planet with one of its mixes, or a zone of the DNS and those who keep it in step. */
export const SCENARIOS = {
  ...(Object.fromEntries(
    Object.entries(MIXES).map(([name, mix]) => [
      name,
      (options: Omit<Options, "mix">) => simulate({ ...options, mix }),
    ]),
  ) as Record<MixName, (options: Omit<Options, "mix">) => Promise<Outcome>>),
  dns: simulateDns,
} as const;
export type ScenarioName = keyof typeof SCENARIOS;

/** What must happen in many seeds of it. */
export const mustHappenIn = (scenario: ScenarioName): readonly string[] =>
  scenario === "dns" ? DNS_MUST_HAPPEN : MIXES[scenario].mustHappen;

/** What a thread is told: seeds `first`, `first + stride`, … below `end`. */
export interface Share {
  readonly scenario?: ScenarioName;
  readonly first: number;
  readonly end: number;
  readonly stride: number;
  readonly stepsMax?: number;
}

export async function runShare(
  { scenario = "planet", first, end, stride, stepsMax }: Share,
  options: Omit<Options, "seed" | "stepsMax"> = {},
): Promise<Batch> {
  let batch = EMPTY;
  for (let seed = first; seed < end; seed += stride) {
    const limit = stepsMax === undefined ? {} : { stepsMax };
    batch = add(batch, await SCENARIOS[scenario]({ ...options, ...limit, seed }));
  }
  return batch;
}

/** Seeds `first` … `first + count - 1`, on as many threads as there are processors. */
export async function runOnAllProcessors(
  scenario: ScenarioName,
  first: number,
  count: number,
  stepsMax?: number,
): Promise<Batch> {
  const stride = Math.min(availableParallelism(), count);
  const limit = stepsMax === undefined ? {} : { stepsMax };
  const shares = Array.from({ length: stride }, (_, index) =>
    inThread({ scenario, first: first + index, end: first + count, stride, ...limit }),
  );
  return (await Promise.all(shares)).reduce(merge, EMPTY);
}

/** Of a run nothing grows old: with room for many steps there is little to collect. */
const YOUNG_MB = 64;

function inThread(share: Share): Promise<Batch> {
  return new Promise((resolve, reject) => {
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB };
    const file = join(import.meta.dirname, "thread.ts");
    const worker = new Worker(file, { workerData: share, resourceLimits });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

const add = (batch: Batch, outcome: Outcome): Batch =>
  merge(batch, {
    seeds: 1,
    steps: outcome.steps,
    counts: outcome.counts,
    failed: outcome.violations.length > 0 ? [outcome] : [],
  });

const merge = (one: Batch, other: Batch): Batch => ({
  seeds: one.seeds + other.seeds,
  steps: one.steps + other.steps,
  counts: addCounts(one.counts, other.counts),
  failed: [...one.failed, ...other.failed],
});
