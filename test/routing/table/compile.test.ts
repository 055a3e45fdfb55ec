import { describe, expect, test } from "vitest";
import { ROUTE_COPIES_MAX, ROUTE_HOSTS_MAX } from "../../../routing/limits.ts";
import { fromPrograms } from "../../../routing/match/pattern.ts";
import type { Table } from "../../../routing/model.ts";
import { readBlock } from "../../../routing/route-block.ts";
import { isIntact, readManifest, readShard } from "../../../routing/snapshot.ts";
import { compileTable, shardProblems } from "../../../routing/table/compile.ts";
import type { TableVersion } from "../../../routing/units.ts";
import { pattern, routeOf, ruleOf, toPool } from "../match/routes.ts";
import { tableOf, wholeDocument } from "./fixtures.ts";

const table: Table = { ...tableOf(wholeDocument()), http_routes: [] };

/** The same content with every key of every object in the opposite order. */
function turned<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(turned) as T;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, member]) => [key, turned(member)])) as T;
}

/** 300 routes of one host, so in two blocks. */
const withRoutes: Table = {
  ...table,
  http_routes: Array.from({ length: 300 }, (_, index) =>
    routeOf(`r${index}`, [{}], { hostnames: ["shop.example"] }),
  ),
};

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

  test("has the routes of a host in blocks, which the manifest names after it", () => {
    const { manifest, shards } = compileTable(withRoutes);
    const keys = ["shop.example", "shop.example#0", "shop.example#1"];
    const read = readManifest(manifest.text);
    expect(read.ok && Object.entries(read.value.hosts)).toEqual(
      keys.map((key) => [key, shards[key]?.hash]),
    );
    const head = readShard(shards["shop.example"]?.text ?? "");
    expect(head.ok && head.value).toMatchObject({ load_balancer: {}, blocks: 2 });
    const blocks = keys.slice(1).flatMap((key) => {
      const block = readBlock(shards[key]?.text ?? "");
      expect(block.ok && block.value).toMatchObject({ account: "default", host: key });
      return block.ok ? block.value.routes : [];
    });
    expect(new Set(blocks.map(({ key }) => key)).size).toBe(300);
  });

  test("has the programs of patterns, in the shard those of rules, in a block those of routes", () => {
    const { load_balancers, ...rest } = wholeDocument();
    const rules = ['http.host ~ "^a"', 'http.host ~ "^a" or http.cookie ~ "b"', "ssl"].map(
      (condition) => ({ condition }),
    );
    const [shop] = Object.values(load_balancers);
    const ruled = tableOf({ ...rest, load_balancers: { "shop.example": { ...shop, rules } } });
    const http_routes = ["/x+", "/x+", "/y"].map((path, at) =>
      routeOf(`r${at}`, [pattern(path)], { hostnames: ["shop.example"] }),
    );
    const { shards } = compileTable({ ...ruled, http_routes });
    const head = readShard(shards["shop.example"]?.text ?? "");
    const block = readBlock(shards["shop.example#0"]?.text ?? "");
    if (!head.ok || !block.ok) throw new Error("unreadable");
    expect(Object.keys(head.value.patterns ?? {})).toEqual(["^a", "b"]);
    expect(Object.keys(block.value.patterns ?? {})).toEqual(["/x+", "/y"]);
    expect(fromPrograms(head.value.patterns)("^a")).toMatchObject({ ok: true });
  });

  test("has in a shard the programs of a load balancer that only its routes name", () => {
    const { load_balancers, ...rest } = wholeDocument();
    const [shop] = Object.values(load_balancers);
    const other = { ...shop, rules: [{ condition: 'http.host ~ "^b"' }] };
    const named = tableOf({ ...rest, load_balancers: { ...load_balancers, "b.example": other } });
    const target = { kind: "LoadBalancer", host: "b.example" } as const;
    const rule = ruleOf([{}], { backends: [{ ...toPool("p"), target }] });
    const http_routes = [routeOf("r", [rule], { hostnames: ["a.example"] })];
    const { shards } = compileTable({ ...named, http_routes });
    const read = readShard(shards["a.example"]?.text ?? "");
    expect(read.ok && Object.keys(read.value.patterns ?? {})).toEqual(["^b"]);
  });

  test("has none where there are no patterns, so that such a text is what it was before", () => {
    for (const { text } of Object.values(compileTable(withRoutes).shards)) {
      expect(text).not.toContain("patterns");
    }
  });

  test("moves one block when one route changes, and nothing else", () => {
    const [first, ...others] = withRoutes.http_routes;
    const http_routes = [{ ...first, createdAtMs: 1 } as (typeof others)[0], ...others];
    const [before, after] = [withRoutes, { ...withRoutes, http_routes }].map((one) =>
      compileTable(one),
    );
    const moved = Object.keys(after?.shards ?? {}).filter(
      (key) => after?.shards[key]?.hash !== before?.shards[key]?.hash,
    );
    expect(moved).toHaveLength(1);
    expect(moved[0]).toMatch(/#[01]$/);
  });

  test("leaves disabled load balancers out", () => {
    const load_balancers = table.load_balancers.map((one) => ({ ...one, enabled: false }));
    const { manifest, shards } = compileTable({ ...table, load_balancers });
    expect(shards).toEqual({});
    expect(manifest.text).toContain('"hosts":{}');
  });

  test("has equal hashes for equal content, whatever the order of keys", () => {
    expect(compileTable(turned(table) as Table)).toEqual(compileTable(table));
    const turnedRoutes = { ...withRoutes, http_routes: withRoutes.http_routes.toReversed() };
    expect(compileTable(turnedRoutes)).toEqual(compileTable(withRoutes));
  });

  test("carries public keys in its manifest and nowhere else, and is as it was without any", () => {
    const keys = ["A".repeat(43), "B".repeat(43)];
    const { manifest, shards } = compileTable(table, keys);
    const read = readManifest(manifest.text);
    expect(read.ok && read.value.explain_keys).toEqual(keys);
    expect(shards).toEqual(compileTable(table).shards);
    expect(compileTable(table, [])).toEqual(compileTable(table));
    expect(compileTable(table).manifest.text).not.toContain("explain_keys");
  });

  test("has the same shards at another version, and another manifest", () => {
    const next = compileTable({ ...table, version: 2 as TableVersion });
    expect(next.shards).toEqual(compileTable(table).shards);
    expect(next.manifest.hash).not.toBe(compileTable(table).manifest.hash);
  });
});

test("a shard that an edge could not afford is a problem where its load balancer stands", () => {
  const description = "x".repeat(600_000);
  const pools = table.pools.map((pool) => ({ ...pool, description }));
  const pointers = new Map([["shop.example", "/here"]]);
  expect(shardProblems(table, pointers)).toEqual([]);
  expect(shardProblems({ ...table, pools }, pointers)).toMatchObject([{ pointer: "/here" }]);
});

test("a block of routes that an edge could not afford is a problem of its host", () => {
  const id = "x".repeat(600_000);
  const heavy = { ...withRoutes, http_routes: withRoutes.http_routes.map((r) => ({ ...r, id })) };
  const pointers = new Map([["shop.example", "/here"]]);
  expect(shardProblems(withRoutes, pointers)).toEqual([]);
  expect(shardProblems(heavy, pointers)).toMatchObject([
    { pointer: "/here", detail: expect.stringContaining("a block of shop.example") },
  ]);
});

test("more hostnames in routes than a push can carry are a problem", () => {
  const routes = (count: number, hostname: (index: number) => string) => ({
    ...table,
    http_routes: [
      routeOf("r", [{}], {
        hostnames: Array.from({ length: count }, (_, index) => hostname(index)),
      }),
    ],
  });
  const found = (count: number, hostname: (index: number) => string) =>
    shardProblems(routes(count, hostname), new Map()).map(({ value }) => value);
  expect(found(ROUTE_HOSTS_MAX, (index) => `h${index}.example`)).toEqual([]);
  expect(found(ROUTE_HOSTS_MAX + 1, (index) => `h${index}.example`)).toEqual([ROUTE_HOSTS_MAX + 1]);
  expect(found(ROUTE_COPIES_MAX, () => "one.example")).toEqual([]);
  expect(found(ROUTE_COPIES_MAX + 1, () => "one.example")).toEqual([ROUTE_COPIES_MAX + 1]);
});
