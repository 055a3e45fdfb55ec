import { describe, expect, test } from "vitest";
import { compileTable } from "../../../../routing/table/compile.ts";
import { tableOf, wholeDocument } from "../fixtures.ts";
import { balancers, zone } from "./zone.ts";

const syncOf = (fields: object, key = "shop.test", account = "default") =>
  tableOf({ ...balancers("a.shop.test", "shop.test"), zones: { [key]: zone(fields) } }, { account })
    .zones[0]?.sync;

describe("a zone", () => {
  test("without a provider is only a name, as before", () => {
    expect(tableOf({ zones: { "Shop.Test.": { description: "a" } } }).zones).toEqual([
      { id: expect.stringMatching(/^[0-9a-f]{32}$/), name: "shop.test", description: "a" },
    ]);
  });

  test("with one gets every default, and observes only", () => {
    expect(syncOf({}, "Shop.Test.", "Team A")).toEqual({
      provider: "powerdns",
      domain: "shop.test",
      endpoint: "http://127.0.0.1:8081",
      settings: { server_id: "localhost", lua_records: false },
      credentials: { env: "TW_CRED_PDNS" },
      mode: "observe",
      interval: 60,
      edge: { name: "edge.example.net", addresses: [] },
      owner: "team-a",
      records: [],
      drift: "repair",
      takeover: [],
      endpoint_names: false,
      failback_hold_seconds: 300,
      limits: { update_ratio: 0.3, delete_ratio: 0.3, absent_listings: 3 },
    });
  });

  test("is made of canonical names and values in an order that says nothing", () => {
    const sync = syncOf(
      {
        domain: "SHOP.test.",
        endpoint: "http://127.1:8081/",
        credentials: { sealed: "0123456789abcdef0123456789abcdef" },
        publish: { "Shop.Test.": null, "a.shop.test": "direct" },
        edge: {
          name: "Edge.Example.net.",
          addresses: ["192.0.2.1", "2001:DB8:0::1"],
          health_url: "HTTPS://Edge.Example.net/h/",
        },
        records: [
          { name: "WWW2.shop.test.", type: "A", ttl: 0, values: ["192.0.2.2", "192.0.2.1"] },
          { name: "@", type: "TXT", values: ["é"] },
        ],
        takeover: ["old.shop.test", "@", "OLD.shop.test."],
        limits: { delete_ratio: 0 },
      },
      "shop-pdns",
    );
    expect(sync).toMatchObject({
      domain: "shop.test",
      endpoint: "http://127.0.0.1:8081",
      credentials: { sealed: "0123456789abcdef0123456789abcdef" },
      publish: { "a.shop.test": "direct", "shop.test": "edge_with_fallback" },
      edge: {
        name: "edge.example.net",
        addresses: ["192.0.2.1", "2001:db8::1"],
        health_url: "https://edge.example.net/h",
      },
      records: [
        { name: "shop.test", type: "TXT", ttl: 300, values: ["\\195\\169"] },
        { name: "www2.shop.test", type: "A", ttl: 0, values: ["192.0.2.1", "192.0.2.2"] },
      ],
      takeover: ["old.shop.test", "shop.test"],
      limits: { update_ratio: 0.3, delete_ratio: 0, absent_listings: 3 },
    });
    expect(Object.isFrozen(sync?.records[0]?.values)).toBe(true);
  });

  test("keeps its id under its key, whatever its domain", () => {
    const before = tableOf({ ...balancers(), zones: { "shop-a": zone({ domain: "shop.test" }) } });
    const after = tableOf(
      { ...balancers(), zones: { "shop-a": zone({ domain: "other.test" }) } },
      { previous: before },
    );
    expect(after.zones[0]?.id).toBe(before.zones[0]?.id);
  });
});

test("an edge is told nothing of zones: neither owners, nor credentials, nor records", () => {
  const text = JSON.stringify(compileTable(tableOf(wholeDocument())));
  for (const word of [
    "TW_CRED",
    "powerdns",
    "8081",
    "mail.example",
    "tradewind",
    "edge.example.net",
  ]) {
    expect([word, text.includes(word)]).toEqual([word, false]);
  }
});
