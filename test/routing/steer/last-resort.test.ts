import { describe, expect, test } from "vitest";
import { lastResortLevels } from "../../../routing/steer/last-resort.ts";
import { type PlannedPool, planOf } from "../../../routing/steer/plan.ts";
import { endpoint, endpointsOf, knowing, pool, shardOf } from "./world.ts";

describe("the last resort", () => {
  const used = (one: PlannedPool) =>
    endpointsOf({ levels: lastResortLevels(one, knowing({})) }).map(
      ({ planned }) => planned.endpoint.name,
    );
  const planned = (weights: readonly number[]) =>
    planOf(
      shardOf([
        pool(
          "p",
          weights.map((weight, index) => endpoint(`e${index + 1}`, { weight })),
        ),
      ]),
    ).defaults[0];

  test("takes what is enabled, whatever is known", () => {
    const one = planned([1, 1]);
    expect(one && used(one)).toEqual(["e1", "e2"]);
  });

  test("takes weight 0 only when there is nothing else", () => {
    const mixed = planned([0, 1]);
    const reserves = planned([0, 0]);
    expect(mixed && used(mixed)).toEqual(["e2"]);
    expect(reserves && used(reserves)).toEqual(["e1", "e2"]);
  });
});
