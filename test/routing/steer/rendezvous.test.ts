import { describe, expect, test } from "vitest";
import { UNKNOWN } from "../../../routing/steer/knowledge.ts";
import type { EndpointView } from "../../../routing/steer/level-view.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import { rendezvous } from "../../../routing/steer/rendezvous.ts";
import { endpoint, pool, shardOf } from "./world.ts";

const CLIENTS = 20_000;
const TOLERANCE = 4 * Math.sqrt(0.25 / CLIENTS);

const viewsOf = (weights: readonly number[]): readonly EndpointView[] =>
  (
    planOf(
      shardOf([
        pool(
          "p",
          weights.map((weight, at) => endpoint(`e${at}`, { weight })),
        ),
      ]),
    ).defaults[0]?.endpoints ?? []
  ).map((planned) => ({
    planned,
    live: { now: UNKNOWN },
    weight: planned.weight,
    suspect: false,
    failing: false,
    ripe: false,
  }));

const clients = Array.from({ length: CLIENTS }, (_, at) => Math.imul(at, 0x9e3779b1) >>> 0);

test("clients are spread by weight", () => {
  const views = viewsOf([0.5, 0.3, 0.2]);
  const shares = [0, 0, 0];
  for (const client of clients) {
    const index = rendezvous(views, [], client);
    shares[index] = (shares[index] ?? 0) + 1 / CLIENTS;
  }
  for (const [at, share] of [0.5, 0.3, 0.2].entries()) {
    expect(Math.abs((shares[at] ?? 0) - share)).toBeLessThan(TOLERANCE);
  }
});

describe("one that is left out", () => {
  const views = viewsOf([1, 0.5, 1, 0.25]);

  test("moves its own clients and no others", () => {
    const wrong = clients.filter((client) => {
      const before = rendezvous(views, [], client);
      const after = rendezvous(views, [1], client);
      return before === 1 ? after === 1 : after !== before;
    });
    expect(wrong).toEqual([]);
  });

  test("is the same as one that is not there", () => {
    const others = views.filter((_, at) => at !== 1);
    for (const client of clients.slice(0, 1_000)) {
      expect(views[rendezvous(views, [1], client)]).toBe(others[rendezvous(others, [], client)]);
    }
  });
});

test("of none there is none", () => {
  expect(rendezvous([], [], 1)).toBe(-1);
  expect(rendezvous(viewsOf([1, 1]), [0, 1], 1)).toBe(-1);
});
