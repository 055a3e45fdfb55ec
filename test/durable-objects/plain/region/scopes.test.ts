import { describe, expect, test } from "vitest";
import { Region } from "../../../../durable-objects/region/region.ts";
import type { ProbeTarget, Push, Report } from "../../../../routing/exchange.ts";
import { SCHEMA } from "../../../../routing/limits.ts";
import { seededRng } from "../../../../routing/rng.ts";
import { type Manifest, seal } from "../../../../routing/snapshot.ts";
import { anyAddresses } from "../../../../routing/table/address.ts";
import type { TableVersion } from "../../../../routing/units.ts";
import { restricted, scopeOf } from "../../../../routing/view-scope.ts";
import { ObjectWorld } from "../../../helpers/object-ports.ts";
import { anyHosts, anyPools, type Host } from "../../../routing/any-account.ts";
import { pool, poolId, shardOf } from "../../../routing/steer/world.ts";
import { monitorOf, reportOf } from "../messages.ts";

function pushOf(version: number, hosts: readonly Host[]): Push {
  const at = { schema: SCHEMA, account: "default", version: version as TableVersion };
  const sealed = hosts.map((host) => [host.host, seal(host)] as const);
  const names = sealed.map(([host, { hash }]) => [host, hash]);
  const manifest = seal({ ...at, hosts: Object.fromEntries(names) } satisfies Manifest);
  const pools = new Map(hosts.flatMap((host) => host.pools.map((one) => [one.id, one])));
  const targets = [...pools.values()].flatMap((one) =>
    one.origins.map((endpoint): ProbeTarget => {
      const { id, name, address, scheme } = endpoint;
      const monitor = monitorOf({ type: scheme });
      return { endpoint: id, pool: one.name, name, address, port: 443, scheme, monitor };
    }),
  );
  return { ...at, manifest, shards: Object.fromEntries(sealed), targets };
}

/** A region whose endpoints have been probed. */
async function probing(hosts: readonly Host[]) {
  const world = new ObjectWorld({
    fetch: async ({ url }) => new Response("", { status: url.includes("e1.") ? 500 : 200 }),
  });
  const open = () => new Region(world.ports(), { region: "weur", addresses: anyAddresses });
  const region = open();
  const push = pushOf(1, hosts);
  await region.push(push);
  await world.run(5_000, () => region.alarm());
  return { world, region, push, open };
}

const holding = (push: Push, hosts: readonly string[]): Report["shards"] =>
  Object.fromEntries(hosts.map((host) => [host, push.shards[host]?.hash ?? ""]));

let sequence = 0;
function asking(shards: Report["shards"], more: Partial<Report> = {}): Report {
  sequence += 1;
  return reportOf("isolate", sequence, { shards, scoped: true, ...more });
}

/** A report in which every endpoint has been used, and some pool gave requests away. */
function busy(hosts: readonly Host[], seed: number): Partial<Report> {
  const rng = seededRng(seed);
  const pools = hosts.flatMap((host) => host.pools);
  const used = pools.flatMap(({ origins }) => origins.map(({ id }) => id));
  const outcomes = { success: 3, failure: 0, overload: 0, abandoned: 0 };
  const endpoints = used.map((id) => [
    id,
    { attempts: 3, outcomes, latencyMs: 100 * rng(), inFlight: 0, utilization: rng() },
  ]);
  const to = Object.fromEntries(pools.slice(1).map(({ id }) => [id, 1]));
  const spills = { [pools[0]?.id ?? poolId("")]: { asked: 5, to } };
  return { endpoints: Object.fromEntries(endpoints), spills };
}

describe("a reporter that reads views of some pools", () => {
  test("is told of the pools of its hosts what the region tells others of them, for any account", async () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const rng = seededRng(seed);
      const hosts = anyHosts(anyPools(rng), rng);
      const { region, push } = await probing(hosts);
      await region.exchange(asking({}, busy(hosts, seed)));
      const held = hosts.filter(() => rng() < 0.6);
      const shards = holding(
        push,
        held.map(({ host }) => host),
      );
      const whole = await region.exchange(reportOf("old", 1, { shards }));
      const { view } = await region.exchange(asking(shards));
      expect(whole.view.scope).toBeUndefined();
      const expected = restricted(whole.view, scopeOf(held.flatMap(({ pools }) => pools)));
      expect(view, `seed ${seed}`).toEqual({ ...expected, scope: expect.anything() });
      expect(new Set(view.scope), `seed ${seed}`).toEqual(new Set(expected.scope));
      expect(Object.keys(whole.view.health).length).toBeGreaterThan(0);
    }
  });
});

describe("of a host whose shard is another than the region's", () => {
  const [a, b, c] = ["a", "b", "c"].map((name) => pool(name, [`${name}1`, `${name}2`]));
  const hostOf = (...pools: (typeof a)[]): Host => shardOf(pools as NonNullable<typeof a>[]);
  const others: Host = { ...hostOf(a, b, c), host: "others.example" };
  const host = "www.example";

  test("it is told of the pools of both, while the region remembers the older one", async () => {
    const { region, push } = await probing([hostOf(a), others]);
    const shards = holding(push, [host]);
    expect((await region.exchange(asking(shards))).view.scope).toEqual(["a"]);
    await region.push(pushOf(2, [hostOf(b), others]));
    const { view, ...beat } = await region.exchange(asking(shards));
    expect(new Set(view.scope)).toEqual(new Set(["a", "b"]));
    expect(Object.keys(view.health).sort()).toEqual(["a1", "a2", "b1", "b2"]);
    expect(Object.keys(beat.shards)).toEqual([host]);
  });

  test("it is told everything, when the region has never read that shard", async () => {
    const { region, push, open } = await probing([hostOf(a), others]);
    const newer = holding(pushOf(2, [hostOf(c), others]), [host]);
    const { view } = await region.exchange(asking(newer));
    expect(view.scope).toBeUndefined();
    expect(Object.keys(view.health).sort()).toEqual(["a1", "a2", "b1", "b2", "c1", "c2"]);
    // The one that the region has now is not read before somebody holds it, also in an instance that has just begun.
    await region.push(pushOf(2, [hostOf(b), others]));
    const old = await open().exchange(asking(holding(push, [host])));
    expect(old.view.scope).toBeUndefined();
    expect((await open().exchange(asking({ "gone.example": "0" }))).view.scope).toBeUndefined();
  });

  test("it is told of the region's, when it lacks that shard, and nothing of the blocks that name no pool", async () => {
    const { region } = await probing([hostOf(a), others]);
    const { view } = await region.exchange(asking({ [host]: "", [`${host}#0`]: "0" }));
    expect(view.scope).toEqual(["a"]);
    expect((await region.exchange(asking({}))).view).toMatchObject({ scope: [], health: {} });
  });

  test("an older shard that nobody asks for is forgotten after the second push", async () => {
    const { region, push } = await probing([hostOf(a), others]);
    const shards = holding(push, [host]);
    await region.exchange(asking(shards));
    await region.push(pushOf(2, [hostOf(b), others]));
    const scope = async () => (await region.exchange(asking(shards))).view.scope?.toSorted();
    expect(await scope()).toEqual(["a", "b"]);
    await region.push(pushOf(3, [hostOf(c), others]));
    expect(await scope()).toEqual(["a", "c"]);
    await region.push(pushOf(4, [hostOf(b), others]));
    await region.push(pushOf(5, [hostOf(c), others]));
    expect(await scope()).toBeUndefined();
  });
});
