import { describe, expect, test } from "vitest";
import type { Abilities } from "../../../routing/dns/abilities.ts";
import { desiredOf, directName, endpointName } from "../../../routing/dns/desired.ts";
import { ABLE, PLAIN, type Shop, shop } from "./fixtures.ts";

interface Circumstances {
  readonly abilities?: Abilities;
  readonly out?: readonly string[];
  readonly edgeDown?: boolean;
}

function desired(
  given: Shop,
  { abilities = PLAIN, out = [], edgeDown = false }: Circumstances = {},
) {
  const { wanted, notes, kept, gone } = desiredOf(shop(given), abilities, {
    isOut: ({ name }) => out.includes(name),
    isEdgeUp: () => !edgeDown,
  });
  const sets = wanted.map(({ set }) => [set.name, set.type, set.policy ?? set.values] as const);
  return { sets, notes, kept, wanted, gone };
}

const direct: Shop["sync"] = { publish: { "www.shop.test": "direct" } };

describe("direct", () => {
  test("answers the available endpoints of the first pool", () => {
    expect(desired({ sync: direct }).sets).toEqual([
      ["www.shop.test", "A", ["192.0.2.1", "192.0.2.2"]],
    ]);
    expect(desired({ sync: direct }, { out: ["main-0", "main-1"] }).sets).toEqual([
      ["www.shop.test", "A", ["198.51.100.1"]],
    ]);
  });

  test("answers both families of addresses", () => {
    const pools = { main: ["192.0.2.1", "[2001:db8::1]"] };
    expect(desired({ pools, sync: direct }).sets).toEqual([
      ["www.shop.test", "A", ["192.0.2.1"]],
      ["www.shop.test", "AAAA", ["2001:db8::1"]],
    ]);
  });

  test("answers one name as a CNAME, and says that only one of several fits", () => {
    const pools = { main: ["a.cloud.test", { address: "b.cloud.test", weight: 0.5 }] };
    const { sets, notes } = desired({ pools, sync: direct });
    expect(sets).toEqual([["www.shop.test", "CNAME", ["a.cloud.test"]]]);
    expect(notes[0]?.detail).toMatch(/^Of 2 names only a.cloud.test is published/);
  });

  test("has shares where the provider has them, with the pool's monitor as each one's check", () => {
    const pools = {
      main: {
        monitor: "m",
        origins: ["192.0.2.1", { address: "192.0.2.2", weight: 0.5, port: 8080 }],
      },
    };
    const monitors = { m: { type: "http", path: "/up", interval: 5 } };
    const { sets } = desired({ pools, monitors, sync: direct }, { abilities: ABLE });
    const check = { protocol: "http", path: "/up", interval: 10, failures: 3 };
    expect(sets).toEqual([
      [
        "www.shop.test",
        "A",
        {
          kind: "weighted",
          members: [
            {
              id: expect.stringMatching(/^ep-[0-9a-f]{12}$/),
              values: ["192.0.2.1"],
              weight: 255,
              check: { ...check, target: "192.0.2.1", port: expect.any(Number) },
            },
            {
              id: expect.stringMatching(/^ep-[0-9a-f]{12}$/),
              values: ["192.0.2.2"],
              weight: 128,
              check: { ...check, target: "192.0.2.2", port: 8080 },
            },
          ],
        },
      ],
    ]);
  });

  test("says so where the provider has no shares", () => {
    const pools = { main: ["192.0.2.1", { address: "192.0.2.2", weight: 0.5 }] };
    const { sets, notes } = desired({ pools, sync: direct });
    expect(sets).toEqual([["www.shop.test", "A", ["192.0.2.1", "192.0.2.2"]]]);
    expect(notes[0]?.detail).toMatch(/no shares/);
  });

  test("leaves addresses out beside names, unless endpoints have stable names", () => {
    const pools = { main: ["192.0.2.1", { address: "b.cloud.test", weight: 0.5 }] };
    const mixed = desired({ pools, sync: direct });
    expect(mixed.sets).toEqual([["www.shop.test", "CNAME", ["b.cloud.test"]]]);
    expect(mixed.notes[0]?.detail).toMatch(/cannot answer with both/);
    const named = desired({ pools, sync: { ...direct, endpoint_names: true } });
    expect(named.sets).toEqual([
      [expect.stringMatching(/^tw-ep-[0-9a-f]{12}\.shop\.test$/), "A", ["192.0.2.1"]],
      ["www.shop.test", "CNAME", [expect.stringMatching(/^tw-ep-/)]],
    ]);
  });

  test("keeps what is there when nothing is wanted, and when the apex would need a CNAME", () => {
    const none = desired({
      pools: { main: [{ address: "192.0.2.1", enabled: false }] },
      sync: direct,
    });
    expect([none.sets, none.kept.map(({ name }) => name)]).toEqual([
      [],
      ["www.shop.test", "tw-direct.www.shop.test"],
    ]);
    const apex = desired({
      pools: { main: ["a.cloud.test"] },
      balancers: { "shop.test": {} },
      sync: { publish: { "shop.test": "direct" } },
    });
    expect([apex.sets, apex.kept[0]?.detail]).toEqual([
      [],
      expect.stringMatching(/^The apex of a zone cannot be a CNAME/),
    ]);
  });

  test("says what it does instead where visitors cannot be told apart by place", () => {
    const balancers = {
      "www.shop.test": { steering_policy: "geo", country_pools: { DE: ["spare"] } },
    };
    const { sets, notes } = desired({ balancers, sync: direct });
    expect(sets).toEqual([["www.shop.test", "A", ["192.0.2.1", "192.0.2.2"]]]);
    expect(notes.map(({ detail }) => detail)).toEqual([
      "The provider has no answers by country, so visitors are not told apart by country: the default pools answer in order.",
    ]);
  });

  test("gives the pools of random steering their shares together", () => {
    const { sets } = desired(
      {
        sync: direct,
        balancers: {
          "www.shop.test": {
            steering_policy: "random",
            random_steering: { default_weight: 1, pool_weights: { spare: 0.25 } },
          },
        },
      },
      { abilities: { ...ABLE, checks: false } },
    );
    const policy = sets[0]?.[2] as unknown as { members: { values: string[]; weight: number }[] };
    expect(policy.members.map(({ values, weight }) => [values[0], weight])).toEqual([
      ["192.0.2.1", 255],
      ["192.0.2.2", 255],
      ["198.51.100.1", 128],
    ]);
  });
});

describe("edge", () => {
  test("leads to the edge's name, and at the apex to its addresses", () => {
    const sync: Shop["sync"] = {
      publish: { "www.shop.test": "edge", "shop.test": "edge" },
      edge: { name: "edge.example.net", addresses: ["203.0.113.1", "2001:db8::e"] },
    };
    const balancers = { "www.shop.test": {}, "shop.test": {} };
    expect(desired({ balancers, sync }).sets).toEqual([
      ["shop.test", "A", ["203.0.113.1"]],
      ["shop.test", "AAAA", ["2001:db8::e"]],
      ["www.shop.test", "CNAME", ["edge.example.net"]],
    ]);
  });

  test("keeps the apex as it is where the edge has no addresses", () => {
    const given: Shop = {
      balancers: { "shop.test": {} },
      sync: { publish: { "shop.test": "edge" } },
    };
    expect(desired(given).kept[0]?.detail).toMatch(/edge has no addresses/);
    const flattening = desired(given, { abilities: { ...PLAIN, apexCname: true } });
    expect(flattening.sets).toEqual([["shop.test", "CNAME", ["edge.example.net"]]]);
  });
});

describe("edge_with_fallback", () => {
  const aside = directName("www.shop.test");

  test("is the provider's failover where it checks the edge itself", () => {
    const { sets, notes } = desired({}, { abilities: ABLE, edgeDown: true });
    expect(sets[0]).toEqual([
      "www.shop.test",
      "CNAME",
      {
        kind: "failover",
        primary: {
          id: "edge",
          values: ["edge.example.net"],
          check: {
            protocol: "https",
            target: "edge.example.net",
            host: "www.shop.test",
            port: 443,
            path: "/.tw/healthz",
            interval: 10,
            failures: 3,
          },
        },
        secondary: { id: "direct", values: [aside] },
      },
    ]);
    expect([sets[1]?.slice(0, 2), notes]).toEqual([[aside, "A"], []]);
  });

  test("is switched by us where it does not, and says so", () => {
    const up = desired({});
    expect(up.sets).toEqual([
      ["www.shop.test", "CNAME", ["edge.example.net"]],
      [aside, "A", ["192.0.2.1", "192.0.2.2"]],
    ]);
    expect(up.notes[0]?.detail).toMatch(/switched by our own look/);
    expect(desired({}, { edgeDown: true }).sets[0]).toEqual(["www.shop.test", "CNAME", [aside]]);
  });

  test("joins addresses at the apex, type by type, never one that the edge lacks", () => {
    const given: Shop = {
      pools: { main: ["192.0.2.1", "[2001:db8::1]"] },
      balancers: { "shop.test": {} },
      sync: { edge: { name: "edge.example.net", addresses: ["203.0.113.1"] } },
    };
    expect(desired(given).sets).toEqual([["shop.test", "A", ["203.0.113.1"]]]);
    expect(desired(given, { edgeDown: true }).sets).toEqual([["shop.test", "A", ["192.0.2.1"]]]);
    const policy = desired(given, { abilities: ABLE }).sets[0]?.[2];
    expect(policy).toMatchObject({ kind: "failover", secondary: { values: ["192.0.2.1"] } });
  });

  test("takes a family that the endpoints lack from the apex while the edge is down", () => {
    const given: Shop = {
      pools: { main: ["192.0.2.1"] },
      balancers: { "shop.test": {} },
      sync: { edge: { name: "edge.example.net", addresses: ["203.0.113.1", "2001:db8::e"] } },
    };
    const { sets, gone } = desired(given, { edgeDown: true });
    expect(sets).toEqual([["shop.test", "A", ["192.0.2.1"]]]);
    expect(gone).toContainEqual({ name: "shop.test", type: "AAAA" });
    expect(desired(given).gone).toEqual([{ name: "shop.test", type: "CNAME" }]);
  });

  test("keeps a fallback at the apex when the endpoints are told apart by place", () => {
    const given: Shop = {
      balancers: { "shop.test": { steering_policy: "geo", country_pools: { DE: ["spare"] } } },
      sync: { edge: { name: "edge.example.net", addresses: ["203.0.113.1"] } },
    };
    expect(desired(given, { abilities: ABLE }).sets[0]?.[2]).toMatchObject({
      kind: "failover",
      secondary: { values: ["192.0.2.1", "192.0.2.2", "198.51.100.1"] },
    });
  });

  test("says that an apex of named endpoints has no fallback", () => {
    const { sets, notes } = desired(
      {
        pools: { main: ["a.cloud.test"] },
        balancers: { "shop.test": {} },
        sync: { edge: { name: "edge.example.net", addresses: ["203.0.113.1"] } },
      },
      { abilities: ABLE },
    );
    expect(sets).toEqual([["shop.test", "A", ["203.0.113.1"]]]);
    expect(notes.map(({ detail }) => detail)).toEqual([
      "The endpoints answer by name, so the addresses of the edge have no fallback.",
    ]);
  });
});

describe("records and TTLs", () => {
  const records = [
    { name: "shop.test", type: "MX", ttl: 300, values: ["10 mail.shop.test"] },
  ] as const;

  test("a static record is published as it is written, where the provider has its type", () => {
    const given: Shop = { balancers: {}, sync: { records } };
    expect(desired(given).sets).toEqual([["shop.test", "MX", ["10 mail.shop.test"]]]);
    const without = desired(given, { abilities: { ...PLAIN, types: ["A"] } });
    expect([without.sets, without.kept[0]?.detail]).toEqual([
      [],
      expect.stringMatching(/has no MX records/),
    ]);
  });

  test("a TTL that the provider does not take becomes the nearest, and is told", () => {
    const { wanted, notes } = desired(
      { sync: direct },
      { abilities: { ...PLAIN, ttl: { min: 60, max: 3_600 } } },
    );
    expect(wanted[0]?.set.ttl).toBe(60);
    expect(notes.map(({ detail }) => detail)).toEqual([
      "The provider takes no TTL of 30 s; it gets 60 s.",
    ]);
  });

  test("a mark says what a set was made of", () => {
    const { wanted } = desired({ sync: { ...direct, records, endpoint_names: true } });
    expect(wanted.map(({ resource }) => resource.replace(/[0-9a-f]{32}/, "ID"))).toEqual([
      "tradewind/endpoint/ID",
      "tradewind/endpoint/ID",
      "tradewind/endpoint/ID",
      "tradewind/load-balancer/www.shop.test",
      "tradewind/record",
    ]);
  });
});

test("names of ours are below the zone and free of asterisks", () => {
  expect(directName("*.shop.test")).toBe("tw-direct.shop.test");
  expect(endpointName({ id: "0123456789abcdef0123456789abcdef" as never }, "shop.test")).toBe(
    "tw-ep-0123456789ab.shop.test",
  );
});
