import { describe, expect, test } from "vitest";
import { anyAddresses } from "../../../routing/table/address.ts";
import { buildTable } from "../../../routing/table/build.ts";
import { draftTable } from "../../../routing/table/draft.ts";
import { readEntries } from "../../../routing/table/entries.ts";
import { identify } from "../../../routing/table/identity.ts";
import { ruleInput } from "../../../routing/table/rule.ts";
import { options, wholeDocument } from "./fixtures.ts";

const build = (document: unknown) => {
  const { drafts } = draftTable(readEntries(document).entries);
  return buildTable(ruleInput(drafts, identify(drafts, null), anyAddresses, "default"), options());
};

describe("a built table", () => {
  test("has every reference as an id", () => {
    const { pools, load_balancers, monitors } = build(wholeDocument());
    const [eu, us] = pools.map(({ id }) => id);
    expect(load_balancers[0]).toMatchObject({
      ...{ default_pools: [eu, us], fallback_pool: us, region_pools: { WEU: [eu] } },
      random_steering: { pool_weights: { [String(eu)]: 0.5 } },
    });
    expect(pools[0]?.monitor).toBe(monitors.find(({ name }) => name === "web")?.id);
  });

  test("has one id per object", () => {
    const { monitors, pools, load_balancers, zones } = build(wholeDocument());
    const endpoints = pools.flatMap((pool) => pool.origins);
    const ids = [...monitors, ...pools, ...load_balancers, ...zones, ...endpoints].map(
      ({ id }) => id,
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("waits no longer for a probe than to the next one, when nothing is said", () => {
    expect(build({ monitors: { m: { interval: 2 } } }).monitors[0]?.timeout).toBe(2);
    expect(build({ monitors: { m: { interval: 20 } } }).monitors[0]?.timeout).toBe(5);
  });

  test("opens a connection for a tcp monitor", () => {
    const [monitor] = build({ monitors: { m: { type: "tcp", port: 22 } } }).monitors;
    expect(monitor?.method).toBe("connection_established");
  });

  test("has expected codes in one spelling, and 200 for none", () => {
    const codes = (expected_codes: string) =>
      build({ monitors: { m: { expected_codes } } }).monitors[0]?.expected_codes;
    expect([codes("2XX , 301"), codes("")]).toEqual(["2xx,301", "200"]);
  });

  test("puts a cloud region on the map, unless the document does", () => {
    const locality = (given: object) => {
      const origins = [{ name: "e", address: "e.example.net", locality: given }];
      return build({ pools: { p: { origins } } }).pools[0]?.origins[0]?.locality;
    };
    const place = { cloud: "aws", region: "eu-central-1" };
    expect(locality(place)).toEqual({ ...place, latitude: 50.116, longitude: 8.684 });
    expect(locality({ ...place, latitude: 1, longitude: 2 })).toEqual({
      ...place,
      latitude: 1,
      longitude: 2,
    });
    expect(locality({ cloud: "own", region: "cellar" })).toEqual({
      cloud: "own",
      region: "cellar",
    });
  });
});

test("a draft that did not pass is a programmer's error", () => {
  expect(() => build({ monitors: { m: { interval: 0 } } })).toThrow("passed the schema");
});
