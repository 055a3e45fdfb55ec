import { expect, test } from "vitest";
import { Config } from "../../../durable-objects/config/config.ts";
import { HostnameDirectory } from "../../../durable-objects/directory/directory.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import type { RegionObject } from "../../../workers/ports.ts";
import { ObjectWorld } from "../../helpers/object-ports.ts";
import { openDatabase } from "../../helpers/sqlite.ts";

const by = { actor: "ann", note: "why" };
const SETTING = { account: "acme", addresses: anyAddresses };

const manifest = (name: string, hostnames: readonly string[], metadata: object = {}) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name, ...metadata },
  spec: { hostnames, rules: [{ backendRefs: [{ name: "p" }] }] },
});
const documentOf = (...http_routes: readonly object[]) => ({
  pools: { p: { origins: [{ name: "o", address: "a.example.net" }] } },
  load_balancers: {
    "lb.example": { default_pools: ["p"], fallback_pool: "p", rules: [{ name: "r" }] },
  },
  http_routes,
});

function store() {
  const claims = openDatabase();
  const directory = new HostnameDirectory({ sql: claims });
  const region = () =>
    ({ push: async ({ version }) => ({ version }) }) as Partial<RegionObject> as RegionObject;
  const world = new ObjectWorld({ objects: { region, directory: () => directory } });
  const instance = { config: new Config(world.ports(), SETTING) };
  /** Runs what an answer waits for. */
  const settled = async <T>(answer: Promise<T>): Promise<T> => {
    answer.catch(() => {});
    await world.kernel.run(10);
    return await answer;
  };
  const propose = (document: unknown) => settled(instance.config.propose({ ...by, document }));
  const routes = async () => {
    const { document } = (await settled(instance.config.current())) as {
      document: { http_routes: readonly { metadata: Readonly<Record<string, string>> }[] };
    };
    return document.http_routes.map(({ metadata }) => metadata);
  };
  const reload = () => {
    instance.config = new Config(world.ports(), SETTING);
  };
  const claimed = () =>
    claims.run("SELECT hostname FROM claims ORDER BY hostname").map(({ hostname }) => hostname);
  return { world, instance, settled, propose, routes, reload, claimed };
}

test("a route keeps its id and its age over changes, a new instance, a restore and an export", async () => {
  const { world, instance, settled, propose, routes, reload } = store();
  expect(await propose(documentOf(manifest("a", [])))).toMatchObject({ ok: true });
  const first = await routes();
  await world.kernel.run(5_000);
  expect(await propose(documentOf(manifest("a", ["a.example"]), manifest("b", [])))).toMatchObject({
    ok: true,
  });
  expect((await routes())[0]).toEqual(first[0]);
  expect(Date.parse((await routes())[1]?.["creationTimestamp"] ?? "")).toBeGreaterThan(
    Date.parse(first[0]?.["creationTimestamp"] ?? ""),
  );
  reload();
  expect(await propose(documentOf())).toMatchObject({ ok: true });
  expect(await settled(instance.config.restore(1, by))).toMatchObject({ ok: true });
  expect(await routes()).toEqual(first);
  const exported = (await settled(instance.config.current()))?.document;
  await world.kernel.run(5_000);
  expect(await propose(exported)).toMatchObject({ ok: true });
  expect(await routes()).toEqual(first);
});

test("the hostnames of load balancers and of routes are claimed, wildcards as they are written", async () => {
  const { world, propose, claimed } = store();
  await propose(documentOf(manifest("a", ["*.a.example", "LB.example", "b.example"])));
  expect(claimed()).toEqual(["*.a.example", "b.example", "lb.example"]);
  await propose(documentOf());
  await world.kernel.run(1_000);
  expect(claimed()).toEqual(["lb.example"]);
});

test("versions count routes", async () => {
  const { instance, settled, propose } = store();
  await propose(documentOf(manifest("a", []), manifest("b", [])));
  expect(await settled(instance.config.versions())).toMatchObject([
    { counts: { pools: 1, load_balancers: 1, http_routes: 2 } },
  ]);
});

test("what was stored before there were routes and rules is read as having none", async () => {
  const { world, instance, settled, propose, reload } = store();
  await propose(documentOf());
  const { database } = world;
  for (const { name, text } of database.run("SELECT name, text FROM documents")) {
    if (!String(name).startsWith("manifest:")) continue;
    const { http_routes: _, ...older } = JSON.parse(String(text)) as Record<string, unknown>;
    database.run("UPDATE documents SET text = ? WHERE name = ?", JSON.stringify(older), name ?? "");
  }
  for (const { hash, json } of database.run("SELECT hash, json FROM objects")) {
    const { rules: _, ...older } = JSON.parse(String(json)) as Record<string, unknown>;
    database.run("UPDATE objects SET json = ? WHERE hash = ?", JSON.stringify(older), hash ?? "");
  }
  reload();
  expect((await settled(instance.config.current()))?.document).toMatchObject({
    load_balancers: { "lb.example": { rules: [] } },
    http_routes: [],
  });
});
