import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { intentOf } from "../../../../routing/dns/intent.ts";
import { readEntries } from "../../../../routing/table/entries.ts";
import { syncedZones } from "../../../../routing/table/zone/synced.ts";
import { inputOf, tableOf } from "../fixtures.ts";
import { balancers, zone } from "./zone.ts";

const zonesOf = (document: unknown) => inputOf(document).syncedZones;
const hostsOf = (document: unknown) =>
  zonesOf(document).map(({ domain, published }) => [
    domain,
    published.map(({ host, mode }) => `${host} ${mode}`),
  ]);

describe("a zone with a provider", () => {
  test("publishes all its load balancers by the edge and its fallback, when it does not say which", () => {
    const document = {
      ...balancers("shop.test", "a.shop.test", "a.other.test"),
      zones: { "shop.test": zone({ publish: null }), plain: {} },
    };
    expect(hostsOf(document)).toEqual([
      ["shop.test", ["shop.test edge_with_fallback", "a.shop.test edge_with_fallback"]],
    ]);
  });

  test("leaves a longer zone its names, whoever keeps that one", () => {
    const document = {
      ...balancers("a.shop.test", "a.eu.shop.test", "eu.shop.test"),
      zones: { "shop.test": zone({ publish: null }), "EU.shop.test.": {} },
    };
    expect(hostsOf(document)).toEqual([["shop.test", ["a.shop.test edge_with_fallback"]]]);
  });

  test("is under another key the zone that `domain` says, at as many providers as there are keys", () => {
    const document = {
      ...balancers("a.shop.test"),
      zones: {
        "shop-pdns": zone({ domain: "Shop.Test.", publish: null }),
        "shop-route53": zone({ domain: "shop.test", publish: null }),
      },
    };
    expect(hostsOf(document)).toEqual([
      ["shop.test", ["a.shop.test edge_with_fallback"]],
      ["shop.test", ["a.shop.test edge_with_fallback"]],
    ]);
  });

  test("publishes what it names, where a line without a mode is the default", () => {
    const document = {
      ...balancers("a.shop.test", "b.shop.test"),
      zones: { "shop.test": zone({ publish: { "A.shop.test.": "direct", "b.shop.test": null } }) },
    };
    expect(hostsOf(document)).toEqual([
      ["shop.test", ["a.shop.test direct", "b.shop.test edge_with_fallback"]],
    ]);
    expect(zonesOf(document)[0]?.published[0]?.pointer).toBe(
      "/zones/shop.test/publish/A.shop.test.",
    );
  });

  test("whose `publish` cannot be read publishes nothing: it did not ask for everything", () => {
    const document = {
      ...balancers("a.shop.test"),
      zones: { "shop.test": zone({ publish: { "a.shop.test": "somewhere" } }) },
    };
    expect(hostsOf(document)).toEqual([["shop.test", []]]);
  });
});

test("what the rules believe to be published is what a ledger is told to publish", () => {
  const hosts = ["shop.test", "a.shop.test", "eu.shop.test", "a.eu.shop.test", "xshop.test", "net"];
  const some = fc.subarray(hosts, { minLength: 1 });
  const entry = fc.record({ domain: fc.constantFrom(...hosts), isSynced: fc.boolean() });
  fc.assert(
    fc.property(some, fc.array(entry, { maxLength: 4 }), (named, entries) => {
      const zones = entries.map(({ domain, isSynced }, at) =>
        isSynced ? [`z${at}`, zone({ domain, owner: `o${at}` })] : [domain, {}],
      );
      const document = { ...balancers(...named), zones: Object.fromEntries(zones) };
      const table = tableOf(document);
      for (const { domain, published } of zonesOf(document)) {
        const entryOf = table.zones.find(({ sync }) => sync?.domain === domain);
        const told = intentOf(table, entryOf?.name ?? "")?.publications ?? [];
        const lines = told.map(({ balancer, mode }) => `${balancer.name} ${mode}`);
        const believed = published.map(({ host, mode }) => `${host} ${mode}`);
        expect(lines.toSorted()).toEqual(believed.toSorted());
      }
    }),
  );
});

test("ten thousand load balancers of one zone are dealt out in one pass", () => {
  const names = Array.from({ length: 10_000 }, (_, at) => `n${at}.shop.test`);
  const document = { ...balancers(...names), zones: { "shop.test": zone({ publish: null }) } };
  expect(readEntries(document).problems).toEqual([]);
  const [synced] = syncedZones(inputOf(document).drafts);
  expect(synced?.balancers.length).toBe(10_000);
  expect(synced?.published.length).toBe(10_000);
});
