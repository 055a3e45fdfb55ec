/** Prints what each guard comes to under each load: the table of ADR 0017. A few minutes. */
import { figuresOf, GUARDS, LOADS } from "./scenarios.ts";
import { simulate } from "./simulation.ts";

const SEEDS = [1, 2, 3];
const ISOLATES = [1, 24];
/** The tail bench has 3 s as well; who is refused by whom changes little by it. */
const TRY_TIMEOUT_MS = 1_000;

const percent = (ratio: number): string => `${(100 * ratio).toFixed(2)} %`;

for (const isolates of ISOLATES) {
  console.log(`\n${isolates} isolates`);
  console.log("| load | guard | goodput/s | refused | failed | amplification |");
  console.log("|---|---|---|---|---|---|");
  for (const [load, setting] of Object.entries(LOADS)) {
    for (const [name, guard] of Object.entries(GUARDS)) {
      const shared = { ...setting, isolates, tryTimeoutMs: TRY_TIMEOUT_MS, guard };
      const outcomes = SEEDS.map((seed) => simulate({ ...shared, seed }));
      const { goodput, refusedRatio, failedRatio, amplification } = figuresOf(outcomes);
      const figures = [percent(refusedRatio), percent(failedRatio), amplification.toFixed(3)];
      console.log(`| ${[load, name, goodput.toFixed(1), ...figures].join(" | ")} |`);
    }
  }
}
