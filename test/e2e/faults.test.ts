import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { SpawnedPlanet } from "../../local/spawn.ts";
import { runCommand } from "./command.ts";
import { startPlanet } from "./planet.ts";

const HOST = "demo.tradewind.test";
let planet: SpawnedPlanet;

beforeAll(async () => {
  planet = await startPlanet({ demo: true });
});
afterAll(() => planet?.stop());
afterEach(() => planet.fault("heal"));

interface RegionRow {
  readonly region: string;
  readonly reachable: boolean;
  readonly blind?: boolean;
  readonly last_round_at?: string;
}
const region = async (name: string): Promise<RegionRow | undefined> => {
  const { regions } = JSON.parse((await planet.api("/v1/regions")).text) as {
    regions: RegionRow[];
  };
  return regions.find((row) => row.region === name);
};
const lastRoundMs = async (name: string) => Date.parse((await region(name))?.last_round_at ?? "0");
const faults = async () => JSON.parse((await planet.api("/v1/faults")).text).faults;
const visit = async (colo: string) => (await planet.get(HOST, "/", { colo })).status;
/** Long enough to hold for a fault that takes seconds to heal on a busy machine. */
const SOON = { timeout: 15_000, interval: 100 };

const run = (...args: string[]) => runCommand("fault", planet, args);

describe("the command line", () => {
  test("injects, lists and heals on the running planet", async () => {
    expect(await run("list")).toEqual({ code: 0, out: "No fault is on.\n" });
    expect(await run("region", "weur", "stop")).toEqual({ code: 0, out: "region weur: stop\n" });
    expect(await faults()).toMatchObject([{ target: "region weur", mode: "stop" }]);
    expect(await run("kv", "empty")).toEqual({ code: 0, out: "region weur: stop\nkv: empty\n" });
    expect(await run("heal", "region", "weur")).toEqual({ code: 0, out: "kv: empty\n" });
    expect(await run("heal")).toEqual({ code: 0, out: "No fault is on.\n" });
  });

  test("refuses what does not exist, and says what does", async () => {
    const { code, out } = await run("region", "mars", "stop");
    expect(code).toBe(2);
    expect(out).toContain('unknown region "mars"; there are wnam');
    const unknown = await run("origin", "mars", "stop");
    expect(unknown.code).toBe(1);
    expect(unknown.out).toContain("gcp-europe-west3");
  });
});

describe("a region's object", () => {
  test("under stop refuses every call and probes nothing; healed, it is re-armed by the product", async () => {
    await expect.poll(() => lastRoundMs("weur"), SOON).toBeGreaterThan(0);
    await planet.fault("region", "weur", "stop");
    expect((await region("weur"))?.reachable).toBe(false);
    expect((await region("enam"))?.reachable).toBe(true);
    const healedAtMs = Date.now() + 2_500;
    // More than two intervals of the demo's monitor: an alarm that still worked would have run.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await planet.fault("heal");
    const lastMs = await lastRoundMs("weur");
    expect(lastMs).toBeLessThan(healedAtMs - 1_000);
    expect(await visit("FRA")).toBe(200);
    await expect.poll(() => lastRoundMs("weur"), SOON).toBeGreaterThan(healedAtMs);
  });

  test.each(["error", "hang"])("under %s is not reached, and goes on probing", async (mode) => {
    await planet.fault("region", "oc", mode);
    const fromMs = Date.now();
    expect((await region("oc"))?.reachable).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await planet.fault("heal");
    expect((await region("oc"))?.reachable).toBe(true);
    expect(await lastRoundMs("oc")).toBeGreaterThan(fromMs + 500);
  });

  test("under cut is not reached and sees nothing: healed, it says that it was blind and calls nobody down", async () => {
    await expect.poll(() => lastRoundMs("oc"), SOON).toBeGreaterThan(0);
    await planet.fault("region", "oc", "cut");
    expect((await region("oc"))?.reachable).toBe(false);
    expect((await region("enam"))?.reachable).toBe(true);
    expect(await visit("SYD")).toBe(200);
    // More than two intervals of the demo's monitor, each with the whole timeout.
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    await planet.fault("heal");
    expect((await region("oc"))?.reachable).toBe(true);
    expect(await visit("SYD")).toBe(200);
    await expect.poll(async () => (await region("oc"))?.blind, SOON).toBe(false);
    const { events } = JSON.parse((await planet.api("/v1/events")).text) as {
      events: { source: string; detail: string }[];
    };
    const told = events.filter(({ source }) => source === "oc").map(({ detail }) => detail);
    expect(told.filter((detail) => detail.startsWith("unhealthy"))).toEqual([]);
    expect(told).toContain("sees again");
  });

  test("under abort has lost its memory once and is back at the next call", async () => {
    await planet.fault("region", "eeur", "abort");
    expect(await faults()).toEqual([]);
    expect((await region("eeur"))?.reachable).toBe(true);
  });
});

describe("all probes blind", () => {
  test.each(["error", "hang"])(
    "under %s every region says so, and visitors are served",
    async (mode) => {
      await planet.fault("probes", mode);
      const blind = async () => (await region("weur"))?.blind;
      await expect.poll(blind, SOON).toBe(true);
      expect(await visit("FRA")).toBe(200);
      await planet.fault("heal");
      await expect.poll(blind, SOON).toBe(false);
    },
  );
});

describe("whatever fails, visitors are served", () => {
  test.each([
    ["all-objects", "stop"],
    ["all-objects", "hang"],
    ["kv", "error"],
    ["kv", "hang"],
    ["colo-cache", "error"],
    ["colo-cache", "hang"],
  ])("%s %s", async (target, mode) => {
    await planet.fault(target, mode);
    expect(await Promise.all(["FRA", "IAD", "SYD"].map(visit))).toEqual([200, 200, 200]);
  });

  test("all objects stopped and every isolate new, with an empty colo cache", async () => {
    await planet.fault("all-objects", "stop");
    await planet.fault("isolate", "all", "recycle");
    expect(await Promise.all(["FRA", "IAD", "SYD"].map(visit))).toEqual([200, 200, 200]);
  });

  test("an origin is killed, and serves again after heal", async () => {
    await planet.fault("origin", "azure-brazilsouth", "stop");
    expect(await faults()).toMatchObject([{ target: "origin azure-brazilsouth", mode: "stop" }]);
    expect(await visit("GRU")).toBe(200);
    await planet.fault("heal", "origin", "azure-brazilsouth");
    expect(await faults()).toEqual([]);
    const origin = async () => (await planet.get(HOST, "/", { colo: "GRU" })).headers["x-origin"];
    await expect.poll(origin, SOON).toBe("azure-brazilsouth");
  });
});

test("the edge under error serves nobody in any colo, while operators are; healed, it serves", async () => {
  await planet.fault("edge", "error");
  const health = async () => (await planet.get("any.test", "/.tw/healthz")).status;
  expect(await Promise.all([visit("FRA"), visit("SYD"), health()])).toEqual([503, 503, 503]);
  expect((await planet.api("/v1/config")).status).toBe(200);
  await planet.fault("heal", "edge");
  expect(await Promise.all([visit("FRA"), visit("SYD"), health()])).toEqual([200, 200, 200]);
});

describe("the operators' objects", () => {
  test.each([
    ["config", "/v1/config"],
    ["desk", "/v1/desk"],
  ])(
    "%s under stop is told as a failure of the API, and is back after heal",
    async (target, path) => {
      const before = (await planet.api(path)).text;
      await planet.fault(target, "stop");
      expect((await planet.api(path)).status).toBeGreaterThanOrEqual(500);
      await planet.fault("heal");
      const after = await planet.api(path);
      expect([after.status, after.text]).toEqual([200, before]);
    },
  );
});

test("the faults are the operators' affair: without the token nobody sets or sees them", async () => {
  const headers = { authorization: "Bearer wrong" };
  expect((await planet.api("/v1/faults", { headers })).status).toBe(401);
  const asked = { method: "POST", headers, body: '{"words":["kv","error"]}' };
  expect((await planet.api("/v1/faults", asked)).status).toBe(401);
  expect(await faults()).toEqual([]);
});
