/**
 * Prints what each guard comes to under each load: the table of ADR 0021, a few minutes. With `--by-criticality` that of ADR 0022,
 * one minute: how requests of each criticality fare in an overload.
 */
import { CRITICALITIES } from "../../../routing/model.ts";
import {
  figuresOf,
  GUARDS,
  GUARDS_BY_CRITICALITY,
  LOADS,
  LOADS_BY_CRITICALITY,
} from "./scenarios.ts";
import { type Guard, type Outcome, simulate } from "./simulation.ts";

const SEEDS = [1, 2, 3];
/** A tenth of the requests is noisier than all of them. */
const SEEDS_BY_CRITICALITY = Array.from({ length: 20 }, (_, at) => at + 1);
const ISOLATES = [1, 24];
/** The tail bench has 3 s as well; who is refused by whom changes little by it. */
const TRY_TIMEOUT_MS = 1_000;

const percent = (ratio: number): string => `${(100 * ratio).toFixed(2)} %`;

function outcomesOf(
  load: string,
  guard: Guard,
  isolates: number,
  seeds: readonly number[],
): readonly Outcome[] {
  const setting = LOADS[load];
  if (setting === undefined) throw new Error(`there is no load ${load}`);
  const shared = { ...setting, isolates, tryTimeoutMs: TRY_TIMEOUT_MS, guard };
  return seeds.map((seed) => simulate({ ...shared, seed }));
}

function printGuards(isolates: number): void {
  console.log("| load | guard | goodput/s | refused | failed | amplification |");
  console.log("|---|---|---|---|---|---|");
  for (const load of Object.keys(LOADS)) {
    for (const [name, guard] of Object.entries(GUARDS)) {
      const outcomes = outcomesOf(load, guard, isolates, SEEDS);
      const { goodput, refusedRatio, failedRatio, amplification } = figuresOf(outcomes);
      const figures = [percent(refusedRatio), percent(failedRatio), amplification.toFixed(3)];
      console.log(`| ${[load, name, goodput.toFixed(1), ...figures].join(" | ")} |`);
    }
  }
}

function printCriticalities(isolates: number): void {
  console.log("Goodput/s ± its standard error, its part of what was asked, refused.");
  console.log(`| load | guard | ${CRITICALITIES.join(" | ")} | all |`);
  console.log("|---|---|---|---|---|---|");
  for (const load of LOADS_BY_CRITICALITY) {
    for (const [name, guard] of Object.entries(GUARDS_BY_CRITICALITY)) {
      const outcomes = outcomesOf(load, guard, isolates, SEEDS_BY_CRITICALITY);
      const cells = [...CRITICALITIES.map((one) => [one]), CRITICALITIES].map((of) => {
        const { goodput, goodRatio, refusedRatio } = figuresOf(outcomes, of);
        const each = outcomes.map((one) => figuresOf([one], of).goodput);
        const error = standardError(each).toFixed(1);
        const ratios = [goodRatio, refusedRatio].map(percent);
        return [`${goodput.toFixed(1)} ± ${error}`, ...ratios].join(", ");
      });
      console.log(`| ${[load, name, ...cells].join(" | ")} |`);
    }
  }
}

function standardError(values: readonly number[]): number {
  const { length } = values;
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (length - 1) / length);
}

const print = process.argv.includes("--by-criticality") ? printCriticalities : printGuards;
for (const isolates of ISOLATES) {
  console.log(`\n${isolates} isolates`);
  print(isolates);
}
