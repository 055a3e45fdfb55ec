import { describe, expect, test } from "vitest";
import { Region } from "../../../../durable-objects/region/region.ts";
import type { Push, Report } from "../../../../routing/exchange.ts";
import { LOAD_BALANCERS_MAX, SCHEMA } from "../../../../routing/limits.ts";
import type { Manifest, Shard } from "../../../../routing/snapshot.ts";
import { seal } from "../../../../routing/snapshot.ts";
import { anyAddresses } from "../../../../routing/table/address.ts";
import type { EndpointId, PoolId, TableVersion } from "../../../../routing/units.ts";
import { ObjectWorld } from "../../../helpers/object-ports.ts";
import { reportOf } from "../messages.ts";

const ENDPOINT = "e".repeat(32) as EndpointId;

function regionOf(world = new ObjectWorld()) {
  return new Region(world.ports(), { region: "weur", addresses: anyAddresses });
}

/** Shards are opaque to a region, so any sealed text will do. */
function pushOf(version: number, texts: Readonly<Record<string, string>>): Push {
  const at = { schema: SCHEMA, account: "default", version: version as TableVersion };
  const sealed = Object.entries(texts).map(
    ([host, text]) => [host, seal({ host, text } as unknown as Shard)] as const,
  );
  const hosts = Object.fromEntries(sealed.map(([host, { hash }]) => [host, hash]));
  const manifest = seal({ ...at, hosts } satisfies Manifest);
  return { ...at, manifest, shards: Object.fromEntries(sealed), targets: [] };
}

const served = (attempts: number, latencyMs: number): Report["endpoints"] => ({
  [ENDPOINT]: {
    attempts,
    outcomes: { success: attempts, failure: 0, overload: 0, abandoned: 0 },
    latencyMs,
    inFlight: 2,
  },
});

const counted = (requests: number): Report["hosts"] => ({
  "a.example.com": {
    requests,
    statuses: { "2xx": requests },
    problems: {},
    retries: 0,
    pools: { p: requests },
  },
});

const spills = (to: number): NonNullable<Report["spills"]> => ({
  ["a".repeat(32) as PoolId]: { asked: 1, to: { ["b".repeat(32) as PoolId]: to } },
});

test("operators are told what each pool was asked and what it refused, by criticality", async () => {
  const region = regionOf();
  const pool = "a".repeat(32) as PoolId;
  const traffic = { asked: 9, refused: 4, answered: 5, answeredMs: 50 };
  const parted = { criticalAsked: 2, criticalRefused: 0, sheddableAsked: 3, sheddableRefused: 3 };
  await region.exchange(reportOf("new", 1, { pools: { [pool]: { ...traffic, ...parted } } }));
  await region.exchange(reportOf("old", 1, { pools: { [pool]: traffic } }));
  expect((await region.status()).pools).toEqual({
    [pool]: {
      asked: { critical: 2, default: 13, sheddable: 3 },
      refused: { critical: 0, default: 5, sheddable: 3 },
    },
  });
});

describe("what goes down", () => {
  test("a reporter gets the manifest and the shards it holds in another version, and only those", async () => {
    const region = regionOf();
    const [old, current] = [
      pushOf(1, { a: "1", b: "1", c: "1" }),
      pushOf(2, { a: "2", b: "1", c: "2" }),
    ];
    await region.push(old);
    await region.push(current);
    const hashOf = (push: Push, host: string) => push.shards[host]?.hash ?? "";
    const beat = await region.exchange(
      reportOf("isolate", 1, {
        manifest: old.manifest.hash,
        shards: { a: hashOf(old, "a"), b: hashOf(old, "b"), gone: "0" },
      }),
    );
    expect(beat.manifest).toEqual(current.manifest);
    expect(beat.shards).toEqual({ a: current.shards["a"] });
    const next = await region.exchange(
      reportOf("isolate", 2, {
        manifest: current.manifest.hash,
        shards: { a: hashOf(current, "a"), b: hashOf(current, "b"), c: "" },
      }),
    );
    expect(next.manifestHash).toBe(current.manifest.hash);
    expect(next.manifest).toBeUndefined();
    expect(next.shards).toEqual({ c: current.shards["c"] });
  });

  test("a table of more host keys and blocks than there are load balancers is held and handed on", async () => {
    const region = regionOf();
    const keys = Array.from({ length: LOAD_BALANCERS_MAX / 2 + 1 }, (_, at) => `h${at}.example`);
    const texts = keys.flatMap((key) => [key, `${key}#0`]).map((key) => [key, key] as const);
    const push = pushOf(1, Object.fromEntries(texts));
    await region.push(push);
    const shards = Object.fromEntries(texts.map(([key]) => [key, push.shards[key]?.hash ?? ""]));
    const lacks = { ...shards, "h7.example#0": "" };
    const beat = await region.exchange(reportOf("isolate", 1, { shards: lacks }));
    expect(Object.keys(beat.shards)).toEqual(["h7.example#0"]);
  });

  test("a push that is older or comes twice changes nothing, and is answered with the version held", async () => {
    const region = regionOf();
    await region.push(pushOf(2, { a: "2" }));
    expect(await region.push(pushOf(1, { a: "1" }))).toEqual({ version: 2 });
    expect(await region.push(pushOf(2, { a: "2" }))).toEqual({ version: 2 });
    expect((await region.events(0)).map(({ subject }) => subject)).toEqual(["version 2"]);
  });

  test("a push outlives the instance", async () => {
    const world = new ObjectWorld();
    const push = pushOf(3, { a: "é \u2028 😀".repeat(400_000) });
    await regionOf(world).push(push);
    const beat = await regionOf(world).exchange(reportOf("isolate", 1, { shards: { a: "" } }));
    expect(beat.manifest).toEqual(push.manifest);
    expect(beat.shards["a"]?.text === push.shards["a"]?.text).toBe(true);
  });

  test("a push whose text is not the one of its hash is refused", async () => {
    const region = regionOf();
    const push = pushOf(1, {});
    const broken = { ...push, manifest: { ...push.manifest, text: `${push.manifest.text} ` } };
    await expect(region.push(broken)).rejects.toThrow("the text of its hash");
    expect((await region.status()).version).toBeNull();
  });
});

describe("what comes up", () => {
  test("a report that comes twice is counted once", async () => {
    const region = regionOf();
    const report = reportOf("isolate", 1, { endpoints: served(10, 20), hosts: counted(10) });
    await region.exchange(report);
    await region.exchange(report);
    await region.exchange(reportOf("isolate", 2, { hosts: counted(5) }));
    await region.exchange(reportOf("another", 1, { hosts: counted(1) }));
    const status = await region.status();
    expect(status.hosts["FRA"]?.["a.example.com"]).toMatchObject({
      requests: 16,
      statuses: { "2xx": 16 },
      pools: { p: 16 },
    });
    expect(status.endpoints["FRA"]?.[ENDPOINT]).toMatchObject({ attempts: 10, latencyMs: 20 });
  });

  test("latency is shared within a colo, weighted by requests, and unknown to another colo", async () => {
    const region = regionOf();
    await region.exchange(reportOf("busy", 1, { endpoints: served(90, 10) }));
    const beat = await region.exchange(reportOf("idle", 1, { endpoints: served(10, 110) }));
    expect(beat.view.latencyMs[ENDPOINT]?.ms).toBeCloseTo(20);
    const elsewhere = await region.exchange(reportOf("far", 1, { colo: "GRU" }));
    expect(elsewhere.view.latencyMs).toEqual({});
  });

  test("an exchange writes nothing to storage", async () => {
    const world = new ObjectWorld();
    const region = regionOf(world);
    await region.exchange(reportOf("isolate", 1, { endpoints: served(1, 10) }));
    const { steps } = world;
    const kvPuts = world.kvCalls.length;
    for (let sequence = 2; sequence < 100; sequence++) {
      await region.exchange(reportOf("isolate", sequence, { endpoints: served(1, 10) }));
    }
    expect(world.steps - steps).toBe(0);
    expect(world.kvCalls.length).toBe(kvPuts);
  });

  test.each([
    ["another schema", { schema: SCHEMA + 1 }, "report.schema"],
    ["a name without end", { isolate: "x".repeat(65) }, "report.isolate"],
    ["a count that is no number", { sequence: Number.NaN }, "report.sequence"],
    ["a negative count", { hosts: counted(-1) }, "host.requests"],
    ["a full pool that gave nothing countable", { spills: spills(Number.NaN) }, "spill.to"],
    ["a wait that is no number", { waits: { p: [3, Number.NaN] } }, "waits"],
    ["more waits than there are steps", { waits: { p: new Array(162).fill(1) } }, "waits"],
    ["no endpoints", { endpoints: null as unknown as Report["endpoints"] }, "endpoints"],
  ])("a report with %s is refused whole", async (_what, wrong, argument) => {
    const region = regionOf();
    const report = { ...reportOf("isolate", 1), ...wrong };
    await expect(region.exchange(report)).rejects.toThrow(argument);
    expect((await region.status()).reporters).toEqual([]);
  });
});
