/** A new isolate, a colo cache, KV, a baked asset and a region, each of them working, failing or hanging. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { manifestKey, shardKey } from "../../../routing/names.ts";
import { toStored } from "../../../routing/snapshot.ts";
import type { BakedSnapshot } from "../../../workers/ports.ts";
import { RawOrigin } from "../../origins/raw.ts";
import { TestEdge } from "./harness/edge.ts";
import { type Compiled, compile, endpointId } from "./harness/table.ts";
import { until } from "./harness/until.ts";
import { World } from "./harness/world.ts";

const HOST = "shop.example";
const old = new RawOrigin();
const current = new RawOrigin();
let world: World;
let edge: TestEdge | null = null;
let one: Compiled;
let two: Compiled;

beforeAll(async () => {
  await Promise.all([old.start(), current.start()]);
  old.answer = () => "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold";
  current.answer = () => "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew";
  one = compile(1, { [HOST]: { pools: [[old.port]] } });
  two = compile(2, { [HOST]: { pools: [[current.port]] } });
});
afterAll(() => Promise.all([old.stop(), current.stop()]));

beforeEach(async () => {
  world = await new World().start();
  world.modes.exchange = "fails";
});
afterEach(async () => {
  await edge?.stop();
  edge = null;
  await world.stop();
});

const bakedOf = ({ manifest, shards }: Compiled): BakedSnapshot => ({
  manifest,
  shards: Object.fromEntries(Object.values(shards).map((shard) => [shard.hash, shard])),
});

async function firstAnswer(baked: BakedSnapshot | null = null) {
  edge = await TestEdge.start(world, baked);
  return edge.ask(HOST);
}

const writeCache = (table: Compiled) => {
  world.cache.set(manifestKey("default"), toStored(table.manifest));
  for (const shard of Object.values(table.shards)) {
    world.cache.set(shardKey(shard.hash), toStored(shard));
  }
};
const damage = (entries: Map<string, string>) => {
  for (const [key, text] of entries) entries.set(key, text.replace("default", "defaulx"));
};

describe("a cold isolate reads", () => {
  test("the colo cache, while KV hangs", async () => {
    writeCache(two);
    world.modes.kv = "hangs";
    expect(await firstAnswer()).toMatchObject({ status: 200, text: "new" });
  });

  test.each(["fails", "hangs"] as const)("KV, while the colo cache %s", async (mode) => {
    world.writeKv(two);
    world.modes.cache = mode;
    expect(await firstAnswer()).toMatchObject({ status: 200, text: "new" });
  });

  test("KV when what the colo cache holds is damaged, and mends the colo cache", async () => {
    world.writeKv(two);
    writeCache(two);
    damage(world.cache);
    expect(await firstAnswer()).toMatchObject({ status: 200, text: "new" });
    await until(() => world.cache.get(manifestKey("default")) === toStored(two.manifest));
  });

  test.each(["fails", "hangs"] as const)("what was baked in, while both %s", async (mode) => {
    world.modes.cache = mode;
    world.modes.kv = mode;
    expect(await firstAnswer(bakedOf(one))).toMatchObject({ status: 200, text: "old" });
  });

  test("what was baked in when the rest is damaged", async () => {
    world.writeKv(two);
    writeCache(two);
    damage(world.kv);
    damage(world.cache);
    expect(await firstAnswer(bakedOf(one))).toMatchObject({ status: 200, text: "old" });
  });

  test("an older shard that was baked in, when the newest is nowhere to be had", async () => {
    world.kv.set(manifestKey("default"), toStored(two.manifest));
    expect(await firstAnswer(bakedOf(one))).toMatchObject({ status: 200, text: "old" });
  });

  test("a newer version from KV after an older one from the colo cache", async () => {
    writeCache(one);
    world.writeKv(two);
    await firstAnswer();
    await until(async () => (await edge?.ask(HOST))?.text === "new");
  });

  test("KV once more before it calls a host unknown", async () => {
    writeCache(compile(1, { "other.example": { pools: [[old.port]] } }));
    world.writeKv(two);
    expect((await firstAnswer()).status).toBe(200);
  });

  test("nothing: it says so, and serves as soon as the region answers", async () => {
    const empty = await firstAnswer();
    expect([empty.status, empty.headers["retry-after"]]).toEqual([503, "1"]);
    expect(JSON.parse(empty.text).title).toBe("no-snapshot");
    world.pushed = two;
    world.writeKv(two);
    world.modes.exchange = "works";
    await until(async () => (await edge?.ask(HOST))?.status === 200);
  });
});

test("a cold isolate knows health although every object is gone", async () => {
  const table = compile(1, { [HOST]: { pools: [[old.port], [current.port]] } });
  world.writeKv(table);
  const healthy = { healthy: false, changedAtMs: Date.now(), observedAtMs: Date.now() };
  const health = { [endpointId(old.port)]: { ...healthy, reason: "timeout" } };
  const view = { schema: 1, region: "enam", asOfMs: Date.now(), health, latencyMs: {} };
  world.kv.set("v1:view:enam", JSON.stringify(view));
  edge = await TestEdge.start(world);
  await until(async () => (await edge?.ask(HOST))?.text === "new");
});

describe("while every object", () => {
  test.each(["fails", "hangs"] as const)("%s, what is held serves on", async (mode) => {
    world.modes.exchange = "works";
    world.pushed = one;
    world.writeKv(one);
    expect((await firstAnswer()).status).toBe(200);
    world.modes.exchange = mode;
    world.modes.kv = mode;
    world.modes.cache = mode;
    for (let count = 0; count < 20; count += 1) {
      expect((await edge?.ask(HOST))?.status).toBe(200);
    }
  });
});

describe("the exchange", () => {
  beforeEach(() => {
    world.modes.exchange = "works";
    world.pushed = one;
    world.writeKv(one);
  });

  test("brings a new version and shares it with the colo", async () => {
    expect((await firstAnswer()).text).toBe("old");
    world.pushed = two;
    await until(async () => (await edge?.ask(HOST))?.text === "new");
    await until(() => world.cache.get(manifestKey("default")) === toStored(two.manifest));
  });

  test("brings a shard that was nowhere else to be had", async () => {
    world.kv.delete(shardKey(one.shards[HOST]?.hash ?? ""));
    expect((await firstAnswer()).status).toBe(503);
    await until(async () => (await edge?.ask(HOST))?.text === "old");
  });

  test("brings a verdict that moves the traffic", async () => {
    world.pushed = compile(2, { [HOST]: { pools: [[old.port], [current.port]] } });
    world.writeKv(world.pushed);
    expect((await firstAnswer()).text).toBe("old");
    const nowMs = Date.now();
    world.view = {
      health: {
        [endpointId(old.port)]: {
          healthy: false,
          changedAtMs: nowMs,
          observedAtMs: nowMs,
          reason: "timeout",
        },
      },
    };
    await until(async () => (await edge?.ask(HOST))?.text === "new");
  });

  test("keeps what it holds when a shard comes damaged", async () => {
    await firstAnswer();
    const [shard] = Object.values(two.shards);
    const broken = { hash: shard?.hash ?? "", text: shard?.text.replace("shop", "shoq") ?? "" };
    world.pushed = { manifest: two.manifest, shards: { [HOST]: broken } };
    const before = world.reports.length;
    await until(async () => {
      expect((await edge?.ask(HOST))?.text).toBe("old");
      return world.reports.length > before + 1;
    });
  });

  test("tells an answer that is lost again, and counts every request once", async () => {
    await firstAnswer();
    let asked = 1;
    await until(() => world.reports.length === 1);
    world.modes.exchange = "fails";
    await until(async () => {
      await edge?.ask(HOST);
      asked += 1;
      return world.refused > 0;
    });
    world.modes.exchange = "works";
    const counted = () =>
      world.reports.reduce((sum, { hosts }) => sum + (hosts[HOST]?.requests ?? 0), 0);
    await until(async () => {
      if (counted() >= asked) return true;
      await edge?.ask(HOST);
      asked += 1;
      return false;
    });
    expect(world.reports.map(({ sequence }) => sequence)).toEqual(
      world.reports.map((_, index) => index + 1),
    );
    expect(new Set(world.reports.map(({ isolate }) => isolate)).size).toBe(1);
  });

  test("stops a host that was taken away", async () => {
    await firstAnswer();
    world.pushed = compile(3, { "other.example": { pools: [[old.port]] } });
    world.writeKv(world.pushed);
    await until(async () => (await edge?.ask(HOST))?.status === 421);
  });
});
