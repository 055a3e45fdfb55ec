/**
 * What isolates gain from what their region tells them: `node test/bench/shared/run.ts [--quick]`. Virtual time, production
 * code; the same seeds for every row of a scenario.
 */
import { type Fault, type Run, type Seen, simulate } from "./simulate.ts";

const seeds = process.argv.includes("--quick") ? 2 : 6;

const STEADY: Omit<Run, "seed"> = {
  isolates: 24,
  sharing: "none",
  ejects: true,
  fault: "none",
  load: 0.56,
  workers: 2,
};

interface Sums {
  readonly perSeed: readonly number[];
  readonly line: string;
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;

function row(run: Omit<Run, "seed">): Sums {
  const all: Seen[] = Array.from({ length: seeds }, (_, index) =>
    simulate({ ...run, seed: index + 1 }),
  );
  const latencies = all.flatMap(({ latenciesMs }) => latenciesMs).sort((a, b) => a - b);
  const sum = (of: (seen: Seen) => number) => all.reduce((total, seen) => total + of(seen), 0);
  const perSeed = all.map(({ latenciesMs }) =>
    quantile(
      latenciesMs.toSorted((a, b) => a - b),
      0.99,
    ),
  );
  const cells = [
    latencies.length,
    ...[0.5, 0.9, 0.99, 0.999].map((q) => `${Math.round(quantile(latencies, q))} ms`),
    sum(({ errors }) => errors),
    (sum(({ tries }) => tries) / latencies.length).toFixed(3),
  ];
  return { perSeed, line: cells.join(" | ") };
}

const HEAD =
  "requests | p50 | e90 | e99 | e99.9 | errors | tries per request | e99 to the first row, by seed";

function table(title: string, rows: readonly (readonly [string, Omit<Run, "seed">])[]): void {
  console.log(`\n${title}\n\n| | ${HEAD} |\n|${"---|".repeat(9)}`);
  let first: readonly number[] = [];
  for (const [name, run] of rows) {
    const { perSeed, line } = row(run);
    if (first.length === 0) first = perSeed;
    const ratios = perSeed.map((ms, seed) => ms / (first[seed] ?? ms)).sort((a, b) => a - b);
    const [low = 1, high = 1] = [ratios[0], ratios.at(-1)];
    const range = `${quantile(ratios, 0.5).toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
    console.log(`| ${name} | ${line} | ${range} |`);
  }
}

const SETTINGS: readonly (readonly [string, Partial<Run>])[] = [
  ["12 servers of 2 workers, two 3× slower, 56 % load, 24 isolates", {}],
  ["the same, 80 % load", { load: 0.8 }],
  ["the same, one server 10× slower", { fault: "10x" }],
  ["4 isolates", { isolates: 4 }],
];

for (const [title, setting] of SETTINGS) {
  table(
    `In flight: ${title}`,
    (["none", "last", "mean"] as const).map((sharing) => [
      { none: "own", last: "+ others' at the last beat", mean: "+ others', mean of beats" }[
        sharing
      ],
      { ...STEADY, ...setting, sharing },
    ]),
  );
}

const FAULTS: readonly (readonly [string, Fault])[] = [
  ["one server fails 30 %", "30%"],
  ["one server fails in 1 ms", "sinkhole"],
  ["one server 10× slower", "10x"],
];

for (const [title, fault] of FAULTS) {
  table(
    `Ejection: ${title}, probes fine, 24 isolates, 56 % load`,
    [false, true].map((ejects) => [
      ejects ? "by isolates and region" : "by isolates",
      { ...STEADY, fault, ejects },
    ]),
  );
}
