import { describe, expect, test } from "vitest";
import type { EndpointPolicy } from "../../../routing/model.ts";
import { type Rng, seededRng } from "../../../routing/rng.ts";
import { type EndpointKnowledge, UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { type EndpointView, levelViews } from "../../../routing/steer/level-view.ts";
import { pick } from "../../../routing/steer/pick.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import { knowing, measured, NOW, pool, shardOf } from "./world.ts";

const N = 20_000;
/** Shares are means of N draws: 4 standard deviations of the widest (p = ½). */
const TOLERANCE = 4 * Math.sqrt(0.25 / N);
const SEED = 20_261_123;

type Spec = readonly [weight: number, knowledge?: Partial<EndpointKnowledge>];

function viewsOf(...specs: readonly Spec[]): readonly EndpointView[] {
  const ids = specs.map((_, index) => `e${index}`);
  const planned = planOf(shardOf([pool("p", ids)])).defaults[0]?.endpoints ?? [];
  return planned.map((one, index) => {
    const [weight, knowledge] = specs[index] ?? [1];
    const live = { now: { ...UNKNOWN, ...knowledge } };
    return { planned: one, live, weight, suspect: false, failing: false, ripe: false };
  });
}

const picked = (
  policy: EndpointPolicy,
  views: readonly EndpointView[],
  clientKey: string,
  rng: Rng,
) => {
  const [planned] = planOf(shardOf([pool("p", ["e0"], { origin_steering: { policy } })])).defaults;
  const level = levelViews(planned?.levels ?? [], views, [1])[0];
  if (planned === undefined || level === undefined) return undefined;
  const chooser = { know: knowing({}), client: { clientKey }, nowMs: NOW };
  return pick(planned, level, level.usable, [], chooser, rng);
};

/** The share of N picks that each endpoint gets. */
function shares(policy: EndpointPolicy, views: readonly EndpointView[], key = "") {
  const rng = seededRng(SEED);
  const counts = new Map<string, number>(views.map((v) => [v.planned.endpoint.id, 0]));
  for (let count = 0; count < N; count += 1) {
    const id = picked(policy, views, key && `${key} ${count}`, rng)?.planned.endpoint.id ?? "";
    counts.set(id, (counts.get(id) ?? 0) + 1 / N);
  }
  return [...counts.values()];
}

const near = (actual: readonly number[], expected: readonly number[]) => {
  const off = actual.map((share, index) => Math.abs(share - (expected[index] ?? 0)));
  expect(Math.max(...off), `${actual} against ${expected}`).toBeLessThan(TOLERANCE);
};

test("of none there is none, of one there is that one", () => {
  const rng = seededRng(SEED);
  expect(picked("random", viewsOf(), "", rng)).toBeUndefined();
  const one = viewsOf([0]);
  expect(one.length).toBe(1);
  expect(picked("hash", one, "", rng)).toBe(one[0]);
});

describe("random", () => {
  test("draws by weight", () => {
    near(shares("random", viewsOf([0.5], [0.3], [0.2])), [0.5, 0.3, 0.2]);
  });

  test("never draws weight 0 beside others, and draws evenly when all are 0", () => {
    near(shares("random", viewsOf([1], [0], [1])), [0.5, 0, 0.5]);
    near(shares("random", viewsOf([0], [0], [0], [0])), [0.25, 0.25, 0.25, 0.25]);
  });

  test("is what a policy of a newer writer falls back to", () => {
    near(shares("of-next-year" as "random", viewsOf([0.9], [0.1])), [0.9, 0.1]);
  });
});

describe("least_outstanding_requests", () => {
  test("takes the lowest in flight ÷ weight", () => {
    near(
      shares("least_outstanding_requests", viewsOf([1, measured(1, 3)], [1, measured(1, 2)])),
      [0, 1],
    );
    near(
      shares("least_outstanding_requests", viewsOf([1, measured(1, 3)], [0.5, measured(1, 2)])),
      [1, 0],
    );
  });

  test("draws equals by weight", () => {
    near(shares("least_outstanding_requests", viewsOf([0.9], [0.1])), [0.9, 0.1]);
    const busy = viewsOf([1, measured(1, 9)], [0.5], [0.5]);
    near(shares("least_outstanding_requests", busy), [0, 0.5, 0.5]);
  });
});

describe("least_outstanding_requests in a large pool", () => {
  const COUNT = 40;
  const some = (pendingOf: (at: number) => number) =>
    viewsOf(
      ...Array.from(
        { length: COUNT },
        (_, at): Spec => [at % 2 ? 1 : 0.5, measured(1, pendingOf(at))],
      ),
    );

  test("takes one with nothing in flight, drawn by weight, however few they are", () => {
    for (const idle of [2, 10, 38]) {
      const found = shares(
        "least_outstanding_requests",
        some((at) => (at < idle ? 0 : 1)),
      );
      const even = found.filter((_, at) => at < idle && at % 2 === 0);
      const odd = found.filter((_, at) => at < idle && at % 2 === 1);
      expect(found.slice(idle).every((share) => share === 0)).toBe(true);
      near(
        even,
        even.map(() => 2 / 3 / idle),
      );
      near(
        odd,
        odd.map(() => 4 / 3 / idle),
      );
    }
  });

  test("takes the lowest in flight ÷ weight when all are busy", () => {
    const found = shares(
      "least_outstanding_requests",
      some((at) => (at === 7 ? 1 : 2)),
    );
    expect(found[7]).toBeCloseTo(1, 9);
  });

  test("looks at a few endpoints while most are idle", () => {
    let looks = 0;
    const views = some(() => 0).map((view) => ({
      ...view,
      live: {
        get now() {
          looks += 1;
          return UNKNOWN;
        },
      },
    }));
    picked("least_outstanding_requests", views, "", seededRng(SEED));
    expect(looks).toBe(1);
  });
});

describe("hash", () => {
  const THREE = viewsOf([1], [1], [1]);
  const choice = (views: readonly EndpointView[], key: string) =>
    picked("hash", views, key, seededRng(1))?.planned.endpoint.id;

  test("keeps a client on its endpoint", () => {
    expect(choice(THREE, "192.0.2.1")).toBe(choice([...THREE].reverse(), "192.0.2.1"));
  });

  test("spreads clients by weight", () => {
    near(shares("hash", viewsOf([0.5], [0.3], [0.2]), "client"), [0.5, 0.3, 0.2]);
  });

  test("moves only the clients of the endpoint that went", () => {
    const two = THREE.slice(0, 2);
    const moved = Array.from({ length: 2_000 }, (_, i) => `client ${i}`).filter(
      (key) => choice(THREE, key) !== "e2" && choice(THREE, key) !== choice(two, key),
    );
    expect(moved).toEqual([]);
  });

  test("spreads at random when there is no key", () => {
    near(shares("hash", viewsOf([0.5], [0.5])), [0.5, 0.5]);
  });
});

describe("p2c_peak_ewma", () => {
  const p2c = (...specs: readonly Spec[]) => shares("p2c_peak_ewma", viewsOf(...specs));

  test("of two takes the less loaded one, always", () => {
    near(p2c([1, measured(10)], [1, measured(200)]), [1, 0]);
    near(p2c([1, measured(10, 30)], [1, measured(200)]), [0, 1]);
  });

  test("never takes the most loaded of three, and both others", () => {
    const [best = 0, middle = 0, worst = 0] = p2c(
      [1, measured(10)],
      [1, measured(20)],
      [1, measured(30)],
    );
    expect(worst).toBe(0);
    // The best is in 2 of the 3 pairs.
    near([best, middle], [2 / 3, 1 / 3]);
  });

  test("draws every pair equally often when loads are equal", () => {
    near(p2c([1, measured(10)], [1, measured(10)], [1, measured(10)]), [1 / 3, 1 / 3, 1 / 3]);
  });

  test("a less loaded endpoint of small weight gets at most about twice its share", () => {
    near(p2c([0.9, measured(200)], [0.1, measured(10)]), [0.81, 0.19]);
    near(
      p2c([0.9, measured(10)], [0.1, measured(200)]),
      [0.99, 0.01].map((s) => Math.round(s)),
    );
  });

  test("tries an endpoint without history before one with", () => {
    near(p2c([1, measured(10)], [1]), [0, 1]);
  });

  test("judges an endpoint without own history by the region's estimate", () => {
    near(p2c([1, measured(10)], [1, { shared: { ms: 80, atMs: NOW } }]), [1, 0]);
  });

  test("sends 2 % to one whose estimate is stale", () => {
    near(p2c([1, measured(10)], [1, measured(200, 0, 60_001)]), [0.98, 0.02]);
  });

  test("all weights 0 are drawn evenly, two distinct ones each time", () => {
    near(p2c([0, measured(10)], [0, measured(10)], [0, measured(10)]), [1 / 3, 1 / 3, 1 / 3]);
    near(p2c([0, measured(10)], [0, measured(20)], [0, measured(30)]), [2 / 3, 1 / 3, 0]);
    near(p2c([0, measured(30)], [0, measured(20)], [0, measured(10)]), [0, 1 / 3, 2 / 3]);
  });
});
