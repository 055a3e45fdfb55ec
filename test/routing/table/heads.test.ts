import { describe, expect, test } from "vitest";
import type { BackendTarget, HttpRoute } from "../../../routing/http-route.ts";
import type { Table } from "../../../routing/model.ts";
import { poolsOf } from "../../../routing/pools-of.ts";
import { headsOf } from "../../../routing/table/heads.ts";
import { NO_FILTERS, routeOf, ruleOf } from "../match/routes.ts";
import { tableOf } from "./fixtures.ts";

const origins = [{ name: "e", address: "e.example.net" }];
const balancer = (pool: string, more = {}) => ({
  default_pools: [pool],
  fallback_pool: pool,
  ...more,
});
const base = tableOf({
  pools: { a: { origins }, b: { origins }, c: { origins }, d: { origins } },
  load_balancers: {
    "a.example": balancer("a"),
    "b.example": balancer("b"),
    "off.example": balancer("c", { enabled: false }),
  },
});

const idOf = (name: string) => base.pools.find((pool) => pool.name === name)?.id ?? ("" as never);
const toPool = (name: string): BackendTarget => ({ kind: "Pool", pool: idOf(name) });
const toBalancer = (host: string): BackendTarget => ({ kind: "LoadBalancer", host });

const routeTo = (
  name: string,
  hostnames: readonly string[],
  targets: readonly BackendTarget[],
  mirrors: readonly BackendTarget[] = [],
): HttpRoute => {
  const backends = targets.map((target) => ({ target, weight: 1, filters: NO_FILTERS }));
  const filters = { mirrors: mirrors.map((target) => ({ target, ratio: 1 })) };
  return routeOf(name, [ruleOf([{}], { backends, filters })], { hostnames });
};

function heads(...http_routes: readonly HttpRoute[]) {
  const table: Table = { ...base, http_routes };
  return Object.fromEntries(
    headsOf(table).map((head) => [
      head.host,
      {
        own: head.loadBalancer?.name ?? null,
        named: head.loadBalancers.map(({ name }) => name),
        pools: head.pools.map(({ name }) => name),
        routes: head.blocks.flat().map(({ name }) => name),
      },
    ]),
  );
}

const A = { own: "a.example", named: [], pools: ["a"], routes: [] };

describe("the heads of a table", () => {
  test("are its enabled load balancers while there are no routes", () => {
    expect(heads()).toEqual({
      "a.example": A,
      "b.example": { ...A, own: "b.example", pools: ["b"] },
    });
  });

  test("hold the load balancers and pools that the host's routes name", () => {
    const route = routeTo("r", ["a.example"], [toBalancer("b.example"), toPool("c")]);
    expect(heads(route)["a.example"]).toEqual({
      own: "a.example",
      named: ["b.example"],
      pools: ["a", "b", "c"],
      routes: ["r"],
    });
    expect(heads(route)["b.example"]).toEqual({ ...A, own: "b.example", pools: ["b"] });
  });

  test("hold what mirrors name, of a rule and of one of its endpoints", () => {
    const ofRule = routeTo("r", ["a.example"], [], [toPool("d")]);
    expect(heads(ofRule)["a.example"]?.pools).toEqual(["a", "d"]);
    const mirrors = [{ target: toPool("c"), ratio: 1 }];
    const backends = [{ target: toPool("d"), weight: 1, filters: { mirrors } }];
    const ofOne = routeOf("r", [ruleOf([{}], { backends })], { hostnames: ["a.example"] });
    expect(heads(ofOne)["a.example"]?.pools).toEqual(["a", "c", "d"]);
  });

  test("are there for hosts that only routes name, wildcards and no host among them", () => {
    const found = heads(routeTo("w", ["*.w.example"], [toPool("a")]), routeTo("all", [], []));
    expect(found["*.w.example"]).toEqual({ own: null, named: [], pools: ["a"], routes: ["w"] });
    expect(found["*"]).toEqual({ own: null, named: [], pools: [], routes: ["all"] });
  });

  test("take a disabled load balancer for absent", () => {
    const found = heads(routeTo("r", ["off.example"], [toBalancer("off.example")]));
    expect(found["off.example"]).toEqual({ own: null, named: [], pools: [], routes: ["r"] });
    expect(Object.keys(heads())).not.toContain("off.example");
  });

  test("name nothing for what is unknown", () => {
    const targets = [toBalancer("gone.example"), { kind: "unknown", reference: "x" } as const];
    const gone = { kind: "Pool", pool: "gone" as never } as const;
    expect(heads(routeTo("r", ["a.example"], [...targets, gone]))["a.example"]).toEqual({
      ...A,
      routes: ["r"],
    });
  });

  test("have their routes by name, each once for a host that it names twice", () => {
    const [b, a] = ["b", "a"].map((name) => routeTo(name, ["h.example", "h.example"], []));
    if (a === undefined || b === undefined) throw new Error("two routes");
    const other = { ...a, namespace: "z" };
    expect(heads(other, b, a)["h.example"]?.routes).toEqual(["a", "b", "a"]);
  });
});

test("the pools of a load balancer are those of every list and the fallback pool", () => {
  const document = {
    pools: Object.fromEntries([..."abcdef"].map((name) => [name, { origins }])),
    load_balancers: {
      "a.example": {
        ...{ default_pools: ["a"], fallback_pool: "e", region_pools: { WEU: ["b"] } },
        ...{ country_pools: { DE: ["c"] }, pop_pools: { FRA: ["d"] } },
      },
    },
  };
  const { pools, load_balancers } = tableOf(document);
  const used = new Set(load_balancers.flatMap((one) => [...poolsOf(one)]));
  expect(pools.filter(({ id }) => !used.has(id)).map(({ name }) => name)).toEqual(["f"]);
});
