/**
 * The routes of one host key as they travel: in blocks, because one host may have all of an account's 10,000 routes, and
 * a change of one must not move them all.
 *
 * A route is in block `hash(namespace/name) mod N`. N is the power of two at which a block has 100 to 200 routes, a few
 * tens of KB. It doubles when they would be more on average, and halves when they would be fewer: then every block of
 * the host is another one, and its matcher is compiled anew. Growing to 10,000 routes does that six times and moves, in
 * all, about twice the final size.
 *
 * A block is read only as far as requests must be led to its routes: its first line is everything but the routes, with an
 * index of them, and each route is a line that is read when it first takes a request. All lines together are one JSON text,
 * which says the same to a reader that looks at no lines.
 */
import { type CarriedRoute, carriedRoutes } from "./carried-route.ts";
import type { HttpRoute } from "./http-route.ts";
import { ROUTES_MAX } from "./limits.ts";
import type { Programs } from "./match/pattern.ts";
import { ok, type Result, refuse } from "./result.ts";
import { indexOf, isRouteIndex } from "./route-index.ts";
import { isOptional, isPrograms, isRoute } from "./route-shape.ts";
import { readObject, type SnapshotRefusal } from "./snapshot.ts";
import { hash32 } from "./steer/hash32.ts";

/** What is said of all routes of a block together. */
export interface BlockHead {
  readonly schema: number;
  readonly account: string;
  /** The key under which the manifest names it: `hostkey#n`. */
  readonly host: string;
  /** Of the routes' patterns. Absent: they have none, or the writer is older than programs. */
  readonly patterns?: Programs;
}

export interface RouteBlock extends BlockHead {
  readonly routes: readonly CarriedRoute[];
}

/** On average over the blocks of one host; a route of the usual kind is 300 to 600 bytes of JSON. */
const ROUTES_PER_BLOCK_MAX = 200;

export const blockKey = (hostKey: string, index: number): string => `${hostKey}#${index}`;

/** The keys of a host's parts: its shard, and every block that a manifest names. */
export function partKeys(hostKey: string, isNamed: (key: string) => boolean): readonly string[] {
  const keys = [hostKey];
  for (let key = blockKey(hostKey, 0); isNamed(key); key = blockKey(hostKey, keys.length - 1)) {
    keys.push(key);
  }
  return keys;
}

/** The routes of one host key, block by block. Routes keep their order, so equal tables give equal blocks. */
export function toBlocks(routes: readonly HttpRoute[]): readonly (readonly HttpRoute[])[] {
  const count = blocksFor(routes.length);
  const blocks = Array.from({ length: count }, (): HttpRoute[] => []);
  for (const route of routes) {
    // A power of two is subtracted from by its bits: the low ones are the remainder.
    blocks[hash32(`${route.namespace}/${route.name}`) & (count - 1)]?.push(route);
  }
  return blocks;
}

/** A power of two; 0 without routes. */
export function blocksFor(routes: number): number {
  if (routes === 0) return 0;
  return 2 ** Math.ceil(Math.log2(Math.max(1, routes / ROUTES_PER_BLOCK_MAX)));
}

/** `JSON.stringify` writes no line feed, so in a block it is only where one was put. */
const LINE = "\n";
const BEFORE_ROUTES = `,"routes":[${LINE}`;
const BETWEEN_ROUTES = `,${LINE}`;
const AFTER_ROUTES = `${LINE}]}`;

/** The text of a block. Equal routes give equal texts when their keys stand in one order. */
export function writeBlock(head: BlockHead, routes: readonly HttpRoute[]): string {
  const first = JSON.stringify({ ...head, index: indexOf(routes) });
  const lines = routes.map((route) => JSON.stringify(route));
  return `${first.slice(0, -1)}${BEFORE_ROUTES}${lines.join(BETWEEN_ROUTES)}${AFTER_ROUTES}`;
}

/**
 * Reads a block whose hash was already checked: whatever requests are matched by has the shape that matching relies on.
 * A block without an index was written before there were any, and is read as a whole.
 */
export function readBlock(text: string): Result<RouteBlock, SnapshotRefusal> {
  const end = text.indexOf(LINE);
  if (end < 0 || !text.endsWith(AFTER_ROUTES)) return readWhole(text);
  const read = readHead(`${text.slice(0, end)}]}`);
  if (!read.ok) return read;
  const { index, ...head } = read.value;
  if (!isRouteIndex(index)) return refuse({ reason: "shape", field: "index" });
  const lines = text.slice(end + LINE.length, -AFTER_ROUTES.length);
  const texts = lines === "" ? [] : lines.split(BETWEEN_ROUTES);
  if (texts.length !== index.keys.length || texts.length > ROUTES_MAX) {
    return refuse({ reason: "shape", field: "routes" });
  }
  const routes = carriedRoutes({ index, programs: head.patterns }, texts);
  return ok({ ...headOf(head), routes });
}

function readWhole(text: string): Result<RouteBlock, SnapshotRefusal> {
  const read = readHead(text);
  if (!read.ok) return read;
  const { routes, ...head } = read.value;
  if (!Array.isArray(routes) || routes.length > ROUTES_MAX || !routes.every(isRoute)) {
    return refuse({ reason: "shape", field: "routes" });
  }
  return ok(carry(headOf(head), routes as readonly HttpRoute[]));
}

/** The block of routes that are there in full. */
export function carry(head: BlockHead, routes: readonly HttpRoute[]): RouteBlock {
  const texts = routes.map((route) => JSON.stringify(route));
  const carrying = { index: indexOf(routes), programs: head.patterns };
  return { ...head, routes: carriedRoutes(carrying, texts, routes) };
}

/** Without what only the text has. */
function headOf({ schema, account, host, patterns }: BlockHead): BlockHead {
  const head = { schema, account, host };
  return patterns === undefined ? head : { ...head, patterns };
}

interface Head extends BlockHead {
  readonly index?: unknown;
  readonly routes?: unknown;
}

function readHead(text: string): Result<Head, SnapshotRefusal> {
  const parsed = readObject(text);
  if (!parsed.ok) return parsed;
  const { account, host, patterns } = parsed.value;
  if (typeof account !== "string") return refuse({ reason: "shape", field: "account" });
  if (typeof host !== "string") return refuse({ reason: "shape", field: "host" });
  if (!isOptional(patterns, isPrograms)) return refuse({ reason: "shape", field: "patterns" });
  return ok(parsed.value as unknown as Head);
}
