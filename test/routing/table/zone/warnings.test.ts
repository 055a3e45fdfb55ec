import { describe, expect, test } from "vitest";
import { zoneWarnings } from "../../../../routing/table/zone/warnings.ts";
import { inputOf } from "../fixtures.ts";
import { balancers, zone } from "./zone.ts";

const told = (document: object) =>
  zoneWarnings(inputOf(document)).map(({ pointer, detail }) => [pointer, detail]);

/** One load balancer, `www.shop.test`, of these endpoints. */
const site = (origins: readonly object[], fields: object, balancer: object = {}) => ({
  pools: { p: { origins: origins.map((one, at) => ({ name: `e${at}`, ...one })) } },
  load_balancers: {
    "www.shop.test": { default_pools: ["p"], fallback_pool: "p", ...balancer },
  },
  zones: { "shop.test": zone({ mode: "apply", ...fields }) },
});
const PUBLIC = { address: "e.example.net" };
const WWW = "/zones/shop.test/publish/www.shop.test";

describe("a zone gets a word", () => {
  test("of nothing when all is as it should be", () => {
    const publish = { "www.shop.test": "direct" };
    expect(told(site([PUBLIC], { publish }))).toEqual([]);
    expect(told(site([PUBLIC], { publish: null }))).toEqual([]);
  });

  test("when it only observes, also where nobody wrote that", () => {
    const detail =
      "Nothing is ever written to shop.test: differences are told, and that is all. Write propose or apply when they are what you expect.";
    expect(told(site([PUBLIC], { mode: null }))).toEqual([["/zones/shop.test/mode", detail]]);
    expect(told(site([PUBLIC], { mode: "observe" }))).toEqual([["/zones/shop.test/mode", detail]]);
    expect(told(site([PUBLIC], { mode: "propose" }))).toEqual([]);
  });

  test("of load balancers that it does not publish, the first ten by name", () => {
    const hosts = Array.from({ length: 12 }, (_, at) => `n${at}.shop.test`);
    const document = {
      ...balancers(...hosts),
      zones: { "shop.test": zone({ mode: "apply", publish: { "n0.shop.test": "direct" } }) },
    };
    const shown = hosts.slice(1, 11).join(", ");
    expect(told(document)).toEqual([
      [
        "/zones/shop.test/publish",
        `11 of 12 load balancers of the zone are not published: ${shown} and 1 more.`,
      ],
    ]);
  });

  test("of one that it publishes and that is disabled", () => {
    const publish = { "www.shop.test": "direct" };
    expect(told(site([PUBLIC], { publish }, { enabled: false }))).toEqual([
      [WWW, "www.shop.test is disabled, so it is not published, and its records are removed."],
    ]);
    expect(told(site([PUBLIC], { publish: null }, { enabled: false }))).toEqual([]);
  });

  test("of ports that DNS does not carry, wherever DNS leads to endpoints", () => {
    const origins = [
      { ...PUBLIC, port: 8443 },
      { ...PUBLIC, port: 443 },
      { ...PUBLIC, port: 80 },
    ];
    const ask = (mode: string) => told(site(origins, { publish: { "www.shop.test": mode } }));
    expect(ask("direct")).toEqual([
      [
        WWW,
        "DNS carries no port: visitors of www.shop.test ask these endpoints at 80 or 443: e0 (e.example.net, 8443).",
      ],
    ]);
    expect(ask("edge_with_fallback")[0]?.[1]).toContain(
      "DNS carries no port: while the edge does not answer, visitors of www.shop.test",
    );
    expect(ask("edge")).toEqual([]);
  });

  test("of addresses that nobody outside reaches", () => {
    const origins = [{ address: "127.0.0.1", port: 80 }, { address: "93.184.215.14" }, PUBLIC];
    const publish = { "www.shop.test": "direct" };
    const edge = { name: "edge.example.net", addresses: ["93.184.215.14", "10.0.0.1", "fd00::1"] };
    expect(told(site(origins, { publish, edge }))).toEqual([
      [
        "/zones/shop.test/edge/addresses/1",
        '"10.0.0.1" is a private address (RFC 1918). It is published as it is, and nobody outside reaches it.',
      ],
      [
        "/zones/shop.test/edge/addresses/2",
        '"fd00::1" is a private address (RFC 4193). It is published as it is, and nobody outside reaches it.',
      ],
      [WWW, "Visitors of www.shop.test cannot reach the private addresses of e0 (127.0.0.1, 80)."],
    ]);
  });

  test("of an apex that leads to the edge by name only", () => {
    const at = (edge: object, mode: string) =>
      told({
        ...balancers("shop.test"),
        zones: { "shop.test": zone({ mode: "apply", edge, publish: { "shop.test": mode } }) },
      });
    expect(at({ name: "edge.example.net" }, "edge")).toEqual([
      [
        "/zones/shop.test/edge/addresses",
        "shop.test is the apex, which cannot be a CNAME: without addresses of the edge only a provider that flattens it can publish it.",
      ],
    ]);
    expect(at({ name: "edge.example.net", addresses: ["93.184.215.14"] }, "edge")).toEqual([]);
    expect(at({ name: "edge.example.net" }, "direct")).toEqual([]);
  });
});
