import { describe, expect, test } from "vitest";
import type { Table } from "../../../routing/model.ts";
import { isIntact, readManifest, readShard } from "../../../routing/snapshot.ts";
import {
  compileTable,
  poolsOf,
  probeTargets,
  shardProblems,
} from "../../../routing/table/compile.ts";
import type { TableVersion } from "../../../routing/units.ts";
import { tableOf, wholeDocument } from "./fixtures.ts";

const table = tableOf(wholeDocument());

/** The same content with every key of every object in the opposite order. */
function turned<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(turned) as T;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, member]) => [key, turned(member)])) as T;
}

describe("a compiled table", () => {
  test("has a manifest that names the hash of every shard", () => {
    const { manifest, shards } = compileTable(table);
    const read = readManifest(manifest.text);
    expect(read.ok && read.value.hosts).toEqual({ "shop.example": shards["shop.example"]?.hash });
    expect([manifest, ...Object.values(shards)].every(isIntact)).toBe(true);
  });

  test("has shards that the edge can read, with the pools of their host and no other", () => {
    const { pools, load_balancers } = wholeDocument();
    const document = {
      ...wholeDocument(),
      pools: { ...pools, spare: { origins: [{ name: "s", address: "s.example.net" }] } },
      load_balancers: {
        ...load_balancers,
        "us.example": { default_pools: ["us"], fallback_pool: "us" },
      },
    };
    const { shards } = compileTable(tableOf(document));
    const names = (host: string) => {
      const read = readShard(shards[host]?.text ?? "");
      return read.ok ? read.value.pools.map(({ name }) => name) : read.error;
    };
    expect(names("shop.example")).toEqual(["eu", "us"]);
    expect(names("us.example")).toEqual(["us"]);
  });

  test("leaves disabled load balancers out", () => {
    const load_balancers = table.load_balancers.map((one) => ({ ...one, enabled: false }));
    const { manifest, shards } = compileTable({ ...table, load_balancers });
    expect(shards).toEqual({});
    expect(manifest.text).toContain('"hosts":{}');
  });

  test("has equal hashes for equal content, whatever the order of keys", () => {
    expect(compileTable(turned(table) as Table)).toEqual(compileTable(table));
  });

  test("has the same shards at another version, and another manifest", () => {
    const next = compileTable({ ...table, version: 2 as TableVersion });
    expect(next.shards).toEqual(compileTable(table).shards);
    expect(next.manifest.hash).not.toBe(compileTable(table).manifest.hash);
  });
});

test("the pools of a load balancer are those of every list and the fallback pool", () => {
  const pool = { origins: [{ name: "e", address: "e.example.net" }] };
  const document = {
    pools: { a: pool, b: pool, c: pool, d: pool, e: pool, unused: pool },
    load_balancers: {
      "a.example": {
        ...{ default_pools: ["a"], fallback_pool: "e", region_pools: { WEU: ["b"] } },
        ...{ country_pools: { DE: ["c"] }, pop_pools: { FRA: ["d"] } },
      },
    },
  };
  const { pools, load_balancers } = tableOf(document);
  const used = new Set(load_balancers.flatMap((one) => [...poolsOf(one)]));
  expect(pools.filter(({ id }) => !used.has(id)).map(({ name }) => name)).toEqual(["unused"]);
  expect(used.size).toBe(5);
});

describe("the targets of probes", () => {
  const targets = (changes: { monitor?: object; origin?: object; pool?: object } = {}) => {
    const origin = { name: "e", address: "e.example.net", ...changes.origin };
    const pools = { p: { monitor: "m", origins: [origin], ...changes.pool } };
    return probeTargets(tableOf({ monitors: { m: { ...changes.monitor } }, pools }));
  };

  test("are the endpoints of pools that have a monitor", () => {
    expect(targets()).toMatchObject([
      { pool: "p", name: "e", address: "e.example.net", monitor: { name: "m" } },
    ]);
    expect(targets({ pool: { monitor: null } })).toEqual([]);
  });

  test("are not what is disabled", () => {
    expect(targets({ origin: { enabled: false } })).toEqual([]);
    expect(targets({ pool: { enabled: false } })).toEqual([]);
  });

  test.each([
    ["the monitor's own port first", { monitor: { port: 81 }, origin: { port: 82 } }, 81, "http"],
    ["then the endpoint's", { origin: { port: 82 } }, 82, "http"],
    ["then that of http", {}, 80, "http"],
    [
      "or of https, as the monitor says and not the endpoint",
      { monitor: { type: "https" } },
      443,
      "https",
    ],
    [
      "and for tcp the endpoint's",
      { monitor: { type: "tcp" }, origin: { port: 5432 } },
      5432,
      "https",
    ],
  ])("use %s", (_name, changes, port, scheme) => {
    expect(targets(changes)).toMatchObject([{ port, scheme }]);
  });
});

test("a shard that an edge could not afford is a problem where its load balancer stands", () => {
  const description = "x".repeat(600_000);
  const pools = table.pools.map((pool) => ({ ...pool, description }));
  const pointers = new Map([["shop.example", "/here"]]);
  expect(shardProblems(table, pointers)).toEqual([]);
  expect(shardProblems({ ...table, pools }, pointers)).toMatchObject([{ pointer: "/here" }]);
});
