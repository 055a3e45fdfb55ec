import { expect, test } from "vitest";
import { Config } from "../../../durable-objects/config/config.ts";
import { HostnameDirectory } from "../../../durable-objects/directory/directory.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import type { RegionObject } from "../../../workers/ports.ts";
import { ObjectWorld } from "../../helpers/object-ports.ts";
import { openDatabase } from "../../helpers/sqlite.ts";

const by = { actor: "ann", note: "why" };
const SETTING = { account: "acme", addresses: anyAddresses };
const MINUTE_MS = 60_000;

const documentOf = (enabled: boolean) => ({
  pools: { p: { origins: [{ name: "o", address: "a.example.net", enabled }] } },
  load_balancers: { "lb.example": { default_pools: ["p"], fallback_pool: "p" } },
});

test("since when an endpoint is disabled is kept over a new instance, and begins anew with a restore", async () => {
  const directory = new HostnameDirectory({ sql: openDatabase() });
  const region = () =>
    ({ push: async ({ version }) => ({ version }) }) as Partial<RegionObject> as RegionObject;
  const world = new ObjectWorld({ objects: { region, directory: () => directory } });
  let config = new Config(world.ports(), SETTING);
  const settled = async <T>(answer: Promise<T>): Promise<T> => {
    answer.catch(() => {});
    await world.kernel.run(10);
    return await answer;
  };
  const since = async () => {
    const { document } = (await settled(config.current())) as {
      document: { pools: { p: { origins: readonly { disabled_at?: string }[] } } };
    };
    const [origin] = document.pools.p.origins;
    return origin?.disabled_at === undefined ? undefined : Date.parse(origin.disabled_at);
  };
  const change = async (enabled: boolean) => {
    await world.kernel.run(MINUTE_MS);
    const document = documentOf(enabled);
    expect(await settled(config.propose({ ...by, document }))).toMatchObject({ ok: true });
    return since();
  };
  expect(await change(true)).toBeUndefined();
  const first = await change(false);
  expect(await change(false)).toBe(first);
  config = new Config(world.ports(), SETTING);
  expect(await since()).toBe(first);
  expect(await change(true)).toBeUndefined();
  await world.kernel.run(MINUTE_MS);
  expect(await settled(config.restore(2, by))).toMatchObject({ ok: true });
  expect((await since()) ?? 0).toBeGreaterThan((first ?? 0) + MINUTE_MS);
});
