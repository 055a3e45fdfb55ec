/**
 * `npm run proof:bad-days [-- --fault NAME …] [--rate 500] [--seconds N] [--repeats N] [--seed 1] [--timeline]`: each bad day on
 * a running planet of its own, open-loop requests over all colos. Prints a line per day and the tables; when nothing was left
 * out or shortened it writes the section of docs/bad-days.md. Ends with 1 when a bar is missed, with 2 when a day failed.
 *
 * `--detect [--repeats 50]`: how long faults take to be seen, instead (detect.ts).
 */
import { parseArgs } from "node:util";
import { conditionsNow, sentenceOf } from "../../bench/conditions.ts";
import { POOL_NAMES } from "../stage.ts";
import { reasons, timeline } from "../summary.ts";
import { DAYS, type Day, timesOf } from "./days.ts";
import { judge } from "./judge.ts";
import { judgedTable, notesOf, type Outcome, tableOf } from "./report.ts";
import { runDay } from "./run-day.ts";
import type { Scene } from "./scene.ts";
import { keepSection } from "./section.ts";
import { ZONE_MISSING, zoneIsHere } from "./zone.ts";

const RATE = "500";
const { values } = parseArgs({
  options: {
    fault: { type: "string", multiple: true, default: [] },
    rate: { type: "string", default: RATE },
    seconds: { type: "string" },
    repeats: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    timeline: { type: "boolean", default: false },
  },
});

const unknown = values.fault.filter((name) => !DAYS.some((day) => day.name === name));
if (unknown.length > 0) {
  const names = DAYS.map(({ name }) => name).join(", ");
  console.error(`No such fault: ${unknown.join(", ")}. There are ${names}.`);
  process.exit(2);
}
const days = DAYS.filter(({ name }) => values.fault.length === 0 || values.fault.includes(name));
const seconds = values.seconds === undefined ? null : Number(values.seconds);
const repeats = Number(values.repeats);
const conditions = conditionsNow();
const began = performance.now();

const open = new Set<Scene>();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    // Stopped servers hear no signal: without this they would stay.
    Promise.allSettled([...open].map((scene) => scene.close())).then(() => process.exit(130));
  });
}

if (!zoneIsHere()) console.log(`DNS writes are not counted: ${ZONE_MISSING}`);
const outcomes: Outcome[] = [];
for (let repeat = 0; repeat < repeats; repeat += 1) {
  for (const day of days) outcomes.push(await play(day, repeat));
}
tell();

async function play(day: Day, repeat: number): Promise<Outcome> {
  const seed = Number(values.seed) + repeat;
  const startMs = performance.now();
  let outcome: Outcome;
  let wrong: readonly string[] = [];
  try {
    const run = await runDay(day, {
      ratePerSecond: Number(values.rate),
      times: timesOf(day, seconds),
      seed,
      opened: (scene) => open.add(scene),
    });
    if (values.timeline) console.log(timeline(run.records, POOL_NAMES));
    wrong = reasons(run.records, 3);
    outcome = { day: day.name, figures: run.figures };
  } catch (error) {
    outcome = { day: day.name, failed: error instanceof Error ? error.message : String(error) };
  }
  open.clear();
  const took = ((performance.now() - startMs) / 1_000).toFixed(0);
  const head = `${new Date().toISOString().slice(11, 19)}  ${repeat + 1}/${repeats}  ${day.name.padEnd(11)}${took.padStart(4)} s  `;
  console.log(head + lineOf(outcome));
  for (const reason of wrong) console.log(`          ${reason.slice(0, 200).trim()}`);
  return outcome;
}

function lineOf(outcome: Outcome): string {
  if ("failed" in outcome) return `FAILED: ${outcome.failed}`;
  const { requests, lost, failedPosts, movedMs, goodputBackMs, amplification } = outcome.figures;
  const moved = movedMs === undefined ? "" : `, moved after ${movedMs ?? "never"} ms`;
  return `${requests} requests, ${lost} lost, ${failedPosts} POSTs failed${moved}, goodput back after ${goodputBackMs ?? "never"} ms, ${amplification.toFixed(3)} tries per request`;
}

function tell(): void {
  const runs = outcomes.flatMap((outcome) => ("figures" in outcome ? [outcome.figures] : []));
  const rows = judge(runs);
  const missed = rows.filter(({ target }) => target === "missed");
  const failed = outcomes.filter((outcome) => "failed" in outcome);
  const body = [
    tableOf(days, outcomes),
    "",
    ...notesOf(outcomes),
    "",
    "### Against the goal table",
    "",
    judgedTable(rows),
  ].join("\n");
  console.log(`\n${body}\n`);
  console.log(
    `${missed.length} bars missed, ${failed.length} days failed, ${((performance.now() - began) / 60_000).toFixed(1)} minutes`,
  );
  const isWhole = values.fault.length === 0 && seconds === null && values.rate === RATE;
  if (isWhole) keepSection("planet", "The planet", `${headOf()}\n\n${body}`);
  else console.log("docs/bad-days.md is not written: not all days ran at their rate and length.");
  process.exitCode = failed.length > 0 ? 2 : missed.length > 0 ? 1 : 0;
}

function headOf(): string {
  const dns = zoneIsHere() ? "DNS writes are those of a zone at PowerDNS" : ZONE_MISSING;
  return [
    `Generated by \`npm run proof:bad-days\` on ${sentenceOf(conditions)}; ${repeats} repeats from seed ${values.seed}, ${values.rate} requests/s over all colos. ${dns}.`,
  ].join("\n");
}
