/**
 * The routes of one host key as they travel: in blocks, because one host may have all of an account's 10,000 routes, and
 * a change of one must not move them all.
 *
 * A route is in block `hash(namespace/name) mod N`. N is the power of two at which a block has 100 to 200 routes, a few
 * tens of KB. It doubles when they would be more on average, and halves when they would be fewer: then every block of
 * the host is another one, and its matcher is compiled anew. Growing to 10,000 routes does that six times and moves, in
 * all, about twice the final size.
 */
import type { HttpRoute } from "./http-route.ts";
import { ROUTES_MAX } from "./limits.ts";
import type { Programs } from "./match/pattern.ts";
import { ok, type Result, refuse } from "./result.ts";
import { isOptional, isPrograms, isRoute } from "./route-shape.ts";
import { readObject, type SnapshotRefusal } from "./snapshot.ts";
import { hash32 } from "./steer/hash32.ts";

export interface RouteBlock {
  readonly schema: number;
  readonly account: string;
  /** The key under which the manifest names it: `hostkey#n`. */
  readonly host: string;
  readonly routes: readonly HttpRoute[];
  /** Of the routes' patterns. Absent: they have none, or the writer is older than programs. */
  readonly patterns?: Programs;
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

/** Reads a block whose hash was already checked: every route has the shape that matching and forwarding rely on. */
export function readBlock(text: string): Result<RouteBlock, SnapshotRefusal> {
  const parsed = readObject(text);
  if (!parsed.ok) return parsed;
  const { account, host, routes, patterns } = parsed.value;
  if (typeof account !== "string") return refuse({ reason: "shape", field: "account" });
  if (typeof host !== "string") return refuse({ reason: "shape", field: "host" });
  if (!Array.isArray(routes) || routes.length > ROUTES_MAX || !routes.every(isRoute)) {
    return refuse({ reason: "shape", field: "routes" });
  }
  if (!isOptional(patterns, isPrograms)) return refuse({ reason: "shape", field: "patterns" });
  return ok(parsed.value as unknown as RouteBlock);
}
