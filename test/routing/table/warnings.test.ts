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
