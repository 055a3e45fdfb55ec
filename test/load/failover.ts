/**
 * `npm run proof:failover [-- --repeats 5 --seed 1 --timeline]`: three pools of real server processes at 500
 * requests a second over all colos; one pool is SIGKILLed at 10 s and back at 30 s. Ends with 1 when a bar is missed.
 */
import { parseArgs } from "node:util";
import { type FailoverRun, KILLED, runFailover } from "./failover-run.ts";
import { POOL_NAMES } from "./stage.ts";
import { reasons, summarize, timeline } from "./summary.ts";

const { values } = parseArgs({
  options: {
    repeats: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    rate: { type: "string", default: "500" },
    timeline: { type: "boolean", default: false },
  },
});

const OFF_MS = 1_000;
/** A share that "grows over 10 s" is well below the old one at first, and about the old one after them. */
const RAMP = { earlySeconds: 2, earlyAtMost: 0.6, lateFrom: 10, lateAtLeast: 0.8 };

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Every bar that this run missed, in words. */
function missed(run: FailoverRun): readonly string[] {
  const { lost, executed, offAfterMs, firstBackMs, firstBackBoundMs, ramp, steadyShare } = run;
  const early = mean(ramp.slice(0, RAMP.earlySeconds)) / steadyShare;
  const late = mean(ramp.slice(RAMP.lateFrom)) / steadyShare;
  return [
    lost.length > 0 && `${lost.length} idempotent requests lost`,
    executed.duplicates > 0 && `${executed.duplicates} POSTs executed twice`,
    (offAfterMs === null || offAfterMs > OFF_MS) && `99 % off the dead pool after ${offAfterMs} ms`,
    (firstBackMs === null || firstBackMs > firstBackBoundMs) &&
      `first request back after ${firstBackMs?.toFixed(0)} ms, bound ${firstBackBoundMs} ms`,
    early > RAMP.earlyAtMost && `share jumps back: ${percent(early)} of the old one at once`,
    late < RAMP.lateAtLeast && `share is ${percent(late)} of the old one after 10 s`,
  ].filter((sentence) => sentence !== false);
}

const percent = (ratio: number) => `${(ratio * 100).toFixed(0)} %`;

function tell(run: FailoverRun, seed: number): void {
  const { latency, generatorLateMsP99, requests } = summarize(run.records);
  console.log(`\nseed ${seed}: ${requests} requests, ${run.executed.posts} POSTs executed`);
  if (values.timeline) console.log(timeline(run.records, POOL_NAMES));
  console.log(`  refused connections per 100 ms after the kill: ${run.refused.join(" ")}`);
  console.log(
    `  share of ${KILLED}: ${percent(run.steadyShare)} before the kill; second by second`,
  );
  console.log(`    from its first request back: ${run.ramp.map(percent).join(" ")}`);
  console.log(
    `  latency ms p50 ${latency.p50.toFixed(0)} p95 ${latency.p95.toFixed(0)} p99 ${latency.p99.toFixed(0)}; generator late p99 ${generatorLateMsP99.toFixed(1)}`,
  );
  for (const reason of reasons([...run.lost, ...run.failedPosts])) console.log(`  ${reason}`);
  for (const { planned, doneMs, reason } of run.lost.slice(0, 10)) {
    const took = (doneMs - planned.dueMs).toFixed(0);
    console.log(
      `  lost: ${planned.kind} from ${planned.colo}, due ${planned.dueMs.toFixed(0)} ms, ${took} ms: ${reason.slice(0, 100)}`,
    );
  }
}

const rows: string[] = [];
let failures = 0;
for (let repeat = 0; repeat < Number(values.repeats); repeat += 1) {
  const seed = Number(values.seed) + repeat;
  const times = {
    ratePerSecond: Number(values.rate),
    killAtMs: 10_000,
    backAtMs: 30_000,
    endMs: 60_000,
  };
  const run = await runFailover(times, seed);
  tell(run, seed);
  const bars = missed(run);
  for (const bar of bars) console.log(`  MISSED: ${bar}`);
  failures += bars.length;
  const cells = [
    seed,
    run.records.length,
    run.lost.length,
    run.failedPosts.length,
    run.executed.duplicates,
    run.offAfterMs ?? "never",
    run.firstBackMs?.toFixed(0) ?? "never",
    run.firstBackBoundMs,
    bars.length === 0 ? "passed" : "MISSED",
  ];
  rows.push(cells.map((cell) => String(cell).padStart(10)).join(""));
}
const titles = [
  "seed",
  "requests",
  "lost",
  "POST lost",
  "POST twice",
  "off ms",
  "back ms",
  "bound ms",
  "",
];
console.log(`\n${titles.map((title) => title.padStart(10)).join("")}\n${rows.join("\n")}`);
process.exitCode = failures === 0 ? 0 : 1;
