/** Routes on the whole edge in Node: how they come to it, and what it counts. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { shardKey } from "../../../routing/names.ts";
import type { BakedSnapshot } from "../../../workers/ports.ts";
import { compileDocument, poolsAt, routeManifest, toPool } from "./harness/document.ts";
import { type NodeEdge, startNodeEdge } from "./harness/node-edge.ts";
import type { Compiled } from "./harness/table.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pools = poolsAt({ p: 9001, q: 9002 });
const document = (...http_routes: readonly object[]) => ({ pools, http_routes });

test("a stranger cannot invent series under a wildcard: a request is counted under its host key", async () => {
  const edge = startNodeEdge();
  const table = compileDocument(
    1,
    document(routeManifest("wild", ["*.shop.example"], [toPool("/p", "p")])),
  );
  edge.write(table);
  edge.region = table;
  for (let stranger = 0; stranger < 50; stranger += 1) {
    expect((await edge.ask(`x${stranger}.shop.example`, "/p")).status).toBe(200);
    expect((await edge.ask(`x${stranger}.shop.example`, "/q")).status).toBe(404);
  }
  await vi.advanceTimersByTimeAsync(2_000);
  await edge.ask("last.shop.example", "/p");
  const counted = edge.reports.flatMap(({ hosts }) => Object.keys(hosts));
  expect(new Set(counted)).toEqual(new Set(["*.shop.example"]));
});

const HOST = "shop.example";
const BLOCK = `${HOST}#0`;
const route = (name: string, path: string, pool: string) =>
  routeManifest(name, [HOST], [toPool(path, pool)]);
const many = (count: number, pool: string) =>
  Array.from({ length: count }, (_, at) => route(`r${at}`, `/${at}`, pool));
const bakedOf = ({ manifest, shards }: Compiled): BakedSnapshot => ({
  manifest,
  shards: Object.fromEntries(Object.values(shards).map((shard) => [shard.hash, shard])),
});
const kvKey = (table: Compiled, key: string) => shardKey(table.shards[key]?.hash ?? "");
const portOf = (request: Request | undefined) => new URL(request?.url ?? "http://none").port;

/** The status, and the port of the endpoint when one answered. */
async function answerOf(edge: NodeEdge, target: string): Promise<string> {
  const before = edge.sent.length;
  const { status } = await edge.ask(HOST, target);
  return edge.sent.length === before ? `${status}` : `${status} ${portOf(edge.sent.at(-1))}`;
}

async function beats(edge: NodeEdge, count: number): Promise<void> {
  for (let beat = 0; beat < count; beat += 1) {
    await edge.ask(HOST, "/");
    await vi.advanceTimersByTimeAsync(1_500);
  }
}

describe("parts of two versions are never mixed", () => {
  const one = compileDocument(1, document(route("r", "/", "p")));
  const two = compileDocument(
    2,
    { pools: poolsAt({ p: 9001, q: 9002, fresh: 9003 }), http_routes: [route("r", "/", "fresh")] },
    one.table,
  );

  test.each([
    ["the shard", HOST],
    ["a block", BLOCK],
  ])(
    "by a cold isolate for which %s of the newest is lost: all is what was baked in",
    async (_what, key) => {
      const edge = startNodeEdge({ baked: bakedOf(one) });
      edge.write(two);
      edge.kv.delete(kvKey(two, key));
      expect(await answerOf(edge, "/")).toBe("200 9001");
      edge.region = two;
      await beats(edge, 3);
      expect(await answerOf(edge, "/")).toBe("200 9003");
    },
  );

  test.each([
    ["the shard", HOST],
    ["a block", BLOCK],
  ])(
    "by an isolate in use for which %s of the newest is missing: the one before serves on",
    async (_what, key) => {
      const edge = startNodeEdge();
      edge.write(one);
      expect(await answerOf(edge, "/")).toBe("200 9001");
      const { [key]: _lost, ...rest } = two.shards;
      edge.region = { ...two, shards: rest };
      await beats(edge, 3);
      expect(await answerOf(edge, "/")).toBe("200 9001");
      edge.region = two;
      await beats(edge, 3);
      expect(await answerOf(edge, "/")).toBe("200 9003");
    },
  );

  test("a host without all its parts anywhere is not decided by some of them", async () => {
    const edge = startNodeEdge();
    edge.write(two);
    edge.kv.delete(kvKey(two, BLOCK));
    expect(await answerOf(edge, "/")).toBe("503");
    edge.region = two;
    await beats(edge, 3);
    expect(await answerOf(edge, "/")).toBe("200 9003");
  });
});

describe("a host whose routes become so many that they need more blocks", () => {
  const one = compileDocument(1, document(...many(150, "p")));
  const two = compileDocument(2, document(...many(450, "q")), one.table);

  test("has them through the exchange alone, KV being gone", async () => {
    const edge = startNodeEdge();
    edge.write(one);
    expect(await answerOf(edge, "/7")).toBe("200 9001");
    edge.kv.clear();
    edge.region = two;
    await beats(edge, 4);
    expect([await answerOf(edge, "/7"), await answerOf(edge, "/449")]).toEqual([
      "200 9002",
      "200 9002",
    ]);
  });

  test("and back", async () => {
    const edge = startNodeEdge();
    edge.write(two);
    expect(await answerOf(edge, "/449")).toBe("200 9002");
    edge.kv.clear();
    edge.region = compileDocument(3, document(...many(150, "p")), two.table);
    await beats(edge, 4);
    expect([await answerOf(edge, "/7"), await answerOf(edge, "/449")]).toEqual(["200 9001", "404"]);
  });
});

test("a change of one route moves one block, and no other", async () => {
  const others = [...many(448, "p"), route("r448", "/448", "q")];
  const one = compileDocument(1, document(...others, route("r449", "/449", "p")));
  const two = compileDocument(2, document(...others, route("r449", "/449", "q")), one.table);
  const edge = startNodeEdge();
  edge.write(one);
  expect(await answerOf(edge, "/449")).toBe("200 9001");
  edge.kv.clear();
  edge.region = two;
  await beats(edge, 3);
  expect(await answerOf(edge, "/449")).toBe("200 9002");
  const changed = Object.keys(two.shards).filter(
    (key) => two.shards[key]?.hash !== one.shards[key]?.hash,
  );
  expect(changed).toHaveLength(1);
});

test("a block that comes damaged is not taken over", async () => {
  const one = compileDocument(1, document(route("r", "/", "p")));
  const two = compileDocument(2, document(route("r", "/", "q")), one.table);
  const edge = startNodeEdge();
  edge.write(one);
  await edge.ask(HOST, "/");
  const block = two.shards[BLOCK] ?? { hash: "", text: "" };
  const damaged = { hash: block.hash, text: block.text.replace('"r"', '"s"') };
  edge.region = { ...two, shards: { ...two.shards, [BLOCK]: damaged } };
  await beats(edge, 3);
  expect(await answerOf(edge, "/")).toBe("200 9001");
  edge.region = two;
  await beats(edge, 3);
  expect(await answerOf(edge, "/")).toBe("200 9002");
});

test("a host of 10,000 routes comes from KV", async () => {
  const table = compileDocument(1, document(...many(9_999, "p"), route("last", "/last", "q")));
  const edge = startNodeEdge();
  edge.write(table);
  expect(Object.keys(table.shards).length).toBeGreaterThan(60);
  expect(await answerOf(edge, "/last/x")).toBe("200 9002");
  expect(await answerOf(edge, "/9998")).toBe("200 9001");
  expect(await answerOf(edge, "/9999")).toBe("404");
});
