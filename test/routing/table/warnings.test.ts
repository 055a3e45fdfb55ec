import { expect, test } from "vitest";
import { warningsOf } from "../../../routing/table/warnings.ts";
import { inputOf } from "./fixtures.ts";

const warnings = (document: unknown) => warningsOf(inputOf(document));
const pool = (...localities: readonly object[]) => ({
  origins: localities.map((locality, at) => ({
    name: `e${at}`,
    address: "e.example.net",
    locality,
  })),
});

test("a cloud region that nobody knows is a warning, once, unless its place is given", () => {
  const cellar = { cloud: "aws", region: "eu-centrall-1" };
  expect(warnings({ pools: { p: pool(cellar, cellar) } })).toMatchObject([
    {
      pointer: "/pools/p/origins/0/locality",
      value: cellar,
      detail: expect.stringContaining('"aws eu-central-1"'),
    },
  ]);
  expect(warnings({ pools: { p: pool({ ...cellar, latitude: 1, longitude: 2 }) } })).toEqual([]);
  expect(warnings({ pools: { p: pool({ cloud: "aws", region: "eu-central-1" }) } })).toEqual([]);
});

test("DNS-only load balancers are recorded with a warning", () => {
  const document = {
    pools: { p: pool({ cloud: "aws", region: "eu-central-1" }) },
    load_balancers: { a: { default_pools: ["p"], fallback_pool: "p", proxied: false } },
  };
  expect(warnings(document).map(({ pointer }) => pointer)).toEqual(["/load_balancers/a/proxied"]);
});

test("what only DNS or a proxy of connections could do is accepted and told, in rules too", () => {
  const asked = {
    steering_policy: "least_connections",
    location_strategy: { mode: "resolver_ip" },
  };
  const document = {
    pools: {
      p: {
        ...pool({ cloud: "aws", region: "eu-central-1" }),
        origin_steering: { policy: "least_connections" },
      },
    },
    load_balancers: {
      a: { default_pools: ["p"], fallback_pool: "p", ...asked, rules: [{ overrides: asked }] },
    },
  };
  expect(
    warnings(document)
      .map(({ pointer }) => pointer)
      .toSorted(),
  ).toEqual([
    "/load_balancers/a/location_strategy",
    "/load_balancers/a/rules/0/overrides/location_strategy",
    "/load_balancers/a/rules/0/overrides/steering_policy",
    "/load_balancers/a/steering_policy",
    "/pools/p/origin_steering/policy",
  ]);
  const defaults = { location_strategy: { mode: "pop", prefer_ecs: "proximity" } };
  const quiet = { a: { default_pools: ["p"], fallback_pool: "p", ...defaults } };
  const pools = { p: pool({ cloud: "aws", region: "eu-central-1" }) };
  expect(warnings({ pools, load_balancers: quiet })).toEqual([]);
});
