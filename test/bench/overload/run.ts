/**
 * Prints what each guard comes to under each load: the table of ADR 0017, a few minutes. With `--by-criticality` that of ADR 0022,
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
const ISOLATES = [1, 24];
/** The tail bench has 3 s as well; who is refused by whom changes little by it. */
const TRY_TIMEOUT_MS = 1_000;

const percent = (ratio: number): string => `${(100 * ratio).toFixed(2)} %`;

function outcomesOf(load: string, guard: Guard, isolates: number): readonly Outcome[] {
  const setting = LOADS[load];
  if (setting === undefined) throw new Error(`there is no load ${load}`);
  const shared = { ...setting, isolates, tryTimeoutMs: TRY_TIMEOUT_MS, guard };
  return SEEDS.map((seed) => simulate({ ...shared, seed }));
}

function printGuards(isolates: number): void {
  console.log("| load | guard | goodput/s | refused | failed | amplification |");
  console.log("|---|---|---|---|---|---|");
  for (const load of Object.keys(LOADS)) {
    for (const [name, guard] of Object.entries(GUARDS)) {
      const outcomes = outcomesOf(load, guard, isolates);
      const { goodput, refusedRatio, failedRatio, amplification } = figuresOf(outcomes);
      const figures = [percent(refusedRatio), percent(failedRatio), amplification.toFixed(3)];
      console.log(`| ${[load, name, goodput.toFixed(1), ...figures].join(" | ")} |`);
    }
  }
}

function printCriticalities(isolates: number): void {
  console.log("| load | guard | requests | goodput/s | in time | refused | failed |");
  console.log("|---|---|---|---|---|---|---|");
  for (const load of LOADS_BY_CRITICALITY) {
    for (const [name, guard] of Object.entries(GUARDS_BY_CRITICALITY)) {
      const outcomes = outcomesOf(load, guard, isolates);
      for (const of of [CRITICALITIES, ...CRITICALITIES.map((one) => [one])]) {
        const { goodput, goodRatio, refusedRatio, failedRatio } = figuresOf(outcomes, of);
        const which = of.length === 1 ? `${of}` : "all";
        const ratios = [goodRatio, refusedRatio, failedRatio].map(percent);
        console.log(`| ${[load, name, which, goodput.toFixed(1), ...ratios].join(" | ")} |`);
      }
    }
  }
}

const print = process.argv.includes("--by-criticality") ? printCriticalities : printGuards;
for (const isolates of ISOLATES) {
  console.log(`\n${isolates} isolates`);
  print(isolates);
}
