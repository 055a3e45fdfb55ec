import { expect, test } from "vitest";
import { Config } from "../../../durable-objects/config/config.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import type { DirectoryObject, RegionObject } from "../../../workers/ports.ts";
import { ObjectWorld } from "../../helpers/object-ports.ts";

const by = { actor: "ann", note: "why" };
const SETTING = { account: "acme", addresses: anyAddresses };
const KEYS = ["A", "B", "C", "D"].map((letter) => letter.repeat(43)) as [
  string,
  string,
  string,
  string,
];

const documentOf = (...hosts: readonly string[]) => ({
  pools: { p: { origins: [{ name: "o", address: "a.example.net" }] } },
  load_balancers: Object.fromEntries(
    hosts.map((host) => [host, { default_pools: ["p"], fallback_pool: "p" }]),
  ),
  http_routes: [{ metadata: { name: "r" }, spec: { hostnames: ["*.example"] } }].map((route) => ({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    ...route,
  })),
});

function store() {
  let isDirectoryUp = true;
  const directory: Partial<DirectoryObject> = {
    claim: async () => {
      if (!isDirectoryUp) throw new Error("the directory is away");
      return { ok: true, value: null };
    },
    release: async () => {},
  };
  const region = () =>
    ({ push: async ({ version }) => ({ version }) }) as Partial<RegionObject> as RegionObject;
  const world = new ObjectWorld({
    objects: { region, directory: () => directory as DirectoryObject },
  });
  const instance = { config: new Config(world.ports(), SETTING) };
  const settled = async <T>(answer: Promise<T>): Promise<T> => {
    answer.catch(() => {});
    await world.kernel.run(10);
    return await answer;
  };
  return {
    settled,
    config: () => instance.config,
    reload: () => {
      instance.config = new Config(world.ports(), SETTING);
    },
    loseDirectory: () => {
      isDirectoryUp = false;
    },
    keys: async () => {
      const snapshot = await settled(instance.config.snapshot("a.example"));
      return (JSON.parse(snapshot?.manifest.text ?? "{}") as { explain_keys?: unknown })
        .explain_keys;
    },
  };
}

test("before the first version there is no snapshot, and no key to tell edges of", async () => {
  const { config, settled } = store();
  expect(await settled(config().snapshot("a.example"))).toBeNull();
  expect(await settled(config().trust(KEYS[0], by))).toBeNull();
});

test("the snapshot of a host is its own parts and nothing of any other", async () => {
  const { config, settled } = store();
  await settled(config().propose({ ...by, document: documentOf("a.example", "b.test") }));
  const parts = async (host: string) =>
    Object.keys((await settled(config().snapshot(host)))?.parts ?? {});
  expect(await parts("a.example")).toEqual(["a.example", "*.example", "*.example#0"]);
  expect(await parts("b.test")).toEqual(["b.test"]);
  expect(await parts("c.test")).toEqual([]);
  expect(await parts("constructor")).toEqual([]);
});

test("a new key is a version of its own with the same content, audited; a known one is none", async () => {
  const { config, settled, keys } = store();
  await settled(config().propose({ ...by, document: documentOf("a.example") }));
  const before = await settled(config().current());
  expect(await settled(config().trust(KEYS[0], by))).toEqual({ version: 2 });
  expect(await settled(config().trust(KEYS[0], by))).toEqual({ version: 2 });
  expect(await keys()).toEqual([KEYS[0]]);
  const after = await settled(config().current());
  expect(after).toMatchObject({ version: 2, document: before?.document });
  const rows = await settled(config().audit(0));
  expect(rows.map(({ action, actor }) => [action, actor])).toEqual([
    ["propose", "ann"],
    ["trust", "ann"],
  ]);
});

test("keys outlive a new instance, a proposal and a restore of a version that had none", async () => {
  const { config, settled, keys, reload } = store();
  await settled(config().propose({ ...by, document: documentOf("a.example") }));
  await settled(config().trust(KEYS[0], by));
  reload();
  expect(await keys()).toEqual([KEYS[0]]);
  await settled(config().propose({ ...by, document: documentOf("a.example", "b.test") }));
  expect(await keys()).toEqual([KEYS[0]]);
  await settled(config().restore(1, by));
  expect(await keys()).toEqual([KEYS[0]]);
});

test("of the keys the newest three are kept", async () => {
  const { config, settled, keys } = store();
  await settled(config().propose({ ...by, document: documentOf("a.example") }));
  for (const key of KEYS) await settled(config().trust(key, by));
  expect(await keys()).toEqual([KEYS[3], KEYS[2], KEYS[1]]);
});

test("a key needs no directory, because no hostname changes", async () => {
  const { config, settled, loseDirectory } = store();
  await settled(config().propose({ ...by, document: documentOf("a.example") }));
  loseDirectory();
  expect(await settled(config().trust(KEYS[0], by))).toEqual({ version: 2 });
});

test.each(["", "A".repeat(42), `${"A".repeat(42)}=`, 7])("%j is no key", async (key) => {
  const { config, settled } = store();
  await expect(settled(config().trust(key as string, by))).rejects.toThrow("key must be");
});
