/**
 * Whether an isolate chooses better when it knows what others have in flight: `node test/bench/shared/run.ts [--quick]`.
 * Virtual time, production code, power of two choices by peak EWMA; the same seeds for every row of a table.
 */
import type { Sharing } from "./isolate.ts";
import { type Run, simulate } from "./simulate.ts";

const SEEDS = process.argv.includes("--quick") ? 2 : 10;

const STEADY: Omit<Run, "seed" | "sharing"> = {
  isolates: 24,
  slowdown: 1,
  load: 0.56,
  warmMs: 30_000,
  measuredMs: 60_000,
};

const SETTINGS: readonly (readonly [string, Partial<Run>])[] = [
  ["56 % load, 24 isolates", {}],
  ["80 % load, 24 isolates", { load: 0.8 }],
  ["56 % load, 24 isolates, one server becomes 10× slower", { slowdown: 10 }],
  ["56 % load, 4 isolates", { isolates: 4 }],
];

const NAMES: Readonly<Record<Sharing, string>> = {
  none: "own",
  last: "own + others' at the last beat",
  mean: "own + others', mean of some beats",
};

const quantile = (latencies: readonly number[], q: number): number => {
  const sorted = latencies.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
};

for (const [title, setting] of SETTINGS) {
  console.log(
    `\n${title}\n\n| in flight | requests | p50 | e90 | e99 | e99.9 | e99 to own, by seed |`,
  );
  console.log(`|${"---|".repeat(7)}`);
  let own: readonly number[] = [];
  for (const sharing of ["none", "last", "mean"] as const) {
    const seeds = Array.from({ length: SEEDS }, (_, index) =>
      simulate({ ...STEADY, ...setting, sharing, seed: index + 1 }),
    );
    const e99s = seeds.map((latencies) => quantile(latencies, 0.99));
    if (sharing === "none") own = e99s;
    const ratios = e99s.map((ms, seed) => ms / (own[seed] ?? ms));
    const all = seeds.flat();
    const cells = [
      NAMES[sharing],
      all.length,
      ...[0.5, 0.9, 0.99, 0.999].map((q) => `${Math.round(quantile(all, q))} ms`),
      `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
}
