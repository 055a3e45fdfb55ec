/**
 * `npm run proof:control-plane [-- --seed 1 --timeline]`: a minute at 500 requests a second over all colos, then
 * a minute with every Durable Object stopped, 20 s into which every edge isolate is replaced by a new one with an
 * empty colo cache. Ends with 1 when a bar is missed.
 */
import { parseArgs } from "node:util";
import { runControlPlane } from "./control-plane-run.ts";
import type { Record } from "./generator.ts";
import { POOL_NAMES } from "./stage.ts";
import { reasons, type Summary, summarize, timeline } from "./summary.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    rate: { type: "string", default: "500" },
    timeline: { type: "boolean", default: false },
  },
});

const P99_RATIO_MAX = 1.1;
const MINUTE_MS = 60_000;
const RECYCLE_AFTER_MS = 20_000;

const run = await runControlPlane(
  {
    ratePerSecond: Number(values.rate),
    stopAtMs: MINUTE_MS,
    recycleAtMs: MINUTE_MS + RECYCLE_AFTER_MS,
    endMs: 2 * MINUTE_MS,
  },
  Number(values.seed),
);
if (values.timeline) console.log(timeline([...run.before, ...run.during], POOL_NAMES));
const before = tell("the minute before", run.before);
const during = tell("every object stopped", run.during);
const ratio = during.latency.p99 / before.latency.p99;
const errors = [before, during].flatMap((it) => [...it.lostIdempotent, ...it.failedPosts]);
console.log(
  `p99 ${ratio.toFixed(3)} × the minute before (at most ${P99_RATIO_MAX}); ${errors.length} errors`,
);
for (const reason of reasons(errors)) console.log(`  ${reason}`);
const passed = run.wasStopped && errors.length === 0 && ratio <= P99_RATIO_MAX;
console.log(passed ? "passed" : `MISSED${run.wasStopped ? "" : ": the objects still answered"}`);
process.exitCode = passed ? 0 : 1;

function tell(title: string, records: readonly Record[]): Summary {
  const summary = summarize(records);
  const { requests, lostIdempotent, failedPosts, latency, generatorLateMsP99 } = summary;
  const ms = Object.entries(latency).map(([name, value]) => `${name} ${value.toFixed(1)}`);
  console.log(
    `${title.padEnd(21)} ${requests} requests, ${lostIdempotent.length + failedPosts.length} errors, ms ${ms.join(" ")}, generator late p99 ${generatorLateMsP99.toFixed(1)}`,
  );
  return summary;
}
