import { expect, test } from "vitest";
import { Config } from "../../../durable-objects/config/config.ts";
import { HostnameDirectory } from "../../../durable-objects/directory/directory.ts";
import { endpointName } from "../../../routing/dns/desired.ts";
import type { Push } from "../../../routing/exchange.ts";
import {
  type AddressPolicy,
  anyAddresses,
  publicAddresses,
} from "../../../routing/table/address.ts";
import type { EndpointId } from "../../../routing/units.ts";
import type { RegionObject } from "../../../workers/ports.ts";
import { ObjectWorld } from "../../helpers/object-ports.ts";
import { openDatabase } from "../../helpers/sqlite.ts";

const by = { actor: "ann", note: "why" };
const ADDRESS = "93.184.215.14";
const KEEPS = { mode: "apply", endpoint_names: true };

const documentOf = (zone: object, address: string = ADDRESS) => ({
  monitors: { web: { type: "http" } },
  pools: { p: { monitor: "web", origins: [{ name: "o", address, port: 80 }] } },
  load_balancers: { "www.shop.example": { default_pools: ["p"], fallback_pool: "p" } },
  zones: {
    "shop.example": {
      ...{ provider: "powerdns", endpoint: "https://pdns.example.net", ...zone },
      ...{ credentials: { env: "TW_CRED_PDNS" }, edge: { name: "edge.example.net" } },
    },
  },
});

function store(addresses: AddressPolicy) {
  const directory = new HostnameDirectory({ sql: openDatabase() });
  const pushes: Push[] = [];
  const region = () =>
    ({
      push: async (push) => {
        pushes.push(push);
        return { version: push.version };
      },
    }) as Partial<RegionObject> as RegionObject;
  const world = new ObjectWorld({ objects: { region, directory: () => directory } });
  const instance = { config: new Config(world.ports(), { account: "acme", addresses }) };
  const settled = async <T>(answer: Promise<T>): Promise<T> => {
    answer.catch(() => {});
    await world.run(10_000, () => instance.config.alarm());
    return await answer;
  };
  return {
    ...{ world, pushes, settled, instance },
    propose: (document: unknown) => settled(instance.config.propose({ ...by, document })),
    reload: () => {
      instance.config = new Config(world.ports(), { account: "acme", addresses });
    },
  };
}

interface Document {
  readonly pools: {
    readonly p: { readonly origins: readonly { id: EndpointId; address: string }[] };
  };
}

async function endpointIn({ instance, settled }: ReturnType<typeof store>) {
  const { document } = (await settled(instance.config.current())) as { document: Document };
  const [endpoint] = document.pools.p.origins;
  if (endpoint === undefined) throw new Error("the document has its endpoint");
  return endpoint;
}

test("in production regions, KV and edges get the name, and the operator and DNS the address", async () => {
  const production = store(publicAddresses);
  const { world, pushes, settled, instance, propose } = production;
  expect(await propose(documentOf(KEEPS))).toMatchObject({ ok: true });
  const { id, address } = await endpointIn(production);
  expect(address).toBe(ADDRESS);
  const name = endpointName({ id }, "shop.example");
  expect(pushes.length).toBeGreaterThan(0);
  for (const { targets, shards } of pushes) {
    expect(targets).toMatchObject([{ endpoint: id, address: name, port: 80, scheme: "http" }]);
    expect(JSON.stringify(shards)).not.toContain(ADDRESS);
  }
  const snapshot = await settled(instance.config.snapshot("www.shop.example"));
  expect(snapshot?.parts["www.shop.example"]?.text).toContain(`"address":"${name}"`);
  expect([...world.kv.values()].join("\n")).toContain(name);
  expect([...world.kv.values()].join("\n")).not.toContain(ADDRESS);
  const intent = await settled(instance.config.intent("shop.example"));
  expect(intent?.pools[0]?.origins).toMatchObject([{ id, address: ADDRESS }]);
});

test("in production a new instance and a restored version say the same name", async () => {
  const production = store(publicAddresses);
  const { pushes, settled, instance, propose, reload } = production;
  await propose(documentOf(KEEPS));
  const { id } = await endpointIn(production);
  const name = endpointName({ id }, "shop.example");
  expect(await propose(documentOf(KEEPS, "o.example.net"))).toMatchObject({ ok: true });
  expect(pushes.at(-1)?.targets).toMatchObject([{ address: "o.example.net" }]);
  reload();
  expect(await settled(instance.config.restore(1, by))).toMatchObject({ ok: true });
  expect(pushes.at(-1)?.targets).toMatchObject([{ endpoint: id, address: name }]);
  reload();
  const snapshot = await settled(instance.config.snapshot("www.shop.example"));
  expect(snapshot?.parts["www.shop.example"]?.text).toContain(`"address":"${name}"`);
});

test("in production what the store says is taken again, and gives the same name", async () => {
  const production = store(publicAddresses);
  const { pushes, settled, instance, propose } = production;
  await propose(documentOf(KEEPS));
  const before = pushes.at(-1)?.targets;
  const current = await settled(instance.config.current());
  expect(await propose(current?.document)).toMatchObject({ ok: true, value: { warnings: [] } });
  expect(pushes.at(-1)?.targets).toEqual(before);
});

test("in production neither a zone nor its names go while an endpoint depends on them", async () => {
  const { pushes, propose } = store(publicAddresses);
  await propose(documentOf(KEEPS));
  const told = pushes.length;
  const { zones: _, ...without } = documentOf(KEEPS);
  for (const document of [without, documentOf({ ...KEEPS, endpoint_names: false })]) {
    expect(await propose(document)).toMatchObject({
      ok: false,
      error: { reason: "invalid", problems: [{ pointer: "/pools/p/origins/0/address" }] },
    });
  }
  expect(pushes.length).toBe(told);
});

test("on the local planet regions get the address, whatever a zone keeps", async () => {
  const { pushes, propose } = store(anyAddresses);
  expect(await propose(documentOf(KEEPS))).toMatchObject({ ok: true });
  expect(pushes.at(-1)?.targets).toMatchObject([{ address: ADDRESS }]);
  expect(await propose(documentOf({}, "127.0.0.1"))).toMatchObject({ ok: true });
  expect(pushes.at(-1)?.targets).toMatchObject([{ address: "127.0.0.1" }]);
});
