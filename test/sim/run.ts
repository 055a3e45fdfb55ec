/**
 * `npm run sim -- [--scenario planet|dns] [--seeds 1000] [--from 1] [--steps N]` runs many seeds; `--seed N [--verbose]` replays one.
 *
 * Exit code 1: a checker was violated, or something that the coverage asks for never happened.
 */
import { parseArgs } from "node:util";
import { runOnAllProcessors, SCENARIOS, type ScenarioName } from "./batch.ts";
import { COVERED_BY_SEEDS, MUST_HAPPEN, missing } from "./coverage.ts";
import { DNS_MUST_HAPPEN } from "./dns/simulate.ts";
import type { Outcome } from "./simulate.ts";

/** Failing seeds listed in full; the others are only counted. */
const SHOWN_MAX = 20;

const { values } = parseArgs({
  options: {
    scenario: { type: "string", default: "planet" },
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    steps: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});

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
const mustHappen = scenario === "dns" ? DNS_MUST_HAPPEN : MUST_HAPPEN;

const stepsMax = values.steps === undefined ? undefined : whole("steps", values.steps);

async function one(seed: number): Promise<boolean> {
  const limit = stepsMax === undefined ? {} : { stepsMax };
  const print = values.verbose ? { print: (line: string) => console.log(line) } : {};
  const outcome = await SCENARIOS[scenario]({ seed, ...limit, ...print });
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
