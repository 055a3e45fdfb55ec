/**
 * Every route of one host key as one immutable value, made from its blocks.
 *
 * Blocks are edited in, so that a change recompiles the routes that differ and shares all the rest with the matcher
 * before it, which goes on answering meanwhile.
 */
import type { HttpRoute } from "../http-route.ts";
import type { RouteBlock } from "../route-block.ts";
import { candidatesOf, keyOf } from "./candidate.ts";
import { add, beginEdit, endEdit, NO_PATHS, type Paths, remove } from "./paths.ts";
import { type Programs, patternsOf, programIn } from "./pattern.ts";

export type Matcher = Paths;

export const EMPTY_MATCHER: Matcher = NO_PATHS;

/** Matches compiled between two yields: about 0.5 ms, and 3 ms while nothing is optimised yet. */
const MATCHES_PER_TURN = 256;

/**
 * The matcher with one block replaced; `null` = there was none, or there is none any more.
 *
 * Range: `before` is what this matcher was made from, and both are the same block of as many. When the number of blocks
 * changes, routes move between them and the matcher is compiled anew. Cost: a text of each route of both blocks, and per
 * differing route the tables in which its paths are: a few dozen entries each at 10,000 routes.
 */
export function withBlock(
  matcher: Matcher,
  before: RouteBlock | null,
  after: RouteBlock | null,
): Matcher {
  const [old, next] = [routesOf(before), routesOf(after)];
  const edit = beginEdit(matcher);
  const isKept = (route: HttpRoute, other: HttpRoute | undefined) =>
    isSame(route, other) && hasSamePrograms(route, before?.patterns, after?.patterns);
  for (const [key, route] of old) {
    if (isKept(route, next.get(key))) continue;
    for (const candidate of candidatesOf(route, before?.patterns)) remove(edit, candidate);
  }
  for (const [key, route] of next) {
    if (isKept(route, old.get(key))) continue;
    for (const candidate of candidatesOf(route, after?.patterns)) add(edit, candidate);
  }
  return endEdit(edit);
}

/**
 * The matcher of all blocks, yielding wherever the event loop may be given up.
 *
 * `blocks` is asked for the next one right after a yield: a generator that parses them one by one spreads that too.
 */
export function* compileBlocks(blocks: Iterable<RouteBlock>): Generator<void, Matcher> {
  const edit = beginEdit(EMPTY_MATCHER);
  let compiled = 0;
  for (const block of blocks) {
    for (const route of routesOf(block).values()) {
      for (const candidate of candidatesOf(route, block.patterns)) {
        add(edit, candidate);
        compiled += 1;
        if (compiled % MATCHES_PER_TURN === 0) yield;
      }
    }
    yield;
  }
  return endEdit(edit);
}

/** By key: a name is unique in a table, and a block in which it is not must not leave a candidate behind. */
const routesOf = (block: RouteBlock | null): ReadonlyMap<string, HttpRoute> =>
  new Map(block?.routes.map((route) => [keyOf(route), route]));

/** Blocks are written with sorted keys, so equal routes are equal texts. */
const isSame = (a: HttpRoute, b: HttpRoute | undefined): boolean =>
  b !== undefined && (a === b || JSON.stringify(a) === JSON.stringify(b));

/** A newer writer may have programs for the patterns of a route that stays as it is. */
const hasSamePrograms = (
  route: HttpRoute,
  before: Programs | undefined,
  after: Programs | undefined,
): boolean =>
  before === after ||
  patternsOf(route).every((pattern) => programIn(before, pattern) === programIn(after, pattern));
