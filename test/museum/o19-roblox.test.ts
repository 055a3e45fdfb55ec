/**
 * O19, Roblox, 28 October 2021: one overloaded Consul cluster was what everything asked for discovery, health and keys, so nothing worked
 * without it and nobody saw why; 73 hours, at the end a deliberately slow return.
 * Source: shared/outages.md 19, from Roblox's "Return to Service", January 2022.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rngFor } from "../sim/random.ts";
import { HOST, Plane, percentile, shareOf, tell, type Visited } from "./plane.ts";

const SEED = 19;
const MINUTE = 60_000;
const PER_SECOND = 8;

const document = (shed = 0) => ({
  monitors: { web: { type: "http", path: "/healthz", interval: 10, timeout: 2 } },
  pools: {
    main: {
      monitor: "web",
      origins: [1, 2, 3].map((at) => ({ name: `m${at}`, address: `m${at}.example` })),
      ...(shed > 0 ? { load_shedding: { default_percent: shed, default_policy: "random" } } : {}),
    },
    spare: {
      monitor: "web",
      origins: [1, 2].map((at) => ({ name: `s${at}`, address: `s${at}.example` })),
    },
  },
  load_balancers: {
    [HOST]: { default_pools: ["main", "spare"], fallback_pool: "spare", steering_policy: "off" },
  },
});

/** Answers in 20 to 60 ms, one in a thousand with an error; one of them dies for a minute in every phase. */
class Origins {
  plane: Plane | null = null;
  readonly down = new Set<string>();
  readonly #rng = rngFor(SEED, "origins");

  readonly fetch = async (request: Request): Promise<Response> => {
    const { hostname, pathname } = new URL(request.url);
    const { wait } = (this.plane as Plane).kernel.timers({ alive: true });
    await wait(20 + 40 * this.#rng());
    if (this.down.has(hostname)) throw new TypeError("refused");
    const isFailing = pathname !== "/healthz" && this.#rng() < 0.001;
    return new Response(hostname, { status: isFailing ? 500 : 200 });
  };
}

function start() {
  const origins = new Origins();
  const plane = new Plane({
    seed: SEED,
    document: document(),
    colos: { FRA: 2, IAD: 2 },
    fetch: origins.fetch,
  });
  origins.plane = plane;
  return { plane, origins };
}

/** A phase: in every ten minutes of it an endpoint dies for one, and an isolate of each colo is replaced. */
async function phase({ plane, origins }: ReturnType<typeof start>, ms: number) {
  const rng = rngFor(SEED, `load ${plane.kernel.nowMs}`);
  for (let fromMs = 0; fromMs < ms; fromMs += 10 * MINUTE) {
    plane.kernel.schedule(fromMs + MINUTE, () => origins.down.add("m1.example"));
    plane.kernel.schedule(fromMs + 2 * MINUTE, () => origins.down.delete("m1.example"));
    plane.kernel.schedule(fromMs + 5 * MINUTE, () => {
      for (const at of [0, 2]) {
        const member = plane.members[at];
        if (member !== undefined) plane.recycle(member);
      }
    });
  }
  return plane.load(PER_SECOND, ms, rng);
}

const success = (visits: readonly Visited[]) => shareOf(visits, ({ status }) => status < 500);
const p99 = (visits: readonly Visited[]) =>
  percentile(
    visits.map(({ ms }) => ms),
    0.99,
  );

describe("O19: the path of a request does not need the objects", () => {
  let running: ReturnType<typeof start>;
  let baseline: readonly Visited[];
  beforeAll(async () => {
    running = start();
    await running.plane.publish();
    await running.plane.load(PER_SECOND, MINUTE, rngFor(SEED, "warm"));
    baseline = await phase(running, 10 * MINUTE);
  });
  afterAll(() => running.plane.close());

  test.each([
    ["answer errors for 10 minutes", "fails", 10],
    ["hang 30 s for 10 minutes", "hangs", 10],
    ["are gone for an hour", "fails", 60],
  ] as const)(
    "when they %s, at least 99.9 in 100 of the baseline's success and p99 + at most 5 ms",
    async (what, way, minutes) => {
      running.plane.objects = way;
      const visits = await phase(running, minutes * MINUTE);
      running.plane.objects = "works";
      const ratio = success(visits) / success(baseline);
      const more = p99(visits) - p99(baseline);
      tell(`O19 ${what}`, SEED, { requests: visits.length, ratio, baseline: p99(baseline), more });
      expect(ratio).toBeGreaterThanOrEqual(0.999);
      expect(more).toBeLessThanOrEqual(5);
    },
  );

  test("after their return one field of the API drives 5 → 25 → 50 → 100 % of the traffic", async () => {
    const shares: number[] = [];
    for (const percent of [95, 75, 50, 0]) {
      await running.plane.publish(document(percent));
      // The first time isolates are still backing off from the hour before.
      await running.plane.load(5, 40_000, rngFor(SEED, `settle ${percent}`));
      const visits = await running.plane.load(10, 2 * MINUTE, rngFor(SEED, `ramp ${percent}`));
      shares.push(shareOf(visits, ({ body }) => body.startsWith("m")));
    }
    tell("O19 ramp", SEED, { shares });
    for (const [at, wanted] of [0.05, 0.25, 0.5, 1].entries()) {
      expect(Math.abs((shares[at] ?? 0) - wanted)).toBeLessThan(0.04);
    }
  });
});

describe("without its guard: an exchange on the path of the request, as if the coordinator had to be asked", () => {
  test("an hour without objects is an hour of slow answers", async () => {
    const { plane } = start();
    for (const member of plane.members) member.edge = withExchangeOnThePath(member.edge);
    await plane.publish();
    const before = await plane.load(PER_SECOND, 2 * MINUTE, rngFor(SEED, "before"));
    plane.objects = "hangs";
    const visits = await plane.load(PER_SECOND, 5 * MINUTE, rngFor(SEED, "during"));
    plane.close();
    tell("O19 without", SEED, { before: p99(before), during: p99(visits) });
    expect(p99(visits) - p99(before)).toBeGreaterThan(1_000);
  });
});

/** What the edge does behind an answer is awaited before it. */
const withExchangeOnThePath = (edge: Plane["members"][number]["edge"]) => ({
  async fetch(request: Request, waitUntil: (work: Promise<unknown>) => void) {
    const background: Promise<unknown>[] = [];
    const answer = await edge.fetch(request, (work) => background.push(work));
    background.forEach(waitUntil);
    await Promise.allSettled(background);
    return answer;
  },
});
