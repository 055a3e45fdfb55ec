/**
 * O17, GitHub, 21 October 2018: 43 s without a connection moved the primaries to the other coast, where they could not be served from; after healing
 * both sides had writes of their own, and it took 24 hours to put them together.
 * Source: shared/outages.md 17, from summaries of the GitHub report.
 */
import { describe, expect, test } from "vitest";
import { advance, type Course, UNKNOWN_COURSE } from "../../routing/health/flaps.ts";
import { observe, UNPROBED, type Verdict } from "../../routing/health/flip.ts";
import { REGIONS } from "../../routing/names.ts";
import type { Provider } from "../../workers/central/dns/provider.ts";
import type { Kernel } from "../sim/kernel.ts";
import { rngFor } from "../sim/random.ts";
import { ModelZone } from "../workers/central/dns/model-zone.ts";
import { KeptZone, WWW, zoneOf } from "./kept-zone.ts";
import { HOST, Plane, shareOf, tell, type Visited } from "./plane.ts";

const SEED = 17;
const SECOND = 1_000;
const MINUTE = 60_000;
const PRIMARY = ["198.18.0.1", "198.18.0.2"];
const BACKUP = ["198.18.1.1", "198.18.1.2"];
/** Four probes in a row, ten seconds apart: down after 30 s at the earliest. */
const MONITOR = { interval: 10, timeout: 2, consecutive_down: 4, consecutive_up: 2 };

const documentWith = (failback: number) => ({
  monitors: { web: { type: "http", path: "/healthz", ...MONITOR } },
  pools: Object.fromEntries(
    [PRIMARY, BACKUP].map((addresses, pool) => [
      ["primary", "backup"][pool],
      {
        monitor: "web",
        origins: addresses.map((address, at) => ({ name: `o${pool}${at}`, address })),
      },
    ]),
  ),
  load_balancers: Object.fromEntries(
    [HOST, WWW].map((host) => [
      host,
      { default_pools: ["primary", "backup"], fallback_pool: "backup", steering_policy: "off" },
    ]),
  ),
  zones: zoneOf({ failback_hold_seconds: failback }),
});

interface Wave {
  readonly failback?: number;
  readonly provider?: (shipped: Provider, kernel: Kernel) => Provider;
  readonly zone?: ModelZone;
}

async function start({
  failback = 300,
  provider = (same) => same,
  zone = new ModelZone(),
}: Wave = {}) {
  const document = documentWith(failback);
  const link = { isCut: false };
  const rng = rngFor(SEED, "origins");
  const plane: Plane = new Plane({
    seed: SEED,
    document,
    colos: { FRA: 2, IAD: 2 },
    regions: REGIONS,
    fetch: async (request) => {
      const { hostname } = new URL(request.url);
      await plane.kernel.timers({ alive: true }).wait(20 + 20 * rng());
      if (link.isCut && PRIMARY.includes(hostname)) throw new TypeError("refused");
      return new Response(hostname);
    },
  });
  // Two keep the zone, each with a storage of its own, as an instance that does not know of its successor.
  const keepers = [1, 2].map((seed) => {
    const made = (shipped: Provider) => provider(shipped, plane.kernel);
    return new KeptZone(plane, { document, seed, zone, provider: made });
  });
  await plane.publish();
  await plane.kernel.run(MINUTE);
  for (const keeper of keepers) await keeper.begin();
  await plane.load(2, 5 * MINUTE, rngFor(SEED, "warm"));
  const moves: { atMs: number; to: string }[] = [];
  let leads = leadOf(zone);
  zone.watchers.push(() => {
    const now = leadOf(zone);
    if (now !== leads) moves.push({ atMs: plane.kernel.nowMs, to: now });
    leads = now;
  });
  const close = () => {
    plane.close();
    for (const keeper of keepers) keeper.ledger.close();
  };
  return { plane, zone, link, moves, keepers, close };
}

type Running = Awaited<ReturnType<typeof start>>;

const leadOf = ({ sets }: ModelZone): string => {
  const values = sets.get(`${WWW} A`)?.values ?? [];
  return values.some((value) => PRIMARY.includes(value))
    ? "primary"
    : values.length > 0
      ? "backup"
      : "nothing";
};

/** An hour of 43 s without the primary and 43 s with it. */
async function squareWave({ plane, link }: Running, perSecond = 0.5): Promise<readonly Visited[]> {
  for (let at = 0; at < 60 * MINUTE; at += 86 * SECOND) {
    plane.kernel.schedule(at, () => {
      link.isCut = true;
    });
    plane.kernel.schedule(at + 43 * SECOND, () => {
      link.isCut = false;
    });
  }
  return plane.load(perSecond, 60 * MINUTE, rngFor(SEED, "wave"));
}

const failovers = ({ moves }: Running): number => moves.filter(({ to }) => to === "backup").length;

/** How often most of a ten seconds' traffic went from the primary to the backup. */
function edgeFailovers(visits: readonly Visited[]): number {
  const tens = new Map<number, number[]>();
  for (const { atMs, body } of visits) {
    const ten = Math.floor(atMs / 10_000);
    tens.set(ten, [...(tens.get(ten) ?? []), BACKUP.includes(body) ? 1 : 0]);
  }
  const isAtBackup = [...tens.values()].map(
    (some) => some.reduce((sum, one) => sum + one, 0) > some.length / 2,
  );
  return isAtBackup.filter((one, at) => one && isAtBackup[at - 1] === false).length;
}

/** Writes that were made from the same stamp: two that both believed to be the one writer. */
function watched() {
  const stamps = new Map<string, number>();
  // On its way for 20 s, so that another may have written since the listing.
  const provider = (shipped: Provider, kernel: Kernel): Provider => ({
    ...shipped,
    write: async (batch, signal) => {
      await kernel.timers({ alive: true }).wait(20 * SECOND);
      const written = await shipped.write(batch, signal);
      if (written.ok) {
        const stamp = JSON.stringify("before" in batch.fence ? batch.fence.before : "none");
        stamps.set(stamp, (stamps.get(stamp) ?? 0) + 1);
      }
      return written;
    },
  });
  const twice = () => [...stamps.values()].filter((count) => count > 1).length;
  return { provider, twice, writes: () => [...stamps.values()].reduce((sum, one) => sum + one, 0) };
}

describe("O17: a cut that heals moves nobody", () => {
  test("cuts of 5 to 29 s cause no failover at the DNS layer, and requests are retried over them", async () => {
    const running = await start();
    const told: Record<string, unknown>[] = [];
    for (const seconds of [5, 15, 29, 31, 43, 60, 120]) {
      const before = failovers(running);
      const { plane, link } = running;
      link.isCut = true;
      plane.kernel.schedule(seconds * SECOND, () => {
        link.isCut = false;
      });
      const visits = await plane.load(2, 10 * MINUTE, rngFor(SEED, `cut ${seconds}`));
      const lost = visits.filter(({ status }) => status >= 500).length;
      told.push({ seconds, dns: failovers(running) - before, edge: edgeFailovers(visits), lost });
    }
    running.close();
    tell("O17 cuts", SEED, { told });
    for (const { seconds, dns, lost } of told) {
      if (Number(seconds) < 30) expect(dns, `${seconds} s`).toBe(0);
      expect(lost, `${seconds} s`).toBe(0);
    }
  });

  test("a square wave of 43 s for an hour causes at most two failovers, and no two writers from one stamp", async () => {
    const { provider, twice, writes } = watched();
    const running = await start({ provider });
    const visits = await squareWave(running, 8);
    running.close();
    const success = shareOf(visits, ({ status }) => status < 500);
    tell("O17 square wave", SEED, {
      dns: failovers(running),
      edge: edgeFailovers(visits),
      success,
      writes: writes(),
      twice: twice(),
    });
    expect(failovers(running)).toBeLessThanOrEqual(2);
    expect(twice()).toBe(0);
    // A budget of one retry in ten requests does not cover every wave of an hour.
    expect(success).toBeGreaterThanOrEqual(0.99);
  });
});

describe("without its guard", () => {
  test("no hold before coming back at DNS: that regions hold down what comes and goes is left, and enough", async () => {
    const running = await start({ failback: 0 });
    await squareWave(running);
    running.close();
    tell("O17 without DNS' hold", SEED, { dns: failovers(running) });
    expect(failovers(running)).toBeLessThanOrEqual(2);
  });

  test("nor holding down: probes every 5 s call it down at every period of the hour", () => {
    const thresholds = { up: 2, down: 2 };
    let [falls, held] = [0, 0];
    let verdict: Verdict = UNPROBED;
    let course: Course = UNKNOWN_COURSE;
    for (let atMs = 0; atMs < 60 * MINUTE; atMs += 5_000) {
      const ok = Math.floor(atMs / 43_000) % 2 === 0;
      const seen = observe(verdict, ok, thresholds);
      const step = advance(course, ok, thresholds, atMs);
      if (seen.flipped && !ok) falls += 1;
      if (step.flipped && !ok) held += 1;
      [verdict, course] = [seen.verdict, step];
    }
    tell("O17 without holding down", SEED, { falls, held });
    expect(held).toBeLessThanOrEqual(2);
    expect(falls).toBeGreaterThan(30);
  });

  test("a provider that does not compare the stamp: two write from the same", async () => {
    const { provider, twice } = watched();
    const zone = new Overwriting();
    const running = await start({ provider, zone });
    await squareWave(running);
    running.close();
    tell("O17 without fence", SEED, { twice: twice() });
    expect(twice()).toBeGreaterThan(0);
  });
});

class Overwriting extends ModelZone {
  protected override mismatch(): string {
    return "";
  }
}
