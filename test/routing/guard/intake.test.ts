import { expect, test } from "vitest";
import { intakeOf, isUsable } from "../../../routing/guard/intake.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import type { EndpointId } from "../../../routing/units.ts";
import { endpoint, pool, shardOf } from "../steer/world.ts";

const planned = (...origins: ReturnType<typeof endpoint>[]) => {
  const [only] = planOf(shardOf([pool("p", origins, { minimum_origins: 2 })])).defaults;
  if (only === undefined) throw new Error("the pool is planned");
  return only;
};
const sharesOf = (of: ReturnType<typeof planned>, down: readonly string[] = []) =>
  Object.fromEntries(
    intakeOf(of, (id) => !down.includes(id)).map(({ planned: one, share }) => [
      one.endpoint.id,
      share,
    ]),
  );

test("shares follow weights, and the next level takes what the healthy part of the first cannot", () => {
  const two = planned(
    endpoint("a"),
    endpoint("b", { weight: 0.5 }),
    endpoint("c", { priority: 1 }),
  );
  expect(sharesOf(two)).toEqual({ a: 2 / 3, b: 1 / 3 });
  const half = planned(endpoint("a"), endpoint("b"), endpoint("c", { priority: 1 }));
  const shares = sharesOf(half, ["b"]);
  expect([shares["a"], shares["c"]].map((share) => Math.round(100 * (share ?? 0)))).toEqual([
    70, 30,
  ]);
});

test("weight 0 takes requests only when nothing else is up", () => {
  const reserve = planned(endpoint("a"), endpoint("r", { weight: 0 }));
  expect([sharesOf(reserve), sharesOf(reserve, ["a"]), sharesOf(reserve, ["a", "r"])]).toEqual([
    { a: 1 },
    { r: 1 },
    {},
  ]);
});

test("a pool with fewer endpoints up than it needs cannot be used", () => {
  const isUp = (id: EndpointId) => id !== "b";
  expect(isUsable(planned(endpoint("a"), endpoint("b")), () => true)).toBe(true);
  expect(isUsable(planned(endpoint("a"), endpoint("b")), isUp)).toBe(false);
});
