/** One scenario on one target, all its runs pooled: the figures of one line of the table. */
import type { Rng } from "../../../routing/rng.ts";
import { quantile } from "../../load/summary.ts";
import { bootstrap, type Interval } from "./bootstrap.ts";
import type { Sample } from "./sample.ts";

/** What one run left. */
export interface Run {
  readonly scenario: string;
  readonly target: string;
  readonly tryTimeoutMs: number;
  readonly seconds: number;
  readonly seed: number;
  readonly samples: readonly Sample[];
  /** At the servers' data paths. */
  readonly attempts: number;
  /** Not judged: it tells whoever looks for the reason where the tries went. */
  readonly attemptsByServer: readonly number[];
  readonly postsTwice: number;
  /** 99th percentile of how late the generator itself was. */
  readonly lateMs: number;
}

export interface Cell {
  readonly target: string;
  readonly runs: number;
  readonly requests: number;
  readonly p50: number;
  readonly p90: number;
  readonly e99: number;
  readonly e99Interval: Interval;
  readonly e999: number;
  readonly errors: number;
  readonly lostIdempotent: number;
  readonly postsTwice: number;
  readonly amplification: number;
  /** Good answers within `GOODPUT_MS`, per second. */
  readonly goodput: number;
  readonly goodputInterval: Interval;
  readonly lateMs: number;
}

/** Whoever gets an answer later than this has looked away. */
export const GOODPUT_MS = 500;
const BLOCK_MS = 1_000;

/** Range: at least one run, all of the same scenario and target. */
export function cellOf(runs: readonly Run[], rng: Rng): Cell {
  const samples = runs.flatMap((run) => run.samples);
  const sorted = sortedMs(samples);
  const seconds = sum(runs.map((run) => run.seconds));
  const blocks = runs.flatMap((run) => blocksOf(run.samples));
  const goodputOf = (some: readonly Sample[]) => goodAnswers(some) / seconds;
  return {
    target: runs[0]?.target ?? "",
    runs: runs.length,
    requests: samples.length,
    p50: quantile(sorted, 0.5),
    p90: quantile(sorted, 0.9),
    e99: quantile(sorted, 0.99),
    e99Interval: bootstrap(blocks, (some) => quantile(sortedMs(some), 0.99), rng),
    e999: quantile(sorted, 0.999),
    errors: samples.filter(({ ok }) => !ok).length,
    lostIdempotent: samples.filter(({ ok, idempotent }) => !ok && idempotent).length,
    postsTwice: sum(runs.map((run) => run.postsTwice)),
    amplification: sum(runs.map((run) => run.attempts)) / samples.length,
    goodput: goodputOf(samples),
    goodputInterval: bootstrap(blocks, goodputOf, rng),
    lateMs: Math.max(...runs.map((run) => run.lateMs)),
  };
}

/** A typed array sorts numbers without asking anybody, which the bootstrap does hundreds of times. */
const sortedMs = (samples: readonly Sample[]): readonly number[] =>
  Array.from(Float64Array.from(samples, ({ ms }) => ms).sort());

const goodAnswers = (samples: readonly Sample[]): number =>
  samples.filter(({ ok, ms }) => ok && ms <= GOODPUT_MS).length;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The requests due in each second of one run. */
export function blocksOf(samples: readonly Sample[]): readonly (readonly Sample[])[] {
  const blocks = new Map<number, Sample[]>();
  for (const sample of samples) {
    const second = Math.floor(sample.dueMs / BLOCK_MS);
    const block = blocks.get(second) ?? [];
    block.push(sample);
    blocks.set(second, block);
  }
  return [...blocks.values()];
}
