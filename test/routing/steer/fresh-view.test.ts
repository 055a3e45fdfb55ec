import { describe, expect, test } from "vitest";
import { freshView } from "../../../routing/steer/fresh-view.ts";
import type { Know } from "../../../routing/steer/knowledge.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import { down, ejected, ejection, knowing, NOW, pool, shardOf, verdict } from "./world.ts";

const NAMES = ["e1", "e2", "e3", "e4", "e5", "e6"];

function plannedPool(size: number, minimum_origins = 1) {
  const [planned] = planOf(
    shardOf([pool("p", NAMES.slice(0, size), { minimum_origins })]),
  ).defaults;
  if (planned === undefined) throw new Error("the shard has one pool");
  return planned;
}

const see = (size: number, know: Know, minimum = 1, replayable = true) =>
  freshView(plannedPool(size, minimum), know, replayable, NOW);

const names = (views: readonly { planned: { endpoint: { name: string } } }[]) =>
  views.map(({ planned }) => planned.endpoint.name);

test("what the region calls unhealthy is left out without a limit", () => {
  const view = see(3, knowing({ e1: down, e2: down }));
  expect(names(view.available)).toEqual(["e3"]);
});

describe("ejections", () => {
  test("leave one of three out; a second one stays as a suspect", () => {
    const view = see(3, knowing({ e1: ejected, e3: ejected }));
    expect(names(view.available)).toEqual(["e2", "e3"]);
    expect(view.available.map(({ suspect }) => suspect)).toEqual([false, true]);
    expect(view.isDoubtful).toBe(false);
  });

  test("of all endpoints make the pool doubtful, and it stays available", () => {
    const view = see(3, knowing({ e1: ejected, e2: ejected, e3: ejected }));
    expect(names(view.available)).toEqual(["e2", "e3"]);
    expect(view.isDoubtful).toBe(true);
    expect(view.isAvailable).toBe(true);
  });

  test("that are over make an endpoint ripe, for a request that can be sent again", () => {
    const over = { ejection: ejection({ untilMs: NOW }) };
    const know = knowing({ e1: over });
    expect(see(2, know).available.map(({ ripe }) => ripe)).toEqual([true, false]);
    expect(names(see(2, know, 1, false).available)).toEqual(["e2"]);
  });
});

describe("a pool is available", () => {
  test.each([
    [1, 1, true],
    [2, 2, true],
    [3, 2, false],
  ])("with minimum_origins %d and %d endpoints up: %s", (minimum, up, expected) => {
    const know = knowing(up === 1 ? { e2: down, e3: down } : { e3: down });
    expect(see(3, know, minimum).isAvailable).toBe(expected);
  });

  test("never with none", () => {
    expect(see(1, knowing({ e1: down }), 0).isAvailable).toBe(false);
  });
});

test("an endpoint on its way back has a part of its weight", () => {
  const view = see(2, knowing({ e1: { health: verdict(true, 0, 5_000) } }));
  expect(view.available.map(({ weight }) => weight)).toEqual([0.5, 1]);
});
