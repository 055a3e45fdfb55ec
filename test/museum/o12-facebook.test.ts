/**
 * O12, Facebook, 4 October 2021: a command cut the backbone, and every DNS site followed its own rule, "if I cannot reach the data centres, withdraw
 * myself", all at once; each was right, and together they took the world away.
 * Source: shared/outages.md 12, from summaries of engineering.fb.com.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Region as RegionName } from "../../routing/names.ts";
import { rngFor } from "../sim/random.ts";
import { DOMAIN, KeptZone, WWW, zoneOf } from "./kept-zone.ts";
import { HOST, Plane, shareOf, tell } from "./plane.ts";

const SEED = 12;
const MINUTE = 60_000;
const PROBERS: readonly RegionName[] = ["weur", "eeur", "enam", "wnam", "apac", "oc"];
const POOLS = ["a", "b", "c"];
const PER_POOL = 20;
const GHOST = "203.0.113.1";

const addressOf = (pool: number, at: number) => `198.18.${pool}.${at + 1}`;
const balancer = { default_pools: POOLS, fallback_pool: "c" };

const documentWith = (ghosts: object = {}) => ({
  monitors: {
    web: {
      type: "http",
      path: "/healthz",
      interval: 10,
      timeout: 1,
      // Sixty endpoints of one try each are what one object probes; its further probers have no place in this world.
      retries: 0,
      consecutive_down: 2,
      consecutive_up: 2,
    },
  },
  pools: {
    ...Object.fromEntries(
      POOLS.map((name, pool) => [
        name,
        {
          monitor: "web",
          origins: Array.from({ length: PER_POOL }, (_, at) => ({
            name: `${name}${at}`,
            address: addressOf(pool, at),
          })),
        },
      ]),
    ),
    ...ghosts,
  },
  load_balancers: { [HOST]: balancer, [WWW]: balancer },
  zones: zoneOf({ domain: DOMAIN }),
});

/** Cut off: probers of these regions reach nothing. Down: nobody does. */
interface Trouble {
  readonly cutOff: Set<string>;
  isDown: boolean;
}

async function start(document: object) {
  const trouble: Trouble = { cutOff: new Set(), isDown: false };
  const tried = new Set<string>();
  const rng = rngFor(SEED, "origins");
  const plane: Plane = new Plane({
    seed: SEED,
    document,
    colos: { FRA: 2 },
    regions: PROBERS,
    fetch: async (request, from) => {
      const { hostname, pathname } = new URL(request.url);
      if (pathname !== "/healthz") tried.add(hostname);
      await plane.kernel.timers({ alive: true }).wait(20 + 20 * rng());
      const isReached = hostname === GHOST || !(trouble.isDown || trouble.cutOff.has(from));
      if (!isReached) throw new TypeError("connection timed out");
      return new Response(hostname);
    },
  });
  const kept = new KeptZone(plane, { document, seed: SEED });
  await plane.publish();
  await plane.kernel.run(MINUTE);
  await kept.begin();
  await plane.load(2, 5 * MINUTE, rngFor(SEED, "before"));
  return { plane, kept, trouble, tried };
}

const eventsOf = async (plane: Plane) =>
  (
    await Promise.all(
      [...plane.regions.values()].map((host) => host.call((region) => region.events(0))),
    )
  ).flat();

describe("O12: being cut off is not being down", () => {
  let running: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    running = await start(documentWith());
  });
  afterAll(() => {
    running.plane.close();
    running.kept.ledger.close();
  });

  test.each([
    ["six of six regions are", PROBERS],
    ["one of six is", ["weur"]],
  ] as const)(
    "when %s cut off nothing moves, and the region says that it is blind",
    async (what, regions) => {
      const { plane, kept, trouble } = running;
      const [values, writes] = [kept.values(), kept.zone.writes];
      const sinceMs = plane.kernel.nowMs;
      // All inside 30 s, each at a time of its own.
      for (const [at, region] of regions.entries()) {
        plane.kernel.schedule(5_000 * at, () => trouble.cutOff.add(region));
      }
      const visits = await plane.load(2, 10 * MINUTE, rngFor(SEED, what));
      const events = (await eventsOf(plane)).filter((event) => event.at >= sinceMs);
      const blind = events.filter(({ detail }) => detail.startsWith("blind"));
      const down = events.filter(({ detail }) => detail.startsWith("unhealthy"));
      trouble.cutOff.clear();
      await plane.kernel.run(MINUTE);
      const success = shareOf(visits, ({ status }) => status === 200);
      tell(`O12 ${what} cut off`, SEED, {
        dnsWrites: kept.zone.writes - writes,
        blind: blind.length,
        down: down.length,
        success,
        firstS: ((blind[0]?.at ?? 0) - sinceMs) / 1_000,
      });
      expect(kept.zone.writes - writes).toBe(0);
      expect(kept.values()).toEqual(values);
      expect(new Set(blind.map(({ source }) => source))).toEqual(new Set(regions));
      expect(down).toEqual([]);
      expect(success).toBe(1);
    },
  );

  test("when really everything is down requests go to the full set, and DNS stays as it was", async () => {
    const { plane, kept, trouble, tried } = running;
    const [values, writes] = [kept.values(), kept.zone.writes];
    trouble.isDown = true;
    await plane.load(5, 3 * MINUTE, rngFor(SEED, "to the full set"));
    tried.clear();
    await plane.load(5, 5 * MINUTE, rngFor(SEED, "full set"));
    const first = Array.from({ length: PER_POOL }, (_, at) => addressOf(0, at));
    const served = first.filter((address) => tried.has(address)).length;
    trouble.isDown = false;
    await plane.load(5, 2 * MINUTE, rngFor(SEED, "back"));
    const back = await plane.load(5, MINUTE, rngFor(SEED, "after"));
    const success = shareOf(back, ({ status }) => status === 200);
    tell("O12 everything down", SEED, {
      tried: tried.size,
      ofFirstPool: served,
      dnsWrites: kept.zone.writes - writes,
      success,
    });
    expect(served).toBe(PER_POOL);
    expect(kept.zone.writes - writes).toBe(0);
    expect(kept.values()).toEqual(values);
    expect(success).toBe(1);
  });
});

describe("without its guard: an endpoint that every prober always reaches, so that none believes to be blind", () => {
  test("six cut-off regions call sixty sound endpoints down", async () => {
    const ghost = { monitor: "web", origins: [{ name: "ghost", address: GHOST }] };
    const { plane, kept, trouble } = await start(documentWith({ ghost }));
    const sinceMs = plane.kernel.nowMs;
    for (const region of PROBERS) trouble.cutOff.add(region);
    await plane.kernel.run(10 * MINUTE);
    const down = (await eventsOf(plane)).filter(
      ({ at, detail }) => at >= sinceMs && detail.startsWith("unhealthy"),
    );
    tell("O12 without", SEED, { down: down.length, told: (await kept.told()).at(-1) });
    plane.close();
    kept.ledger.close();
    expect(down.length).toBe(PROBERS.length * POOLS.length * PER_POOL);
  });
});
