import { expect, test } from "vitest";
import { Region } from "../../../../durable-objects/region/region.ts";
import type { ProbeTarget, Push } from "../../../../routing/exchange.ts";
import { PROBE_SLOTS, SCHEMA } from "../../../../routing/limits.ts";
import { REGIONS, type Region as RegionName } from "../../../../routing/names.ts";
import { seal } from "../../../../routing/snapshot.ts";
import { anyAddresses } from "../../../../routing/table/address.ts";
import type { Colo, EndpointId, TableVersion } from "../../../../routing/units.ts";
import { ObjectWorld } from "../../../helpers/object-ports.ts";
import { monitorOf, reportOf } from "../messages.ts";

const INTERVAL_SECONDS = 60;
const LIVING = 80;
const DEAD = 40;

function pushOf(names: readonly string[], interval = INTERVAL_SECONDS, timeout = 5): Push {
  const at = { schema: SCHEMA, account: "acme", version: 1 as TableVersion };
  const targets = names.map((name): ProbeTarget => {
    const monitor = monitorOf({ type: "https", interval, timeout, consecutive_down: 2 });
    const place = { address: `${name}.example.net`, port: 443, scheme: "https" as const };
    return { endpoint: name as EndpointId, pool: "pool", name, ...place, monitor };
  });
  return { ...at, manifest: seal({ ...at, hosts: {} }), shards: {}, targets };
}

/** A region on virtual time whose endpoints answer in 100 ms, or never; how many probes each got, and how many were open at once. */
function worldOf(region: RegionName, isHole: (name: string) => boolean) {
  const asked = new Map<string, number[]>();
  let [open, openMax, openHoles, openHolesMax] = [0, 0, 0, 0];
  // A request that nobody holds may be collected, and its signal with it: it would never be closed.
  const requests = new Set<Request>();
  const world = new ObjectWorld({
    fetch: (request) => {
      requests.add(request);
      const name = new URL(request.url).hostname.split(".")[0] ?? "";
      asked.set(name, [...(asked.get(name) ?? []), world.kernel.nowMs]);
      const hole = isHole(name);
      open += 1;
      openHoles += hole ? 1 : 0;
      [openMax, openHolesMax] = [Math.max(openMax, open), Math.max(openHolesMax, openHoles)];
      const closed = () => {
        requests.delete(request);
        open -= 1;
        openHoles -= hole ? 1 : 0;
      };
      return new Promise((resolve, reject) => {
        request.signal.addEventListener("abort", () => {
          closed();
          reject(request.signal.reason);
        });
        if (hole) return;
        world.kernel.schedule(100, () => {
          closed();
          resolve(new Response(""));
        });
      });
    },
  });
  const object = new Region(world.ports(), { region, addresses: anyAddresses });
  const run = (ms: number) => world.run(ms, () => object.alarm());
  const forget = () => {
    asked.clear();
    [openMax, openHolesMax] = [open, openHoles];
  };
  return { world, object, run, asked, forget, most: () => ({ openMax, openHolesMax }) };
}

const living = Array.from({ length: LIVING }, (_, index) => `alive${index}`);
const dead = Array.from({ length: DEAD }, (_, index) => `hole${index}`);
const minutes = (count: number) => count * 60_000;

test("while a third of 120 are black holes, the living are probed every interval, and the holes hold one slot", async () => {
  const { object, run, asked, forget, most } = worldOf("weur", (name) => name.startsWith("hole"));
  await object.push(pushOf([...living, ...dead]));
  await run(minutes(10));
  expect(most().openMax).toBe(PROBE_SLOTS);
  const { health } = await object.status();
  for (const name of dead) expect(health[name as EndpointId]).toMatchObject({ healthy: false });
  for (const name of living) expect(health[name as EndpointId]).toMatchObject({ healthy: true });
  forget();
  await run(minutes(20));
  expect(most()).toEqual({ openMax: PROBE_SLOTS, openHolesMax: 1 });
  for (const name of living) {
    const times = asked.get(name) ?? [];
    expect(Math.abs(times.length - 20)).toBeLessThanOrEqual(1);
  }
  // Forty of five seconds each take 200 s of the one slot, and nobody is left out.
  for (const name of dead) expect(asked.get(name)?.length ?? 0).toBeGreaterThanOrEqual(5);
});

test("an endpoint that is back is noticed within an interval, while the dead fit their slot", async () => {
  let isDown = true;
  const few = [...living.slice(0, 10), "hole"];
  const { object, run, asked, world } = worldOf("weur", (name) => name === "hole" && isDown);
  await object.push(pushOf(few, 5, 2));
  await run(minutes(10));
  expect((await object.status()).health["hole" as EndpointId]).toMatchObject({ healthy: false });
  isDown = false;
  const backMs = world.kernel.nowMs;
  await run(2 * 5_000);
  const heardMs = (asked.get("hole") ?? []).find((atMs) => atMs > backMs) ?? Number.NaN;
  expect(heardMs - backMs).toBeLessThanOrEqual(1.1 * 5_000);
  expect((await object.status()).health["hole" as EndpointId]).toMatchObject({ healthy: true });
});

test("among many dead, one that returns is probed by its interval again from its first good probe on", async () => {
  const down = new Set(dead);
  const { object, run, asked } = worldOf("weur", (name) => down.has(name));
  await object.push(pushOf([...living.slice(0, 10), ...dead]));
  await run(minutes(20));
  down.delete("hole7");
  await run(minutes(5));
  expect((await object.status()).health["hole7" as EndpointId]).toMatchObject({ healthy: true });
  asked.clear();
  await run(minutes(10));
  expect(Math.abs((asked.get("hole7") ?? []).length - 10)).toBeLessThanOrEqual(1);
});

test("with black holes in line, a prober that sees nothing keeps every verdict and says so", async () => {
  let isCut = false;
  const { object, run } = worldOf("weur", (name) => isCut || name.startsWith("hole"));
  await object.push(pushOf([...living, ...dead]));
  await run(minutes(10));
  isCut = true;
  await run(minutes(6));
  expect(await object.status()).toMatchObject({ blind: true });
  isCut = false;
  await run(minutes(4));
  const { health, blind } = await object.status();
  expect(blind).toBe(false);
  for (const name of living) {
    expect(health[name as EndpointId]).toMatchObject({ healthy: true, changedAtMs: 0 });
  }
});

/** Probes of one endpoint in ten minutes, from all regions, while so many colos report. */
async function seenWith(colos: number): Promise<readonly number[]> {
  const times = await Promise.all(
    REGIONS.map(async (region, at) => {
      const { object, run, asked } = worldOf(region, () => false);
      await object.push(pushOf(["one"], 15));
      const reporting = Math.floor((colos + REGIONS.length - 1 - at) / REGIONS.length);
      for (let second = 0; second < 600; second += 10) {
        for (let colo = 0; colo < reporting; colo++) {
          const name = { colo: `C${colo}` as Colo };
          await object.exchange(reportOf(`isolate${colo}`, second, name));
        }
        await run(10_000);
      }
      return asked.get("one") ?? [];
    }),
  );
  return times.flat().sort((a, b) => a - b);
}

test("an origin hears from the regions alone: 1, 13 or 300 colos that report make no difference", async () => {
  const [one = [], few = [], many = []] = await Promise.all([1, 13, 300].map(seenWith));
  const perMinute = (times: readonly number[]) => times.length / 10;
  // Eight regions, four times a minute each.
  for (const times of [one, few, many]) {
    expect(Math.abs(perMinute(times) - 32)).toBeLessThanOrEqual(1);
  }
  expect(many.length).toBe(one.length);
  // Once each has found its place, no two knock at once.
  const settled = many.filter((atMs) => atMs > (many[0] ?? 0) + 30_000);
  const gaps = settled.slice(1).map((atMs, index) => atMs - (settled[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(15_000 / 20);
});
