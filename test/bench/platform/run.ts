/**
 * `npm run bench:platform-cost [-- --quick] [--markdown]`: what the platform is asked to do and asks for it. Exchanges and
 * subrequests per million requests, the time until a verdict is known, bytes of the messages, and a month in dollars beside
 * managed balancers. Virtual time, the production code and arithmetic: the same on every machine.
 */
import { parseArgs } from "node:util";
import { coldReads, messageBytes, monthOfUpkeep } from "./messages.ts";
import { type MeasuredFleet, reportOf } from "./report.ts";
import { spreadOf } from "./spread.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
  },
});

const ISOLATES = values.quick ? [1, 100] : [1, 100, 1_000, 10_000];
const RATES = [0.5, 5, 50];
/** Verdicts times isolates: enough for a 99th percentile. */
const SAMPLES = 1_000;
const FLIPS_MIN = 3;
const ENDPOINTS = values.quick ? [12, 250] : [12, 250, 1_000, 10_000];
const UPKEEP_MINUTES = 20;

const fleets: MeasuredFleet[] = [];
for (const isolates of ISOLATES) {
  for (const rate of RATES) {
    const flips = Math.max(FLIPS_MIN, Math.ceil(SAMPLES / isolates));
    fleets.push({ isolates, rate, spread: await spreadOf({ isolates, rate, flips, seed: 1 }) });
    if (!values.markdown) console.error(`${isolates} isolates × ${rate}/s simulated`);
  }
}
const messages = [];
for (const endpoints of ENDPOINTS) messages.push(await messageBytes(endpoints));
const upkeep = await monthOfUpkeep(12, UPKEEP_MINUTES);
const { kvGets } = await coldReads();

console.log(reportOf({ fleets, messages, upkeep, coldKvReads: kvGets }));
