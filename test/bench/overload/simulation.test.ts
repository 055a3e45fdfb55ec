/** What the tables of ADR 0017 and 0022 say, on fewer seeds and loads: whoever changes admission or what it rests on sees it here. */
import { expect, test } from "vitest";
import { CRITICALITIES } from "../../../routing/model.ts";
import { figuresOf, GUARDS, GUARDS_BY_CRITICALITY, LOADS } from "./scenarios.ts";
import { simulate } from "./simulation.ts";

const SEEDS = [11, 12, 13];

function outcomes(load: string, guard: string, isolates = 24) {
  const setting = LOADS[load];
  const found = GUARDS[guard] ?? GUARDS_BY_CRITICALITY[guard];
  if (setting === undefined || found === undefined) throw new Error(`${load}, ${guard}`);
  const runs = { ...setting, isolates, tryTimeoutMs: 3_000, guard: found };
  return SEEDS.map((seed) => simulate({ ...runs, seed }));
}

const figures = (...of: Parameters<typeof outcomes>) => figuresOf(outcomes(...of));

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

test.each([1, 24])(
  "past capacity %d isolates refuse nothing that is critical, and of the sheddable more than of the default",
  (isolates) => {
    const runs = outcomes("long overload", "admission by criticality", isolates);
    const [critical, others, sheddable] = CRITICALITIES.map((each) => figuresOf(runs, [each]));
    expect(critical?.refusedRatio).toBeLessThan(0.001);
    expect(sheddable?.refusedRatio).toBeGreaterThan(2 * (others?.refusedRatio ?? 1));
    const blind = figuresOf(outcomes("long overload", "admission", isolates), ["critical"]);
    expect(critical?.goodput).toBeGreaterThan(1.2 * blind.goodput);
  },
);

test("the same seed gives the same run", () => {
  const once = () => figures("overload", "admission");
  expect(once()).toEqual(once());
});
