import { expect, test } from "vitest";
import { UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { type EndpointView, levelViews } from "../../../routing/steer/level-view.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import { endpoint, pool, shardOf } from "./world.ts";

const planned = planOf(
  shardOf([pool("p", [endpoint("z", { priority: 3 }), endpoint("a"), endpoint("b")])]),
).defaults[0];
const levels = planned?.levels ?? [];
const views: readonly EndpointView[] = (planned?.endpoints ?? []).map((one) => ({
  planned: one,
  live: { now: UNKNOWN },
  weight: one.weight,
  suspect: one.endpoint.name === "b",
  failing: one.endpoint.name === "z",
  ripe: one.endpoint.name === "z",
}));
const names = (some: readonly EndpointView[]) => some.map((view) => view.planned.endpoint.name);

test("endpoints stand at their level, the lowest number first, with its share", () => {
  const made = levelViews(levels, views, [0.7, 0.3]);
  expect(made.map(({ usable, share }) => [names(usable.views), share])).toEqual([
    [["a", "b"], 0.7],
    [["z"], 0.3],
  ]);
});

test("suspects are usable and not sound", () => {
  expect(levelViews(levels, views, [1, 0]).map(({ sound }) => names(sound.views))).toEqual([
    ["a"],
    ["z"],
  ]);
});

test("what is failing is sound and not trusted", () => {
  expect(levelViews(levels, views, [1, 0]).map(({ trusted }) => names(trusted.views))).toEqual([
    ["a"],
    [],
  ]);
});

test("what waits for its test is told", () => {
  const made = levelViews(levels, views, [1, 0]);
  expect(made.map(({ ripe }) => ripe?.planned.endpoint.name ?? null)).toEqual([null, "z"]);
});

test("a level of which nothing may be used is not there", () => {
  expect(levelViews(levels, views.slice(0, 1), [0, 1]).length).toBe(1);
  expect(levelViews(levels, [], [0, 0])).toEqual([]);
});

test("the only level takes everything", () => {
  expect(levelViews(levels.slice(0, 1), views.slice(1), [])[0]?.share).toBe(1);
});
