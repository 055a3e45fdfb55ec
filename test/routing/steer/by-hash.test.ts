import { describe, expect, test } from "vitest";
import { seededRng } from "../../../routing/rng.ts";
import { byHash, roomOf } from "../../../routing/steer/by-hash.ts";
import { type EndpointKnowledge, UNKNOWN } from "../../../routing/steer/knowledge.ts";
import {
  type EndpointView,
  type LevelView,
  levelViews,
} from "../../../routing/steer/level-view.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import { endpoint, measured, pool, shardOf } from "./world.ts";

/** Below and above the size from which a table is used. */
const SIZES = [5, 32, 33, 200];
const CLIENTS = 4_000;
const keys = Array.from({ length: CLIENTS }, (_, at) => `198.51.100.${at}`);
const WEIGHTS = [1, 0.5, 0.25];

interface World {
  readonly level: LevelView;
  readonly views: readonly EndpointView[];
  /** In flight, by place. */
  readonly pending: number[];
}

/** `shares`: of their weights, for those on their way back; 0 = not usable now. */
function worldOf(
  size: number,
  shares: Readonly<Record<number, number>> = {},
  reversed = false,
): World {
  const origins = Array.from({ length: size }, (_, at) =>
    endpoint(`e${at}`, { weight: WEIGHTS[at % 3] ?? 1 }),
  );
  const [planned] = planOf(shardOf([pool("p", reversed ? origins.reverse() : origins)])).defaults;
  const pending = Array.from({ length: size }, () => 0);
  const views = (planned?.endpoints ?? [])
    .map((one, at) => ({
      planned: one,
      live: {
        get now(): EndpointKnowledge {
          return { ...UNKNOWN, ...measured(10, pending[at] ?? 0) };
        },
      },
      weight: one.weight * (shares[at] ?? 1),
      suspect: false,
      failing: false,
      ripe: false,
    }))
    .filter(({ weight }) => weight > 0);
  const [level] = levelViews(planned?.levels ?? [], views, [1]);
  if (level === undefined) throw new Error("something is usable");
  return { level, views, pending };
}

const total = ({ pending }: World) => pending.reduce((sum, count) => sum + count, 0);
const choice = (world: World, key: string, skip: readonly number[] = []) =>
  byHash(world.level, world.level.usable, skip, key, total(world))?.planned.endpoint.id;

test.each(SIZES)("%d endpoints: clients are spread by weight", (size) => {
  const world = worldOf(size);
  const byWeight = new Map<number, number>();
  for (const key of keys) {
    const at = Number(choice(world, key)?.slice(1));
    const weight = WEIGHTS[at % 3] ?? 1;
    byWeight.set(weight, (byWeight.get(weight) ?? 0) + 1 / CLIENTS);
  }
  const sum = world.views.reduce((all, { weight }) => all + weight, 0);
  for (const weight of WEIGHTS) {
    const part = world.views.filter((view) => view.weight === weight).length * (weight / sum);
    expect(Math.abs((byWeight.get(weight) ?? 0) - part)).toBeLessThan(
      0.02 + 4 / Math.sqrt(CLIENTS) / 2,
    );
  }
});

test.each(SIZES)("%d endpoints: the same key, the same endpoint, in every isolate", (size) => {
  const [one, other] = [worldOf(size), worldOf(size, {}, true)];
  expect(keys.filter((key) => choice(one, key) !== choice(other, key))).toEqual([]);
});

test.each(SIZES)("%d endpoints: when one is gone only its own clients move", (size) => {
  const [all, without] = [worldOf(size), worldOf(size, { 2: 0 })];
  const wrong = keys.filter((key) => {
    const before = choice(all, key);
    const after = choice(without, key);
    return before === "e2" ? after === "e2" : after !== before;
  });
  expect(wrong).toEqual([]);
});

test.each(SIZES)(
  "%d endpoints: the clients of one that is gone do not all meet at one other",
  (size) => {
    const [all, without] = [worldOf(size), worldOf(size, { 0: 0 })];
    const moved = keys
      .filter((key) => choice(all, key) === "e0")
      .map((key) => choice(without, key));
    expect(new Set(moved).size).toBeGreaterThan(Math.min(moved.length, size) / 4);
  },
);

test.each(SIZES)(
  "%d endpoints: one on its way back has the same clients again, more and more",
  (size) => {
    const own = (share: number) => {
      const world = worldOf(size, { 0: share });
      return new Set(keys.filter((key) => choice(world, key) === "e0"));
    };
    const [some, more, whole] = [own(0.3), own(0.7), own(1)];
    expect(some.size).toBeGreaterThan(0);
    expect(more.size).toBeGreaterThan(some.size);
    expect([...some].every((key) => more.has(key))).toBe(true);
    expect([...more].every((key) => whole.has(key))).toBe(true);
  },
);

test.each(SIZES)(
  "%d endpoints: what had its try is not tried again while others are left",
  (size) => {
    const world = worldOf(size);
    for (const key of keys.slice(0, 50)) {
      const first = world.views.findIndex(
        ({ planned }) => planned.endpoint.id === choice(world, key),
      );
      expect(choice(world, key, [first])).not.toBe(choice(world, key));
      const others = world.views.map((_, at) => at).filter((at) => at !== first);
      expect(choice(world, key, others)).toBe(choice(world, key));
    }
  },
);

describe("bounded load", () => {
  test("is 1.25 times an endpoint's part, and never less than 8", () => {
    expect([roomOf(0.1, 0), roomOf(0.1, 79), roomOf(0.5, 79), roomOf(1, 0)]).toEqual([
      8, 10, 50, 8,
    ]);
  });

  test.each(SIZES)(
    "%d endpoints: nobody is ever above it, not even by one client alone",
    (size) => {
      for (const clients of [1, 3, 1_000]) {
        const world = worldOf(size);
        const { pending, level } = world;
        const rng = seededRng(size);
        const over: unknown[] = [];
        for (let request = 0; request < 2_000; request += 1) {
          const key = keys[Math.floor(rng() * clients)] ?? "";
          const before = total(world);
          const view = byHash(level, level.usable, [], key, before);
          if (view === undefined) continue;
          const at = world.views.indexOf(view);
          pending[at] = (pending[at] ?? 0) + 1;
          const room = roomOf(view.weight / level.usable.scale.total, before);
          if ((pending[at] ?? 0) > room) over.push({ request, at, room, has: pending[at] });
          // About a third of all tries ends before the next one begins.
          if (rng() < 0.33) {
            const busy = pending.findIndex((count) => count > 0);
            pending[busy] = (pending[busy] ?? 0) - 1;
          }
        }
        expect(over).toEqual([]);
      }
    },
  );

  test.each(SIZES)("%d endpoints: a client comes back as soon as its own has room", (size) => {
    const world = worldOf(size);
    const own = choice(world, "192.0.2.7");
    const at = world.views.findIndex(({ planned }) => planned.endpoint.id === own);
    world.pending[at] = 100;
    const next = choice(world, "192.0.2.7");
    expect(next).not.toBe(own);
    expect(choice(world, "192.0.2.7")).toBe(next);
    world.pending[at] = 7;
    expect(choice(world, "192.0.2.7")).toBe(own);
  });
});

test("a level of which nearly nothing is left finds it", () => {
  const gone = Object.fromEntries(Array.from({ length: 199 }, (_, at) => [at, 0]));
  const world = worldOf(200, gone);
  expect(new Set(keys.map((key) => choice(world, key)))).toEqual(new Set(["e199"]));
});
