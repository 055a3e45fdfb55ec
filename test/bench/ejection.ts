/**
 * `node test/bench/ejection.ts`: how soon requests leave an endpoint that nobody probes, and how often a sound one is left out. A few minutes of
 * virtual time, so the machine does not matter; `--seeds 3` for a look.
 */
import { parseArgs } from "node:util";
import { ejections } from "./ejection/false-ejections.ts";
import { FAULTS, type Fault, type Moved, move } from "./ejection/simulate.ts";

const { values } = parseArgs({ options: { seeds: { type: "string", default: "20" } } });
const seeds = Array.from({ length: Number(values.seeds) }, (_, at) => at + 1);

const ISOLATES = 500;
const ENDPOINTS = 12;

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;

/** p50 and p95, in seconds. */
function secondsOf(moved: readonly Moved[], read: (one: Moved) => number): string {
  const sorted = moved.map(read).sort((one, other) => one - other);
  return [0.5, 0.95].map((share) => (quantile(sorted, share) / 1_000).toFixed(2)).join(" / ");
}

async function moves(fault: Fault, rps: number): Promise<string> {
  const moved: Moved[] = [];
  for (const seed of seeds) {
    moved.push(await move({ seed, isolates: ISOLATES, rps, endpoints: ENDPOINTS, fault }));
  }
  const ejected = secondsOf(moved, ({ ejectedMs }) => ejectedMs);
  return `| ${fault} | ${rps} | ${ejected} | ${secondsOf(moved, ({ movedMs }) => movedMs)} |`;
}

console.log(
  `One of ${ENDPOINTS} endpoints without a monitor, ${ISOLATES} isolates, one region, a beat of 1 s; ${seeds.length} seeds; p50 / p95 in seconds after the fault.\n`,
);
console.log(
  "| fault | requests/s | the region has ejected it | 99 % of its requests go elsewhere |",
);
console.log("|---|---|---|---|");
for (const fault of FAULTS) for (const rps of [500, 2_000]) console.log(await moves(fault, rps));

/** Pools and seconds: about as many requests at every rate. */
const QUIET = [
  { rps: 8, pools: 400, seconds: 600 },
  { rps: 80, pools: 200, seconds: 300 },
  { rps: 500, pools: 60, seconds: 200 },
  { rps: 2_000, pools: 20, seconds: 150 },
] as const;

console.log(
  `\nPools of ${ENDPOINTS} sound endpoints that fail one request in a hundred at random.\n`,
);
console.log("| requests/s | pools × seconds | pools that left anybody out | ejections |");
console.log("|---|---|---|---|");
for (const { rps, pools, seconds } of QUIET) {
  const counts = Array.from({ length: pools }, (_, at) =>
    ejections({ seed: rps * 10_000 + at, endpoints: ENDPOINTS, rps, seconds, errorRatio: 0.01 }),
  );
  const wrong = counts.filter((count) => count > 0).length;
  const all = counts.reduce((sum, count) => sum + count, 0);
  const share = ((100 * wrong) / pools).toFixed(1);
  console.log(`| ${rps} | ${pools} × ${seconds} | ${wrong} (${share} %) | ${all} |`);
}
