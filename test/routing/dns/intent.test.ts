import { describe, expect, test } from "vitest";
import { intentOf, syncedZones } from "../../../routing/dns/intent.ts";
import type { Table } from "../../../routing/model.ts";
import { monitorOf } from "../../durable-objects/plain/messages.ts";
import { SYNC, shop } from "./fixtures.ts";

describe("what a zone is to publish", () => {
  test("is every load balancer of it, as the edge with the endpoints behind it, when nobody chose", () => {
    const { publications } = shop({
      balancers: { "www.shop.test": {}, "shop.test": {}, "www.other.test": {} },
    });
    expect(publications.map(({ balancer, mode }) => [balancer.name, mode])).toEqual([
      ["shop.test", "edge_with_fallback"],
      ["www.shop.test", "edge_with_fallback"],
    ]);
  });

  test("is what was chosen and nothing else, when somebody did", () => {
    const { publications } = shop({
      balancers: { "www.shop.test": {}, "shop.test": {} },
      sync: { publish: { "www.shop.test": "direct" } },
    });
    expect(publications.map(({ balancer, mode }) => [balancer.name, mode])).toEqual([
      ["www.shop.test", "direct"],
    ]);
  });

  test("is no name of a zone below it, whoever keeps that one, and no other name that ends alike", () => {
    const names = ["a.shop.test", "a.eu.shop.test", "eu.shop.test", "myshop.test"];
    const zones = [
      { id: "1", name: "shop", description: "", sync: SYNC },
      { id: "2", name: "eu.shop.test", description: "" },
    ];
    const load_balancers = names.map((name) => ({
      ...{ name, enabled: true, default_pools: [], fallback_pool: "" },
      ...{ region_pools: {}, country_pools: {} },
    }));
    const table = { zones, load_balancers, pools: [], monitors: [], monitor_groups: [] };
    const { publications = [] } = intentOf(table as unknown as Table, "shop") ?? {};
    expect(publications.map(({ balancer }) => balancer.name)).toEqual(["a.shop.test"]);
  });

  test("is no load balancer that is disabled", () => {
    const { publications } = shop({ balancers: { "www.shop.test": { enabled: false } } });
    expect(publications).toEqual([]);
  });

  test("carries the pools that can be reached, and all of them where endpoints get names", () => {
    const given = {
      pools: { main: ["192.0.2.1"], eu: ["192.0.2.2"], idle: ["192.0.2.3"] },
      balancers: {
        "www.shop.test": {
          default_pools: ["main"],
          fallback_pool: "main",
          country_pools: { DE: ["eu"] },
        },
      },
    };
    expect(shop(given).pools.map(({ name }) => name)).toEqual(["eu", "main"]);
    const all = shop({ ...given, sync: { endpoint_names: true } });
    expect(all.pools.map(({ name }) => name)).toEqual(["eu", "idle", "main"]);
  });
});

test("a monitor group is there as the monitor that stands for it", () => {
  const monitors = [
    monitorOf({ id: "a", name: "a", interval: 10, path: "/a" }),
    monitorOf({ id: "b", name: "b", interval: 60, path: "/b" }),
  ];
  const member = { enabled: true, monitoring_only: false, must_be_healthy: false };
  const members = [
    { ...member, monitor_id: "a" },
    { ...member, monitor_id: "b", must_be_healthy: true },
  ];
  const sync = { ...SYNC, endpoint_names: true };
  const table = {
    ...{ zones: [{ id: "1", name: "shop", sync }], load_balancers: [], monitors },
    monitor_groups: [{ id: "g", name: "g", description: "", members }],
    pools: [{ id: "p", name: "p", monitor_group: "g", origins: [] }],
  };
  expect(intentOf(table as unknown as Table, "shop")).toMatchObject({
    pools: [{ monitor: "g", monitor_group: "g" }],
    monitors: [{ id: "g", interval: 10, path: "/b" }],
  });
});

test("a zone that nobody keeps in step is no intent, nor is one that is not there", () => {
  const table = { zones: [{ id: "1", name: "plain.test", description: "" }] } as unknown as Table;
  expect([intentOf(table, "plain.test"), intentOf(table, "other.test")]).toEqual([null, null]);
});

test("the zones that are kept in step are told by name", () => {
  const zones = [{ name: "a.test" }, { name: "b.test", sync: SYNC }];
  expect(syncedZones({ zones } as unknown as Table)).toEqual(["b.test"]);
});
