/**
 * `npm run bench:probes [-- --quick] [--endpoints 5000]`: how many objects probe so many endpoints, what that costs a month, and how long a
 * fault takes to become a region's verdict. The production objects on virtual time, so the same on every machine; prints Markdown.
 */
import { parseArgs } from "node:util";
import { probersFor } from "../../../routing/health/probe-shares.ts";
import { monthOf } from "./bill.ts";
import { CONSECUTIVE_DOWN, detect, FAULTS, type Pace, pushesOf } from "./detect.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    endpoints: { type: "string", multiple: true, default: [] },
  },
});

const FAST: Pace = { interval: 5, timeout: 2, retries: 0 };
const SLOW: Pace = { interval: 60, timeout: 5, retries: 0 };
const VENDOR: Pace = { interval: 60, timeout: 5, retries: 2 };
const REPEATS = 50;

interface Row {
  readonly endpoints: number;
  readonly pace: Pace;
  readonly holes: number;
  /** Instead of single faults. */
  readonly atOnce?: number;
}

const ROWS: readonly Row[] = [
  { endpoints: 500, pace: FAST, holes: 0 },
  { endpoints: 500, pace: FAST, holes: 166 },
  { endpoints: 500, pace: SLOW, holes: 0 },
  { endpoints: 500, pace: SLOW, holes: 166 },
  { endpoints: 500, pace: FAST, holes: 0, atOnce: 166 },
  { endpoints: 500, pace: SLOW, holes: 0, atOnce: 166 },
  { endpoints: 5_000, pace: FAST, holes: 0 },
  { endpoints: 5_000, pace: SLOW, holes: 0 },
  { endpoints: 5_000, pace: SLOW, holes: 1_666 },
  { endpoints: 50_000, pace: SLOW, holes: 0 },
];

const wanted = values.endpoints.map(Number);
const rows = ROWS.filter(({ endpoints }) =>
  wanted.length > 0 ? wanted.includes(endpoints) : !values.quick || endpoints < 5_000,
);

const paceText = ({ interval, timeout, retries }: Pace): string =>
  `${interval} s / ${timeout} s / ${retries}`;
const dollars = (usd: number): string => `$${usd < 100 ? usd.toFixed(2) : Math.round(usd)}`;
const seconds = (ms: number): string => {
  if (Number.isNaN(ms)) return "–";
  return Number.isFinite(ms) ? (ms / 1_000).toFixed(1) : "never";
};

console.log("Interval / timeout / retries; dollars a month for eight regions, always in memory.\n");
console.log("| endpoints | monitor | objects a region | probes/s seen by one endpoint | dollars |");
console.log("|---|---|---|---|---|");
for (const endpoints of [50, 500, 5_000, 50_000]) {
  for (const pace of [FAST, SLOW, VENDOR]) {
    const targets = pushesOf({ endpoints, pace }).flatMap((push) => push.targets);
    const objects = probersFor(targets);
    const usd = monthOf({ objects, intervalSeconds: pace.interval }, 1);
    const cells = [
      endpoints,
      paceText(pace),
      objects,
      (8 / pace.interval).toFixed(2),
      dollars(usd),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

console.log(
  `\nSeconds from fault to verdict (${CONSECUTIVE_DOWN} failed probes), p50 / p95 / p99 of ${REPEATS}; busy: before the faults, of the time, with a probe in flight.\n`,
);
console.log(
  `| endpoints | monitor | black holes before, at once | objects | ${FAULTS.join(" | ")} | wrong verdicts | busy |`,
);
console.log(`|---|---|---|---|${FAULTS.map(() => "---|").join("")}---|---|`);
for (const row of rows) {
  const { atOnce = 0 } = row;
  const found = await detect({ ...row, atOnce, repeats: atOnce === 0 ? REPEATS : 0, seed: 1 });
  const times = FAULTS.map((fault) =>
    [0.5, 0.95, 0.99].map((q) => seconds(quantile(found.detectedMs[fault], q))).join(" / "),
  );
  const busy = `${(100 * found.busyRatio).toFixed(0)} %`;
  const cells = [
    row.endpoints,
    paceText(row.pace),
    `${row.holes}, ${atOnce}`,
    found.objects,
    ...times,
    found.wrong,
    busy,
  ];
  console.log(`| ${cells.join(" | ")} |`);
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}
