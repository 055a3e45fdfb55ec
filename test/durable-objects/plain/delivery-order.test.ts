import { expect, test } from "vitest";
import { Config } from "../../../durable-objects/config/config.ts";
import { HostnameDirectory } from "../../../durable-objects/directory/directory.ts";
import { manifestKey, REGIONS } from "../../../routing/names.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import type { RegionObject } from "../../../workers/ports.ts";
import { ObjectWorld } from "../../helpers/object-ports.ts";
import { openDatabase } from "../../helpers/sqlite.ts";

const DOCUMENT = {
  pools: { p: { origins: [{ name: "o", address: "a.example.net" }] } },
  load_balancers: { "new.example": { default_pools: ["p"], fallback_pool: "p" } },
};

/** For every region that was told: whether KV had the manifest by then, and when it was told. */
async function told(kvDown: boolean) {
  const directory = new HostnameDirectory({ sql: openDatabase() });
  const pushes: { readonly inKv: boolean; readonly atMs: number }[] = [];
  const region = () =>
    ({
      push: async ({ version }) => {
        pushes.push({
          inKv: world.kv.has(manifestKey("acme")),
          atMs: world.kernel.nowMs - startMs,
        });
        return { version };
      },
    }) as Partial<RegionObject> as RegionObject;
  const world = new ObjectWorld({ objects: { region, directory: () => directory } });
  const startMs = world.kernel.nowMs;
  world.kvDown = kvDown;
  const config = new Config(world.ports(), { account: "acme", addresses: anyAddresses });
  const proposed = config.propose({ document: DOCUMENT, actor: "ann", note: "" });
  await world.run(10_000, () => config.alarm());
  expect(await proposed).toMatchObject({ ok: true });
  return pushes;
}

test("a region names a new host to its edges only when KV has it for them", async () => {
  const pushes = await told(false);
  expect(pushes.length).toBe(REGIONS.length);
  expect(pushes.every(({ inKv }) => inKv)).toBe(true);
});

test("a KV that is gone keeps no region from the new version for longer than its head start", async () => {
  const pushes = await told(true);
  expect(pushes.length).toBe(REGIONS.length);
  expect(Math.max(...pushes.map(({ atMs }) => atMs))).toBeLessThanOrEqual(1_500);
});
