/**
 * `npm run sim -- [--scenario NAME] [--seeds 1000] [--from 1]` runs many seeds; `--seed N [--verbose] [--draw FILE.svg]` replays one.
 *
 * Exit code 1: a checker was violated, or something that the coverage asks for never happened.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { mustHappenIn, runOnAllProcessors, SCENARIOS, type ScenarioName } from "./batch.ts";
import { COVERED_BY_SEEDS, missing } from "./coverage.ts";
import { drawing } from "./draw.ts";
import type { Outcome } from "./simulate.ts";
import type { Happening } from "./timeline.ts";

/** Failing seeds listed in full; the others are only counted. */
const SHOWN_MAX = 20;

const HELP = `npm run sim -- [options]      many planets on virtual time, each from one seed

  --scenario NAME   ${Object.keys(SCENARIOS).join(", ")} (default: planet)
                      planet     every fault of the menu, half of them in each seed
                      calm       a healthy fleet for seven days, 0.1 % noise: nobody is ejected (minutes a seed)
                      gray       an endpoint answers probes and fails 30 % of the visits
                      partition  every object is gone for an hour, and nobody notices
                      flap       an endpoint is dead for 43 s and well for 43 s, for an hour
                      restart    every object ends at one step of a change: old or new, and the audit agrees
                      dns        a zone and three syncers of it
  --seeds N         how many (default 1000), on all processors
  --from N          the first of them (default 1)
  --seed N          this one alone
  --steps N         ends each after so many events, without its last checks
  --verbose         with --seed: prints all that happens
  --draw FILE.svg   with --seed: draws it
  --help            this

One seed is one run: the same seed of the same code prints the same timeline.
`;

const { values } = parseArgs({
  options: {
    scenario: { type: "string", default: "planet" },
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    steps: { type: "string" },
    verbose: { type: "boolean", default: false },
    draw: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(HELP);
  process.exit(0);
}

function whole(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  console.error(`--${name} must be a whole number from 1; found "${text}".`);
  process.exit(2);
}

const scenario = values.scenario as ScenarioName;
if (!Object.hasOwn(SCENARIOS, scenario)) {
  console.error(`--scenario is one of ${Object.keys(SCENARIOS).join(", ")}; found "${scenario}".`);
  process.exit(2);
}
if (values.draw !== undefined && (values.seed === undefined || scenario === "dns")) {
  console.error("--draw needs the one --seed that is to be drawn, of a scenario other than dns.");
  process.exit(2);
}

const stepsMax = values.steps === undefined ? undefined : whole("steps", values.steps);

async function one(seed: number): Promise<boolean> {
  const limit = stepsMax === undefined ? {} : { stepsMax };
  const print = values.verbose ? { print: (line: string) => console.log(line) } : {};
  const happenings: Happening[] = [];
  const record = (happening: Happening) => happenings.push(happening);
  const outcome = await SCENARIOS[scenario]({ seed, ...limit, ...print, record });
  if (values.draw !== undefined) {
    writeFileSync(values.draw, drawing(`${scenario}, seed ${seed}`, happenings));
    console.log(`drawn: ${values.draw}`);
  }
  console.log(`seed ${seed}: ${outcome.steps} steps, timeline ${outcome.digest.slice(0, 16)}`);
  tell(outcome);
  return outcome.violations.length === 0;
}

async function many(first: number, count: number): Promise<boolean> {
  const startedMs = performance.now();
  const { seeds, steps, counts, failed } = await runOnAllProcessors(
    scenario,
    first,
    count,
    stepsMax,
  );
  const seconds = (performance.now() - startedMs) / 1_000;
  const mustHappen = mustHappenIn(scenario);
  for (const what of mustHappen) console.log(`${String(counts[what] ?? 0).padStart(9)}  ${what}`);
  failed.slice(0, SHOWN_MAX).forEach(tell);
  const absent =
    count >= COVERED_BY_SEEDS && stepsMax === undefined ? missing(counts, mustHappen) : [];
  for (const what of absent) console.log(`NEVER HAPPENED: ${what}`);
  console.log(
    `${seeds} seeds from ${first}, ${failed.length} with violations, ${absent.length} gaps in the coverage; ` +
      `${steps} steps, ${(seeds / seconds).toFixed(1)} seeds/s, ${seconds.toFixed(1)} s`,
  );
  return failed.length === 0 && absent.length === 0;
}

function tell({ seed, violations }: Outcome): void {
  for (const violation of violations) console.log(`VIOLATION in seed ${seed}: ${violation}`);
  if (violations.length > 0)
    console.log(`  replay: npm run sim -- --scenario ${scenario} --seed ${seed} --verbose`);
}

const { seed } = values;
const passed =
  seed === undefined
    ? await many(whole("from", values.from), whole("seeds", values.seeds))
    : await one(whole("seed", seed));
process.exitCode = passed ? 0 : 1;
