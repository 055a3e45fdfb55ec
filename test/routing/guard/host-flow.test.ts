import { expect, test } from "vitest";
import { flowsOf, hasEndpoint, hostOf, isMeasuredBy } from "../../../routing/guard/host-flow.ts";
import { STEERING_POLICIES } from "../../../routing/model.ts";
import { headsOf } from "../../../routing/table/heads.ts";
import type { EndpointId } from "../../../routing/units.ts";
import { balanced, demand, HOST, poolsFrom, tableOf } from "./world.ts";

const hostIn = (document: object) => {
  const [head] = headsOf(tableOf(document));
  if (head === undefined) throw new Error("the table has a host");
  return hostOf(head, "default");
};
const all = () => true;
const none = () => false;

test("with no pool up the fallback pool takes what comes, as the edge's last resort does", () => {
  const table = tableOf({
    pools: poolsFrom({ a: [{}], b: [{}], last: [{}] }),
    load_balancers: { [HOST]: balanced(["a", "b"], { fallback_pool: "last" }) },
  });
  const [head] = headsOf(table);
  const host = hostOf(head as NonNullable<typeof head>, "default");
  const last = table.pools.find(({ name }) => name === "last")?.origins[0]?.id;
  const flows = flowsOf(host, demand(9), (id: EndpointId) => id === last);
  expect(flows.map(([{ pool }, rps]) => [pool.name, rps])).toEqual([["last", 9]]);
  expect([flowsOf(host, demand(9), none), hasEndpoint(host, all), hasEndpoint(host, none)]).toEqual(
    [[], true, false],
  );
});

test("a host that only redirects needs no endpoint", () => {
  const host = hostIn({
    pools: {},
    http_routes: [
      {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "HTTPRoute",
        metadata: { name: "away" },
        spec: {
          hostnames: [HOST],
          rules: [
            { filters: [{ type: "RequestRedirect", requestRedirect: { hostname: "b.example" } }] },
          ],
        },
      },
    ],
  });
  expect(hasEndpoint(host, none)).toBe(true);
  expect(flowsOf(host, demand(5), none)).toEqual([]);
});

test("rules of a load balancer make its requests go where they were measured to go", () => {
  const host = hostIn({
    pools: poolsFrom({ a: [{}], b: [{}] }),
    load_balancers: {
      [HOST]: balanced(["a"], {
        rules: [{ name: "r", condition: 'http.host eq "x"', overrides: { default_pools: ["b"] } }],
      }),
    },
  });
  const flows = flowsOf(host, demand(10, { pools: { a: 3, b: 7 } }), all);
  expect(flows.map(([{ pool }, rps]) => [pool.name, rps])).toEqual([
    ["a", 3],
    ["b", 7],
  ]);
});

test("policies that measure are told from those that are known before", () => {
  expect(STEERING_POLICIES.filter(isMeasuredBy)).toEqual([
    "dynamic_latency",
    "least_outstanding_requests",
    "least_connections",
  ]);
});
