/**
 * `node test/load/poison.ts [--requests 50000] [--rounds 3]`: 49 tenants on one isolate beside a poison one, against the
 * same without it, in pairs. Prints status codes and p99 of both; ends with 1 when a status changed or p99 grew by more
 * than the bar.
 */
import { parseArgs } from "node:util";
import { Theatre } from "../conformance/stage.ts";
import { runPoison } from "./poison-run.ts";
import { POISON, poisonDocument } from "./poison-table.ts";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "50000" },
    rounds: { type: "string", default: "3" },
  },
});
const P99_ADDED_MS_MAX = 2;
/** Before the figures count: code is compiled, connections are open. */
const WARM_UP = 2_000;

const theatre = await Theatre.open();
const added: number[] = [];
let isSame = true;
try {
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    const [without, beside] = [await measure(false), await measure(true)];
    added.push(beside - without);
    console.log(`round ${round}: p99 + ${(beside - without).toFixed(2)} ms`);
  }
} finally {
  await theatre.close();
}
const median = added.toSorted((a, b) => a - b)[Math.floor(added.length / 2)] ?? Number.NaN;
const passed = isSame && median <= P99_ADDED_MS_MAX;
console.log(
  `median p99 + ${median.toFixed(2)} ms (at most ${P99_ADDED_MS_MAX}); ${passed ? "passed" : "MISSED"}`,
);
process.exitCode = passed ? 0 : 1;

async function measure(isPoisoned: boolean): Promise<number> {
  const stage = await theatre.apply(POISON, poisonDocument(theatre.pools(), isPoisoned));
  await runPoison(stage.planet, stage.colo, WARM_UP, isPoisoned);
  const run = await runPoison(stage.planet, stage.colo, Number(values.requests), isPoisoned);
  const { p50, p99 } = run.latencyMs;
  isSame &&= Object.keys(run.statuses).join() === "200";
  console.log(
    `${isPoisoned ? "beside the poison" : "without it       "} ${run.requests} requests ${JSON.stringify(run.statuses)}` +
      `, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms; poison ${JSON.stringify(run.poisoned)}`,
  );
  return p99;
}
