/**
 * `npm run bench:decide [-- --runs 15] [--markdown]`: what a decision costs from 10 endpoints to 10,000, and the heap of a
 * snapshot of that size with 10,000 routes. CPU time per decision, medians with their range; ends with 1 when a bar of the
 * project is missed.
 *
 * Judged are two layouts. One pool of 10,000 is forty times what a table may hold, and the harder one: whatever depends on
 * the endpoints of one pool shows. Forty pools of 250 are what a table may hold: every colo has its own pool, so that all
 * endpoints are in use by turns. Policies among pools are told beside them; their work grows with the pools, not with
 * what is in them.
 */
import { parseArgs } from "node:util";
import { ENDPOINT_POLICIES, STEERING_POLICIES } from "../../routing/model.ts";
import { heapsOf } from "./decide/heap.ts";
import { measure } from "./decide/time.ts";
import { anew, busyPools, manyPools, onePool } from "./decide/worlds.ts";
import { figureOf, Sheet } from "./figures.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "15" },
    markdown: { type: "boolean", default: false },
  },
});
const RUNS = Number(values.runs);
const DECISIONS = 20_000;
const SIZES = [10, 100, 256, 1_000, 10_000];
/** 10,000 endpoints as a table may hold them: at most 256 in a pool, 64 pools in a load balancer. */
const LEGAL = [40, 250] as const;

const MEDIAN_MAX_US = 2;
const GROWTH_MAX = 2;
const HEAP_MAX_MB = 40;

const sheet = new Sheet();
const inUs = (runs: readonly number[]) =>
  figureOf(
    "µs",
    runs.map((ns) => ns / 1_000),
  );

/** Run by run, because neighbours in time are compared. */
const growth = (small: readonly number[], large: readonly number[]) =>
  figureOf(
    "×",
    large.map((ns, run) => ns / (small[run] ?? Number.NaN)),
  );

for (const policy of ENDPOINT_POLICIES) {
  const found = measure(
    SIZES.map((size) => onePool(policy, size)),
    { runs: RUNS, decisions: DECISIONS },
  );
  for (const [at, runs] of found.entries()) {
    sheet.tell(`${policy}, 1 pool of ${SIZES[at]}`, inUs(runs), MEDIAN_MAX_US);
  }
  const [small = [], large = []] = [found[0], found.at(-1)];
  sheet.tell(`${policy}, 1 pool, growth from 10 to 10,000`, growth(small, large), GROWTH_MAX);
}
for (const policy of ENDPOINT_POLICIES) {
  const worlds = [manyPools([1, 10], policy, "geo"), manyPools(LEGAL, policy, "geo")];
  const [small = [], large = []] = measure(worlds, { runs: RUNS, decisions: DECISIONS });
  sheet.tell(`${policy}, 40 pools of 250, one per colo`, inUs(large), MEDIAN_MAX_US);
  sheet.tell(`${policy}, growth from 1 pool of 10 to that`, growth(small, large), GROWTH_MAX);
}
for (const steering of STEERING_POLICIES) {
  const worlds = [[3, 3] as const, LEGAL].map((size) => manyPools(size, "p2c_peak_ewma", steering));
  const [few = [], many = []] = measure(worlds, { runs: RUNS, decisions: DECISIONS / 10 });
  sheet.tell(`steering ${steering}, 3 pools of 3`, inUs(few));
  sheet.tell(`steering ${steering}, 40 pools of 250`, inUs(many));
}
for (const [pools, endpoints] of [[3, 3], [3, 30], LEGAL] as const) {
  const busy = [busyPools([pools, endpoints])];
  const [runs = []] = measure(busy, { runs: RUNS, decisions: DECISIONS / 10 });
  const what = `steering dynamic_latency and a try, ${pools} pools of ${endpoints}`;
  sheet.tell(what, inUs(runs));
}
for (const size of [10, 256, 10_000]) {
  const [runs = []] = measure([anew(onePool("p2c_peak_ewma", size))], {
    runs: RUNS,
    decisions: 50,
  });
  sheet.tell(`p2c_peak_ewma, 1 pool of ${size}, all changed`, inUs(runs));
}
for (const { layout, megabytes } of heapsOf(Math.min(RUNS, 5))) {
  sheet.tell(`heap, ${layout}`, figureOf("MB", megabytes, 1), HEAP_MAX_MB);
}

console.log(values.markdown ? sheet.markdown() : sheet.text());
if (sheet.missed > 0) process.exitCode = 1;
