/** What the tables of ADR 0021 and 0022 say, on fewer seeds and loads: whoever changes admission, leases or what they rest on sees it here. */
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

/** As the product is; the same with the operator's word. */
const GUARDED = "admission, leases";
const BY_CRITICALITY = "by criticality, leases";

test.each([1, 24])(
  "at 56 %% of capacity %d isolates refuse less than one in a thousand",
  (isolates) => {
    expect(figures("calm", GUARDED, isolates).refusedRatio).toBeLessThan(0.001);
  },
);

test.each([1, 24])(
  "past capacity %d isolates answer more in time than without a guard",
  (isolates) => {
    for (const load of ["overload", "ramp"]) {
      const { goodput } = figures(load, GUARDED, isolates);
      expect(goodput, load).toBeGreaterThan(1.15 * figures(load, "nothing", isolates).goodput);
    }
  },
);

test.each([1, 24])(
  "past capacity %d isolates refuse nothing that is critical, and of the sheddable more than of the default",
  (isolates) => {
    const runs = outcomes("long overload", BY_CRITICALITY, isolates);
    const [critical, others, sheddable] = CRITICALITIES.map((each) => figuresOf(runs, [each]));
    expect(critical?.refusedRatio).toBeLessThan(0.001);
    expect(sheddable?.refusedRatio).toBeGreaterThan(1.5 * (others?.refusedRatio ?? 1));
    const blind = figuresOf(outcomes("long overload", GUARDED, isolates), ["critical"]);
    expect(critical?.goodput).toBeGreaterThan(1.2 * blind.goodput);
  },
);

test("the same seed gives the same run", () => {
  const once = () => figures("overload", GUARDED);
  expect(once()).toEqual(once());
});
