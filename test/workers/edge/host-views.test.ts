import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Beat, RegionView } from "../../../routing/exchange.ts";
import { SCHEMA, VIEW_PUBLISH_MS } from "../../../routing/limits.ts";
import { manifestKey, shardKey, shardViewKey, viewKey } from "../../../routing/names.ts";
import { type Shard, seal, toStored } from "../../../routing/snapshot.ts";
import { restricted, scopeOf } from "../../../routing/view-scope.ts";
import { Snapshot } from "../../../workers/edge/snapshot.ts";
import { pool, shardOf } from "../../routing/steer/world.ts";
import { fakePorts } from "./harness/ports.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const REGION = "weur";
const NAMES = ["a", "b", "c", "d", "e", "f"] as const;
const hostOf = (name: string) => `${name}.example`;
/** The colo's key of a host of the first version. */
const slotOf = (name: string) => shardViewKey(REGION, FIRST.shards[hostOf(name)]?.hash ?? "");

/** Each host has a pool of its own. */
const poolOf = (name: string) => pool(name, [`${name}1`]);

function compiled(version: number, pools: Readonly<Record<string, readonly string[]>>) {
  const shards = Object.entries(pools).map(([name, of]) => {
    const shard: Shard = { ...shardOf(of.map(poolOf)), host: hostOf(name) };
    return [hostOf(name), seal(shard)] as const;
  });
  const hosts = Object.fromEntries(shards.map(([host, { hash }]) => [host, hash]));
  const manifest = seal({ schema: SCHEMA, account: "default", version, hosts } as never);
  return { manifest, shards: Object.fromEntries(shards) };
}

const FIRST = compiled(1, Object.fromEntries(NAMES.map((name) => [name, [name]])));

/** A whole view in which these endpoints are down and all others well. */
function whole(down: readonly string[], asOfMs = Date.now()): RegionView {
  const health = NAMES.map((name) => {
    const healthy = !down.includes(`${name}1`);
    return [`${name}1`, { healthy, changedAtMs: 0, observedAtMs: asOfMs, reason: "" }];
  });
  const latencyMs = Object.fromEntries(NAMES.map((name) => [`${name}1`, { ms: 9, atMs: asOfMs }]));
  return { schema: SCHEMA, region: REGION, asOfMs, health: Object.fromEntries(health), latencyMs };
}

function start(pools = Object.fromEntries(NAMES.map((name) => [name, [name]]))) {
  const fake = fakePorts();
  let viewReads = 0;
  const get = async (key: string) => {
    if (key === viewKey(REGION)) viewReads += 1;
    return fake.kv.get(key) ?? null;
  };
  const ports = { ...fake.ports, kv: { ...fake.ports.kv, get } };
  const snapshot = new Snapshot(ports, "default", { colo: "FRA", region: REGION });
  const write = ({ manifest, shards }: ReturnType<typeof compiled>) => {
    for (const shard of Object.values(shards)) fake.kv.set(shardKey(shard.hash), toStored(shard));
    fake.kv.set(manifestKey("default"), toStored(manifest));
  };
  write(compiled(1, pools));
  const settle = async <T>(work: Promise<T>): Promise<T> => {
    await vi.advanceTimersByTimeAsync(200);
    return work;
  };
  const beat = (view: RegionView) =>
    settle(
      snapshot.apply(
        { schema: SCHEMA, beatMs: 1_000, shards: {}, view } as unknown as Beat,
        () => {},
      ),
    );
  return {
    fake,
    snapshot,
    write,
    beat,
    find: (name: string) => settle(snapshot.find(hostOf(name), () => {})),
    /** What KV has for every colo. */
    publish: (view: RegionView) =>
      fake.kv.set(viewKey(REGION), JSON.stringify({ ...view, latencyMs: { FRA: view.latencyMs } })),
    shareWith: (name: string, view: RegionView) =>
      fake.cache.set(slotOf(name), JSON.stringify(restricted(view, scopeOf([poolOf(name)])))),
    isDown: (endpoint: string) => {
      const health = snapshot.held.view?.health as Record<string, { healthy: boolean }> | undefined;
      const known = health?.[endpoint];
      return known === undefined ? undefined : !known.healthy;
    },
    viewReads: () => viewReads,
  };
}

const scoped = (view: RegionView, ...names: readonly string[]) =>
  restricted(view, scopeOf(names.map(poolOf)));

/** An isolate that holds `a.example` and was told of it alone. */
async function holdingA(down: readonly string[] = []) {
  const world = start();
  world.publish(whole([]));
  await world.find("a");
  await vi.advanceTimersByTimeAsync(2_000);
  await world.beat(scoped(whole(down), "a"));
  return world;
}

describe("a host that is new between two beats", () => {
  test("is steered by what KV has of it, and the others by what the beat said", async () => {
    const world = await holdingA(["a1"]);
    expect([world.isDown("a1"), world.isDown("b1")]).toEqual([true, undefined]);
    world.publish(whole(["b1"], Date.now() - 20_000));
    await world.find("b");
    expect([world.isDown("a1"), world.isDown("b1"), world.isDown("c1")]).toEqual([
      true,
      true,
      undefined,
    ]);
    expect(Object.keys(world.snapshot.held.view?.latencyMs ?? {})).toEqual(["b1", "a1"]);
  });

  test("is steered by what its colo was told since, without a look at KV", async () => {
    const world = await holdingA();
    world.publish(whole([], Date.now() - 20_000));
    world.shareWith("b", whole(["b1"], Date.now() - 1_000));
    const reads = world.viewReads();
    await world.find("b");
    expect(world.isDown("b1")).toBe(true);
    expect(world.viewReads()).toBe(reads);
  });

  test("is not steered by what its colo was told long ago, when KV knows better", async () => {
    const world = await holdingA();
    world.shareWith("b", whole([], Date.now() - VIEW_PUBLISH_MS - 1_000));
    world.publish(whole(["b1"], Date.now() - 20_000));
    await world.find("b");
    expect(world.isDown("b1")).toBe(true);
  });

  test("stays known when a beat comes that was asked for before it was held, until one speaks of it", async () => {
    const world = await holdingA();
    world.publish(whole(["b1"]));
    await world.find("b");
    await world.beat(scoped(whole(["a1"]), "a"));
    expect([world.isDown("a1"), world.isDown("b1")]).toEqual([true, true]);
    await world.beat(scoped(whole([]), "a", "b"));
    expect([world.isDown("a1"), world.isDown("b1")]).toEqual([false, false]);
  });

  test("costs one look at KV, however many come in the same second", async () => {
    const world = await holdingA();
    world.publish(whole(["c1", "f1"], Date.now() - 20_000));
    const reads = world.viewReads();
    for (const name of NAMES.slice(1)) await world.find(name);
    expect(world.viewReads()).toBe(reads + 1);
    expect(["b1", "c1", "d1", "e1", "f1"].map(world.isDown)).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  test("needs neither where a host that is held has the same pools, or the region tells everything", async () => {
    const shared = start({ a: ["a"], b: ["a"], c: ["c"] });
    await shared.find("a");
    await shared.beat(scoped(whole(["a1"]), "a"));
    const reads = shared.viewReads();
    await shared.find("b");
    await shared.beat(whole(["a1", "c1"]));
    await shared.find("c");
    expect(shared.viewReads()).toBe(reads);
    expect(shared.isDown("c1")).toBe(true);
  });

  test("is told of although colo and KV have what is no view", async () => {
    const world = await holdingA(["a1"]);
    world.fake.cache.set(slotOf("b"), "null");
    world.fake.kv.set(viewKey(REGION), "{}");
    await world.find("b");
    expect([world.isDown("a1"), world.isDown("b1")]).toEqual([true, undefined]);
    await world.beat(scoped(whole(["b1"]), "a", "b"));
    expect(world.isDown("b1")).toBe(true);
  });
});

test("a version that is here before the region has it is not steered blind", async () => {
  const world = await holdingA();
  world.publish(whole(["c1"]));
  world.write(compiled(2, { a: ["a", "c"], new: ["a"] }));
  await vi.advanceTimersByTimeAsync(6_000);
  // A host that nobody knows here makes the isolate look into KV.
  await world.find("new");
  await world.beat(scoped(whole(["a1"]), "a"));
  expect([world.isDown("a1"), world.isDown("c1")]).toEqual([true, true]);
});

test("what the colo was told of a host in another version is not taken for this one", async () => {
  const world = await holdingA();
  world.shareWith("b", whole(["b1"], Date.now() - 1_000));
  world.publish(whole([], Date.now() - 20_000));
  world.write(compiled(2, { a: ["a"], b: ["b", "c"] }));
  await vi.advanceTimersByTimeAsync(6_000);
  // A host that nobody knows here makes the isolate look into KV, where the second version is.
  await world.find("new");
  await world.find("b");
  expect([world.isDown("b1"), world.isDown("c1")]).toEqual([false, false]);
});

describe("what a beat says", () => {
  test("is shared with the colo host by host, and never under the name of the whole", async () => {
    const world = start();
    for (const name of ["a", "b"]) await world.find(name);
    await world.beat(scoped(whole(["b1"]), "a", "b"));
    expect(world.fake.cache.has(viewKey(REGION))).toBe(false);
    const kept = JSON.parse(world.fake.cache.get(slotOf("b")) ?? "");
    expect(kept).toMatchObject({ scope: ["b"], health: { b1: { healthy: false } } });
    expect(Object.keys(kept.health)).toEqual(["b1"]);
    const other = start();
    for (const [key, text] of world.fake.cache) other.fake.cache.set(key, text);
    await other.find("b");
    expect(other.isDown("b1")).toBe(true);
  });

  test("is not shared of a host that it does not speak of", async () => {
    const world = await holdingA();
    world.shareWith("b", whole(["b1"]));
    await world.find("b");
    await world.beat(scoped(whole(["a1"]), "a"));
    const kept = world.fake.cache.get(slotOf("b")) ?? "";
    expect(JSON.parse(kept)).toMatchObject({ scope: ["b"], health: { b1: { healthy: false } } });
  });

  test("of many hosts is shared a few at a time, all in turn", async () => {
    const world = start();
    for (const name of NAMES) await world.find(name);
    const shared = () => NAMES.filter((name) => world.fake.cache.has(slotOf(name)));
    await world.beat(scoped(whole([]), ...NAMES));
    expect(shared()).toEqual(["a", "b", "c", "d"]);
    await world.beat(scoped(whole([]), ...NAMES));
    expect(shared()).toEqual([...NAMES]);
  });

  test("is taken over by an isolate that has slept, from its colo", async () => {
    const world = await holdingA();
    await vi.advanceTimersByTimeAsync(60_000);
    world.shareWith("a", whole(["a1"]));
    await world.snapshot.refresh(() => {}, hostOf("a"));
    expect(world.isDown("a1")).toBe(true);
  });
});
