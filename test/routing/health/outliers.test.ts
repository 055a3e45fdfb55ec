/** A region's judgement over virtual time: reports come in as from isolates, each with its own beat. */
import { describe, expect, test } from "vitest";
import type { EndpointReport } from "../../../routing/exchange.ts";
import { ejectedMax } from "../../../routing/health/ejected-max.ts";
import { Outliers } from "../../../routing/health/outliers.ts";
import { pickIndex, type Rng, seededRng } from "../../../routing/rng.ts";
import type { EndpointId } from "../../../routing/units.ts";
import { endpointId, NOW } from "../steer/world.ts";

const namesOf = (size: number) => Array.from({ length: size }, (_, at) => endpointId(`e${at}`));
const all = () => true;

const report = (successes: number, failures: number, meanMs?: number): EndpointReport => ({
  attempts: successes + failures,
  outcomes: { success: successes, failure: failures, overload: 0, abandoned: 0 },
  ...(meanMs === undefined ? {} : { meanMs }),
  inFlight: 0,
});

function open(size: number, isProbed: (endpoint: EndpointId) => boolean = () => false) {
  const members = namesOf(size);
  const outliers = new Outliers([]);
  outliers.retarget(new Map([["p", members]]));
  /** One exchange in which each endpoint has these outcomes. */
  const exchange = (
    nowMs: number,
    of: (index: number) => EndpointReport | null,
    isUsable: (endpoint: EndpointId) => boolean = all,
    colo = "FRA",
  ) => {
    const told = members.flatMap((endpoint, index) => {
      const one = of(index);
      return one === null ? [] : [[endpoint, one] as const];
    });
    const probing = { isUsable, isProbed };
    return outliers.fold({ colo, endpoints: Object.fromEntries(told) }, probing, nowMs);
  };
  const out = (nowMs: number) =>
    Object.entries(outliers.view(nowMs))
      .filter(([, { untilMs }]) => untilMs > nowMs)
      .map(([endpoint]) => endpoint);
  return { outliers, exchange, out, members };
}

const failingFirst =
  (failures: number, successes = 0) =>
  (index: number) =>
    index === 0 ? report(successes, failures) : report(10, 0);

describe("a connection that is refused", () => {
  const refusing = (index: number) =>
    index === 0 ? { ...report(0, 50), unreached: 50 } : report(50, 0);
  const outAfter = (isProbed: boolean) => {
    const { exchange, out } = open(12, () => isProbed);
    exchange(NOW, refusing);
    exchange(NOW + 1_000, refusing);
    return out(NOW + 1_000);
  };

  test("is for probes to judge where there are any", () => {
    expect(outAfter(true)).toEqual([]);
  });

  test("speaks against an endpoint that nobody probes", () => {
    expect(outAfter(false)).toEqual(["e0"]);
  });
});

describe("an ejection", () => {
  test("follows within two exchanges of a death, after any time of good service", () => {
    const { exchange, out } = open(12);
    for (let beat = 0; beat < 30; beat += 1) exchange(NOW + 1_000 * beat, () => report(50, 0));
    exchange(NOW + 30_000, failingFirst(50));
    exchange(NOW + 31_000, failingFirst(50));
    expect(out(NOW + 31_000)).toEqual(["e0"]);
  });

  test("is of what many isolates saw together, each of them one failure", () => {
    const { exchange, out } = open(3);
    const one = (index: number) => (index === 0 ? report(0, 1) : report(1, 0));
    for (let isolate = 0; isolate < 3; isolate += 1) exchange(NOW, one);
    expect(out(NOW)).toEqual([]);
    exchange(NOW, one);
    expect(out(NOW)).toEqual(["e0"]);
  });

  test("is also of bodies that break off, whose answers began well", () => {
    const { exchange, out } = open(5);
    const told = exchange(NOW, (index) => ({
      ...report(50, 0),
      bodies: index === 0 ? { successes: 1, failures: 5 } : { successes: 6, failures: 0 },
    }));
    expect(told.map(({ detail }) => detail)).toEqual([
      "ejected for 5 s: 83 % of 6 watched bodies broke off",
    ]);
    expect(out(NOW)).toEqual(["e0"]);
  });

  test("counts overload as failure, and what visitors gave up as nothing", () => {
    const busy = {
      ...report(0, 0),
      outcomes: { success: 0, failure: 0, overload: 8, abandoned: 0 },
    };
    const left = {
      ...report(0, 0),
      outcomes: { success: 0, failure: 0, overload: 0, abandoned: 8 },
    };
    const { exchange, out } = open(5);
    exchange(NOW, (index) => (index === 0 ? busy : index === 1 ? left : report(8, 0)));
    expect(out(NOW)).toEqual(["e0"]);
  });

  test("tells the numbers", () => {
    const { exchange, outliers } = open(12);
    const [change] = exchange(NOW, failingFirst(30, 70));
    expect(change).toMatchObject({
      endpoint: "e0",
      detail: "ejected for 5 s: 30 % of 100 requests failed",
      evidence: {
        rule: "outlier-answers",
        numbers: { answers: 100, failures: 30, window_ms: 10_000, ejected_ms: 5_000, times: 1 },
      },
    });
    expect(outliers.view(NOW)[endpointId("e0")]).toEqual({
      untilMs: NOW + 5_000,
      reason: "30 % of 100 requests failed",
    });
  });

  test("is twice as long when little more of the same comes after it, and forgiven after a good minute", () => {
    const { exchange, outliers } = open(12);
    exchange(NOW, failingFirst(30, 70));
    exchange(NOW + 4_000, failingFirst(50));
    expect(outliers.view(NOW + 5_000)[endpointId("e0")]?.untilMs).toBe(NOW + 5_000);
    // What was before it is not judged again, and one failure more is nothing.
    exchange(NOW + 5_500, failingFirst(1));
    expect(outliers.view(NOW + 5_500)[endpointId("e0")]?.untilMs).toBe(NOW + 5_000);
    exchange(NOW + 6_000, failingFirst(2));
    expect(outliers.view(NOW + 6_000)[endpointId("e0")]?.untilMs).toBe(NOW + 16_000);
    exchange(NOW + 40_000, failingFirst(0, 50));
    expect(outliers.view(NOW + 76_000)).toEqual({});
  });

  test("outlives the instance, on probation too", () => {
    const first = open(12);
    first.exchange(NOW, failingFirst(30, 70));
    const second = new Outliers(JSON.parse(JSON.stringify(first.outliers.stored())));
    second.retarget(new Map([["p", first.members]]));
    expect(second.view(NOW)).toEqual(first.outliers.view(NOW));
    const again = Object.fromEntries([[endpointId("e0"), report(0, 2)]]);
    const probing = { isUsable: all, isProbed: () => false };
    second.fold({ colo: "FRA", endpoints: again }, probing, NOW + 6_000);
    expect(second.view(NOW + 6_000)[endpointId("e0")]?.untilMs).toBe(NOW + 16_000);
  });

  test("ends when a probe calls the endpoint down: from then on the probes decide when it is back", () => {
    const { exchange, outliers } = open(12);
    exchange(NOW, failingFirst(30));
    outliers.relieve((endpoint) => endpoint !== "e0", NOW + 1_000);
    expect(outliers.view(NOW + 1_000)).toEqual({});
  });
});

describe("a pool is never without an endpoint by ejections", () => {
  test("the last one that probes call healthy stays", () => {
    const { exchange, out } = open(3);
    const onlyFirst = (endpoint: EndpointId) => endpoint === "e0";
    exchange(NOW, failingFirst(50), onlyFirst);
    expect(out(NOW)).toEqual([]);
  });

  test("one that is out comes back when the others are called down", () => {
    const { exchange, out, outliers } = open(3);
    exchange(NOW, failingFirst(50));
    expect(out(NOW)).toEqual(["e0"]);
    const changes = outliers.relieve((endpoint) => endpoint === "e0", NOW + 1_000);
    expect(changes).toMatchObject([
      {
        endpoint: "e0",
        detail: "let in again: too few of its pool are left",
        evidence: { rule: "never-empty", numbers: { members: 3, out: 1, allowed: 0 } },
      },
    ]);
    expect(out(NOW + 1_000)).toEqual([]);
  });

  test("a pool that shrinks lets in again what is too many", () => {
    const { exchange, out, outliers } = open(6);
    exchange(NOW, (index) => (index < 2 ? report(0, 20) : report(20, 0)));
    expect(out(NOW)).toEqual(["e0", "e1"]);
    outliers.retarget(new Map([["p", namesOf(3)]]));
    outliers.relieve(all, NOW + 1_000);
    expect(out(NOW + 1_000)).toHaveLength(1);
  });
});

describe("by latency", () => {
  const MINUTE = 60;

  function slowed(coloSlow: (colo: string) => boolean) {
    const { exchange, out, outliers } = open(12);
    for (let beat = 0; beat < MINUTE + 15; beat += 1) {
      for (const colo of ["FRA", "AMS", "LHR"]) {
        const isSlow = beat >= MINUTE && coloSlow(colo);
        exchange(
          NOW + 1_000 * beat,
          (index) => report(10, 0, index === 0 && isSlow ? 600 : index === 1 ? 250 : 50),
          all,
          colo,
        );
      }
    }
    return { out: out(NOW + 1_000 * (MINUTE + 15)), outliers };
  }

  test("an endpoint that is suddenly twelve times slower is out; one that is far away is not", () => {
    const { out, outliers } = slowed(() => true);
    const { reason = "" } = outliers.view(NOW)[endpointId("e0")] ?? {};
    expect(reason).toMatch(
      /^\d{3} ms to the first byte from [A-Z]{3}, the median of its pool is 50 ms$/,
    );
    expect(Object.keys(outliers.view(NOW))).toEqual(["e0"]);
    expect(out.every((endpoint) => endpoint === "e0")).toBe(true);
  });

  test("not when it is slow from one colo of three: that may be the way", () => {
    expect(Object.keys(slowed((colo) => colo === "AMS").outliers.view(NOW))).toEqual([]);
  });
});

/** A region's minutes: isolates exchange once a second, requests are dealt at random. */
function live(
  seed: number,
  size: number,
  perSecond: number,
  seconds: number,
  failsOf: (index: number, second: number, rng: Rng) => boolean,
  each: (region: ReturnType<typeof open>, nowMs: number) => void,
) {
  const rng = seededRng(seed);
  const region = open(size);
  for (let second = 0; second < seconds; second += 1) {
    const counts = Array.from({ length: size }, () => ({ successes: 0, failures: 0 }));
    for (let request = 0; request < perSecond; request += 1) {
      const index = pickIndex(size, rng);
      const count = counts[index];
      if (count === undefined) continue;
      if (failsOf(index, second, rng)) count.failures += 1;
      else count.successes += 1;
    }
    const nowMs = NOW + 1_000 * second + Math.floor(rng() * 999);
    region.exchange(nowMs, (index) => {
      const { successes, failures } = counts[index] ?? { successes: 0, failures: 0 };
      return successes + failures === 0 ? null : report(successes, failures);
    });
    each(region, nowMs);
  }
  return region;
}

describe("property", () => {
  const SEEDS = 300;

  test.each([
    [8, 300],
    [80, 200],
    [400, 60],
  ])(
    "at %d requests/s of which one in a hundred fails fewer than one pool in a hundred ejects anybody within %d s",
    (perSecond, seconds) => {
      const wrong: number[] = [];
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        let hasEjected = false;
        live(
          seed,
          12,
          perSecond,
          seconds,
          (_index, _second, rng) => rng() < 0.01,
          ({ out }, nowMs) => {
            hasEjected ||= out(nowMs).length > 0;
          },
        );
        if (hasEjected) wrong.push(seed);
      }
      expect(wrong.length, `seeds ${wrong}`).toBeLessThan(0.01 * SEEDS);
    },
  );

  test("an endpoint that fails 30 % among 1 % is out, and whoever else is out is next to none", () => {
    const late: unknown[] = [];
    let others = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      let first = Number.POSITIVE_INFINITY;
      live(
        seed,
        12,
        200,
        30,
        (index, second, rng) => rng() < (index === 0 && second >= 10 ? 0.3 : 0.01),
        ({ out }, nowMs) => {
          const now = out(nowMs);
          if (now.includes("e0")) first = Math.min(first, Math.floor((nowMs - NOW) / 1_000));
          if (now.some((one) => one !== "e0")) others += 1;
        },
      );
      if (first < 10 || first > 20) late.push({ seed, first });
    }
    expect(late).toEqual([]);
    expect(others).toBeLessThan(0.001 * SEEDS * 30);
  });

  test("whatever fails and whoever is down: never more out than may be, never the last healthy one", () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const rng = seededRng(seed + 10_000);
      const size = 1 + pickIndex(12, rng);
      const { exchange, out, outliers, members } = open(size);
      const bad = members.map(() => rng());
      let usable = new Set<EndpointId>(members);
      let nowMs = NOW;
      for (let step = 0; step < 60; step += 1) {
        nowMs += Math.floor(rng() * 3_000);
        if (rng() < 0.1) {
          usable = new Set(members.filter(() => rng() < 0.7));
          outliers.relieve((one) => usable.has(one), nowMs);
        }
        if (rng() < 0.1) bad[pickIndex(size, rng)] = rng();
        exchange(
          nowMs,
          (index) => {
            const requests = pickIndex(40, rng);
            const failures = Math.floor(requests * (bad[index] ?? 0));
            return report(requests - failures, failures);
          },
          (one) => usable.has(one),
        );
        const now = out(nowMs);
        const named = `seed ${seed} step ${step}: ${now} of ${size}`;
        expect(now.length, named).toBeLessThanOrEqual(size === 1 ? 0 : ejectedMax(size));
        const left = members.filter((one) => usable.has(one) && !now.includes(one));
        if (now.length > 0) expect(left.length, named).toBeGreaterThan(0);
      }
    }
  });
});
