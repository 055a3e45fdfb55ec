/** What the table of ADR 0017 says, on fewer seeds and loads: whoever changes admission or what it rests on sees it here. */
import { expect, test } from "vitest";
import { figuresOf, GUARDS, LOADS } from "./scenarios.ts";
import { simulate } from "./simulation.ts";

const SEEDS = [11, 12, 13];

function figures(load: string, guard: string, isolates = 24) {
  const setting = LOADS[load];
  const found = GUARDS[guard];
  if (setting === undefined || found === undefined) throw new Error(`${load}, ${guard}`);
  const runs = { ...setting, isolates, tryTimeoutMs: 3_000, guard: found };
  return figuresOf(SEEDS.map((seed) => simulate({ ...runs, seed })));
}

test.each([1, 24])(
  "at 56 %% of capacity %d isolates refuse less than one in a thousand",
  (isolates) => {
    expect(figures("calm", "admission", isolates).refusedRatio).toBeLessThan(0.001);
  },
);

test("past capacity more is answered in time than without admission", () => {
  for (const load of ["overload", "ramp"]) {
    const { goodput } = figures(load, "admission");
    expect(goodput, load).toBeGreaterThan(1.2 * figures(load, "nothing").goodput);
  }
});

test("the same seed gives the same run", () => {
  const once = () => figures("overload", "admission");
  expect(once()).toEqual(once());
});
