import { describe, expect, test } from "vitest";
import { desiredOf } from "../../../routing/dns/desired.ts";
import { intentOf } from "../../../routing/dns/intent.ts";
import { anyAddresses, publicAddresses } from "../../../routing/table/address.ts";
import { compileTable } from "../../../routing/table/compile.ts";
import { toDocument } from "../../../routing/table/document.ts";
import { asFetched } from "../../../routing/table/endpoint-names.ts";
import { probeTargets } from "../../../routing/table/probe-targets.ts";
import { PLAIN } from "../dns/fixtures.ts";
import { tableOf } from "./fixtures.ts";
import { ADDRESS_4, ADDRESS_6, ids, site } from "./named-endpoints.ts";

const origins = [
  { name: "four", address: ADDRESS_4 },
  { name: "six", address: `https://[${ADDRESS_6}]`, port: 8443 },
  { name: "plain", address: ADDRESS_4, port: 80 },
  { name: "name", address: "e.example.net" },
];
const production = () => ({ addresses: publicAddresses, mint: ids() });
const [ID_4, ID_6, ID_80] = ["01", "02", "03"].map((at) => `tw-ep-${at.repeat(6)}.shop.example`);

describe("in production, what edges and probers get of an endpoint given as an address", () => {
  const table = tableOf(site({ origins }), production());

  test("is its name, with its own scheme and port; a name stays as it is", () => {
    const [pool] = asFetched(table, publicAddresses).pools;
    expect(
      pool?.origins.map(({ name, scheme, address, port }) => [name, scheme, address, port]),
    ).toEqual([
      ["four", "http", ID_4, 0],
      ["six", "https", ID_6, 8443],
      ["plain", "http", ID_80, 80],
      ["name", "https", "e.example.net", 0],
    ]);
  });

  test("stands so in shards and in the targets of probes, and no address is left", () => {
    const fetched = asFetched(table, publicAddresses);
    const { shards } = compileTable(fetched);
    expect(shards["www.shop.example"]?.text).toContain(`"address":"${ID_4}"`);
    for (const text of [JSON.stringify(shards), JSON.stringify(probeTargets(fetched))]) {
      expect(text).not.toContain(ADDRESS_4);
      expect(text).not.toContain(ADDRESS_6);
    }
    expect(
      probeTargets(fetched).map(({ scheme, address, port }) => `${scheme}://${address}:${port}`),
    ).toEqual([
      `http://${ID_4}:80`,
      `http://${ID_6}:8443`,
      `http://${ID_80}:80`,
      "http://e.example.net:80",
    ]);
  });

  test("is in DNS under the same name with the address, and there before it is enabled", () => {
    const given = [...origins, { name: "later", address: "93.184.215.15", enabled: false }];
    const whole = tableOf(site({ origins: given }), production());
    const intent = intentOf(whole, "shop.example");
    if (intent === null) throw new Error("the zone has a provider");
    const { wanted } = desiredOf(intent, PLAIN, { isOut: () => false, isEdgeUp: () => true });
    const inDns = new Map(wanted.map(({ set }) => [set.name, [set.type, ...set.values]]));
    const asked = asFetched(whole, publicAddresses).pools[0]?.origins ?? [];
    expect(asked.map(({ name, address }) => [name, inDns.get(address)])).toEqual([
      ["four", ["A", ADDRESS_4]],
      ["six", ["AAAA", ADDRESS_6]],
      ["plain", ["A", ADDRESS_4]],
      ["name", undefined],
      ["later", ["A", "93.184.215.15"]],
    ]);
  });

  test("is the address again in the operator's document, which gives the same table", () => {
    const document = toDocument(table);
    expect(document).toMatchObject({
      pools: {
        p: { origins: [{ address: ADDRESS_4 }, { address: `https://[${ADDRESS_6}]` }, {}, {}] },
      },
    });
    expect(tableOf(document, { addresses: publicAddresses, previous: table })).toEqual(table);
  });

  test("changes with the address: another one is another endpoint, with another name", () => {
    const mint = ids();
    const before = tableOf(site({ origins }), { addresses: publicAddresses, mint });
    const moved = origins.map((one) =>
      one.name === "four" ? { ...one, address: "93.184.215.15" } : one,
    );
    const after = tableOf(site({ origins: moved }), {
      ...{ addresses: publicAddresses, mint },
      previous: before,
    });
    const namesOf = (one: typeof table) =>
      asFetched(one, publicAddresses).pools[0]?.origins.map(({ address }) => address) ?? [];
    expect(namesOf(after)[0]).not.toBe(namesOf(before)[0]);
    expect(namesOf(after).slice(1)).toEqual(namesOf(before).slice(1));
  });
});

describe("which zone keeps the names", () => {
  const domainIn = (zones: Record<string, object>) => {
    const table = tableOf(
      site({ origins: [{ name: "a", address: "a.example.net" }], zones }),
      production(),
    );
    const pools = table.pools.map((pool) => ({
      ...pool,
      origins: pool.origins.map((endpoint) => ({ ...endpoint, address: ADDRESS_4 })),
    }));
    return asFetched({ ...table, pools }, publicAddresses).pools[0]?.origins[0]?.address.replace(
      /^tw-ep-[0-9a-f]{12}\./,
      "",
    );
  };

  test("is the first by its entry's name, wherever it stands", () => {
    expect(domainIn({ "b.example": {}, "a.example": {} })).toBe("a.example");
    expect(domainIn({ "a.example": {}, "b.example": {} })).toBe("a.example");
    expect(domainIn({ "b.example": {}, "z-of-a": { domain: "a.example" } })).toBe("b.example");
  });

  test("is one that writes by itself, keeps endpoint names, and is public", () => {
    expect(domainIn({ "a.example": { mode: "propose" }, "b.example": {} })).toBe("b.example");
    expect(domainIn({ "a.example": { mode: null }, "b.example": {} })).toBe("b.example");
    expect(domainIn({ "a.example": { endpoint_names: false }, "b.example": {} })).toBe("b.example");
    expect(domainIn({ "a.internal": {}, "b.example": {} })).toBe("b.example");
  });

  test("is none where none does, and then nothing is changed", () => {
    expect(domainIn({ "a.internal": {} })).toBe(ADDRESS_4);
    expect(domainIn({})).toBe(ADDRESS_4);
  });
});

test("on the local planet every address is fetched as it is, and every hash stays", () => {
  const local = [...origins, { name: "loopback", address: "127.0.0.1", port: 9001 }];
  const table = tableOf(site({ origins: local }), { addresses: anyAddresses, mint: ids() });
  expect(asFetched(table, anyAddresses)).toEqual(table);
  expect(compileTable(asFetched(table, anyAddresses))).toEqual(compileTable(table));
});
