import { describe, expect, test } from "vitest";
import { type Serving, servingPool, together } from "../../../routing/dns/direct.ts";
import type { Intent } from "../../../routing/dns/intent.ts";
import type { LoadBalancer } from "../../../routing/model.ts";
import { type Shop, shop } from "./fixtures.ts";

function serving(given: Shop, ...out: readonly string[]) {
  const intent: Intent = shop(given);
  const balancer = intent.publications[0]?.balancer as LoadBalancer;
  const found = servingPool(balancer, balancer.default_pools, {
    poolOf: (id) => intent.pools.find((pool) => pool.id === id),
    isOut: ({ name }) => out.includes(name),
  });
  return (
    found && {
      pool: found.pool.name,
      endpoints: found.endpoints.map(({ name }) => name),
      last: found.isLastResort,
    }
  );
}

describe("the pool that answers", () => {
  test("is the first with enough available", () => {
    expect(serving({})).toEqual({ pool: "main", endpoints: ["main-0", "main-1"], last: false });
    expect(serving({}, "main-0")).toEqual({ pool: "main", endpoints: ["main-1"], last: false });
    expect(serving({}, "main-0", "main-1")).toEqual({
      pool: "spare",
      endpoints: ["spare-0"],
      last: false,
    });
  });

  test("is another when fewer than minimum_origins are available", () => {
    const pools = {
      main: { minimum_origins: 2, origins: ["192.0.2.1", "192.0.2.2"] },
      spare: ["198.51.100.1"],
    };
    expect(serving({ pools }, "main-0")?.pool).toBe("spare");
  });

  test("is the whole first pool when nothing is available anywhere (last-resort-all)", () => {
    expect(serving({}, "main-0", "main-1", "spare-0")).toEqual({
      pool: "main",
      endpoints: ["main-0", "main-1"],
      last: true,
    });
  });

  test("is none when its operator wants no endpoint", () => {
    expect(serving({ pools: { main: [{ address: "192.0.2.1", enabled: false }] } })).toBeNull();
    expect(serving({ pools: { main: [{ address: "192.0.2.1", weight: 0 }] } })).toBeNull();
  });

  test("never answers with an endpoint outside of the residency, in last resort neither", () => {
    const pools = {
      main: {
        residency: ["EU"],
        origins: [
          { address: "192.0.2.1", locality: { cloud: "aws", region: "us-east-1" } },
          { address: "192.0.2.2", locality: { cloud: "aws", region: "eu-west-1" } },
        ],
      },
    };
    expect(serving({ pools }, "main-0", "main-1")?.endpoints).toEqual(["main-1"]);
  });
});

describe("the level that answers", () => {
  const pools = {
    main: [
      { address: "192.0.2.1" },
      { address: "192.0.2.2" },
      { address: "192.0.2.3" },
      { address: "192.0.2.4", priority: 1 },
    ],
  };
  test.each([
    [[], ["main-0", "main-1", "main-2"]],
    [["main-0"], ["main-1", "main-2"]],
    [["main-0", "main-1"], ["main-3"]],
    [["main-0", "main-1", "main-3"], ["main-2"]],
  ])("with %j out it is %j", (out, endpoints) => {
    expect(serving({ pools }, ...out)?.endpoints).toEqual(endpoints);
  });
});

describe("a family of addresses that the pool has", () => {
  const dual = { main: ["192.0.2.1", "192.0.2.2", "[2001:db8::1]", "[2001:db8::2]"] };
  const found = (pools: NonNullable<Shop["pools"]>, ...out: readonly string[]) =>
    serving({ pools }, ...out)?.endpoints;

  test("keeps all of its endpoints when health leaves none of it", () => {
    expect(found(dual, "main-0")).toEqual(["main-1", "main-2", "main-3"]);
    expect(found(dual, "main-0", "main-1")).toEqual(["main-2", "main-3", "main-0", "main-1"]);
    expect(found(dual, "main-1", "main-2", "main-3")).toEqual(["main-0", "main-2", "main-3"]);
  });

  test("is answered by a later level before it is answered by what is out", () => {
    const pools = {
      main: [
        { address: "192.0.2.1" },
        { address: "[2001:db8::1]" },
        { address: "[2001:db8::2]", priority: 1 },
      ],
    };
    expect(found(pools, "main-1")).toEqual(["main-0", "main-2"]);
    expect(found(pools, "main-1", "main-2")).toEqual(["main-0", "main-1", "main-2"]);
  });

  test("is not answered for the sake of a level that is not in use", () => {
    const pools = {
      main: [{ address: "192.0.2.1" }, { address: "[2001:db8::1]", priority: 1 }],
    };
    expect(found(pools)).toEqual(["main-0"]);
  });

  test("needs no last resort beside a name, which answers for both families", () => {
    const pools = { main: ["a.cloud.test", "192.0.2.1", "[2001:db8::1]"] };
    expect(found(pools, "main-2")).toEqual(["main-0", "main-1"]);
    expect(found(pools, "main-0", "main-2")).toEqual(["main-1", "main-2"]);
  });
});

test("of pools that answer together none gives what is out of a family that another has", () => {
  const { pools } = shop({
    pools: { a: ["192.0.2.1", "[2001:db8::1]"], b: ["[2001:db8::2]"], c: ["c.cloud.test"] },
  });
  const [a, b, c] = pools.map(
    (pool): Serving => ({ pool, endpoints: pool.origins, isLastResort: false, lastResorts: [] }),
  ) as [Serving, Serving, Serving];
  const dead: Serving = { ...a, lastResorts: ["AAAA"] };
  const names = (...servings: readonly Serving[]) =>
    together(servings).map(({ endpoints }) => endpoints.map(({ name }) => name));
  expect(names(dead, b)).toEqual([["a-0"], ["b-0"]]);
  expect(names(dead, c)).toEqual([["a-0"], ["c-0"]]);
  expect(names(dead, dead)).toEqual([
    ["a-0", "a-1"],
    ["a-0", "a-1"],
  ]);
});
