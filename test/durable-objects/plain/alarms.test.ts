import { beforeAll, expect, test, vi } from "vitest";
import { Config } from "../../../durable-objects/config/config.ts";
import { HostnameDirectory } from "../../../durable-objects/directory/directory.ts";
import { Region } from "../../../durable-objects/region/region.ts";
import type { ProbeTarget, Push } from "../../../routing/exchange.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import { REGIONS } from "../../../routing/names.ts";
import { seal } from "../../../routing/snapshot.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import type { EndpointId, TableVersion } from "../../../routing/units.ts";
import type { RegionObject } from "../../../workers/ports.ts";
import { ObjectWorld, type WorldParts } from "../../helpers/object-ports.ts";
import { openDatabase } from "../../helpers/sqlite.ts";
import { monitorOf } from "./messages.ts";

function pushOf(names: readonly string[]): Push {
  const at = { schema: SCHEMA, account: "acme", version: 1 as TableVersion };
  const targets = names.map(
    (name): ProbeTarget => ({
      endpoint: name as EndpointId,
      pool: "pool",
      name,
      address: `${name}.example.net`,
      port: 80,
      scheme: "http",
      monitor: monitorOf({ interval: 2, timeout: 10 }),
    }),
  );
  return { ...at, manifest: seal({ ...at, hosts: {} }), shards: {}, targets };
}

async function regionWith(names: readonly string[], fetch: NonNullable<WorldParts["fetch"]>) {
  const world = new ObjectWorld({ fetch });
  const region = new Region(world.ports(), { region: "weur", addresses: anyAddresses });
  await region.push(pushOf(names));
  return { world, region };
}

beforeAll(() => {
  // An instance that was made to end complains until it notices.
  vi.spyOn(console, "error").mockImplementation(() => {});
});

const never = () => new Promise<never>(() => {});

test("the next alarm is set before the first probe is sent", async () => {
  const armed: boolean[] = [];
  const { world, region } = await regionWith(["a", "b"], async () => {
    armed.push(world.alarmAtMs !== null && world.alarmAtMs > world.kernel.nowMs);
    return new Response("");
  });
  await world.run(3_500, () => region.alarm());
  expect(armed.length).toBeGreaterThanOrEqual(4);
  expect(armed).not.toContain(false);
});

test("a probe in flight is not started again by the alarms that ring meanwhile, and ends by its own timeout", async () => {
  let asked = 0;
  const { world, region } = await regionWith(["hangs"], () => {
    asked += 1;
    return never();
  });
  await world.run(9_000, () => region.alarm());
  expect(asked).toBe(1);
  expect((await region.status()).health).toEqual({});
  await world.run(6_000, () => region.alarm());
  expect(asked).toBe(2);
  expect((await region.status()).health["hangs" as EndpointId]?.reason).toBe("timeout");
});

test("two alarms at once probe each endpoint once", async () => {
  const asked: string[] = [];
  const { world, region } = await regionWith(["a", "b"], async (request) => {
    asked.push(new URL(request.url).hostname);
    return new Response("");
  });
  await world.kernel.run(1_500);
  await Promise.all([region.alarm(), region.alarm()]);
  expect(asked.toSorted()).toEqual(["a.example.net", "b.example.net"]);
});

test("a living endpoint is probed on time while another hangs", async () => {
  let living = 0;
  const { world, region } = await regionWith(["hangs", "lives"], async (request) => {
    if (request.url.includes("hangs")) return never();
    living += 1;
    return new Response("");
  });
  await world.run(10_500, () => region.alarm());
  expect(living).toBe(5);
});

test("a change is brought out by alarm alone when its instance ends right after the commit", async () => {
  const directory = new HostnameDirectory({ sql: openDatabase() });
  const held = new Map<string, number>();
  let answering = false;
  const region = (name: string) =>
    ({
      push: async ({ version }) => {
        if (!answering) return never();
        held.set(name, version);
        return { version };
      },
    }) as Partial<RegionObject> as RegionObject;
  const world = new ObjectWorld({ objects: { region, directory: () => directory } });
  const setting = { account: "acme", addresses: anyAddresses };
  const store = new Config(world.ports(), setting);
  const document = {
    pools: { p: { origins: [{ name: "o", address: "a.example.net" }] } },
    load_balancers: { "a.example.com": { default_pools: ["p"], fallback_pool: "p" } },
  };
  expect((await store.propose({ document, actor: "ann", note: "" })).ok).toBe(true);
  world.end();
  answering = true;
  let next: Config | null = null;
  await world.run(20_000, async () => {
    next ??= new Config(world.ports(), setting);
    await next.alarm();
  });
  expect([...held.values()]).toEqual(REGIONS.map(() => 1));
});
