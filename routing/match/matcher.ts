/**
 * Every route of one host key as one immutable value, made from its blocks.
 *
 * Blocks are edited in, so that a change recompiles the routes that differ and shares all the rest with the matcher
 * before it, which goes on answering meanwhile.
 */
import type { CarriedRoute } from "../carried-route.ts";
import type { RouteBlock } from "../route-block.ts";
import { candidatesOf } from "./candidate.ts";
import { add, beginEdit, endEdit, NO_PATHS, type Paths, remove } from "./paths.ts";
import { programIn } from "./pattern.ts";

export type Matcher = Paths;

export const EMPTY_MATCHER: Matcher = NO_PATHS;

/** Matches compiled between two yields: about 0.5 ms, and 3 ms while nothing is optimised yet. */
const MATCHES_PER_TURN = 256;

/**
 * The matcher with one block replaced; `null` = there was none, or there is none any more.
 *
 * Range: `before` is what this matcher was made from, and both are the same block of as many. When the number of blocks
 * changes, routes move between them and the matcher is compiled anew. Cost: a comparison per route, and a copy of the
 * pieces of the table in which the paths of differing routes are: 0.3 ms each at 10,000 routes.
 */
export function withBlock(
  matcher: Matcher,
  before: RouteBlock | null,
  after: RouteBlock | null,
): Matcher {
  const [old, next] = [routesOf(before), routesOf(after)];
  const edit = beginEdit(matcher);
  for (const [key, route] of old) {
    if (isSame(route, next.get(key))) continue;
    for (const candidate of candidatesOf(route)) remove(edit, candidate);
  }
  for (const [key, route] of next) {
    if (isSame(route, old.get(key))) continue;
    for (const candidate of candidatesOf(route)) add(edit, candidate);
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
      for (const candidate of candidatesOf(route)) {
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
const routesOf = (block: RouteBlock | null): ReadonlyMap<string, CarriedRoute> =>
  new Map(block?.routes.map((route) => [route.key, route]));

const isSame = (a: CarriedRoute, b: CarriedRoute | undefined): boolean =>
  b !== undefined && a.text === b.text && hasSamePrograms(a, b);

/** A newer writer may have programs for the patterns of a route that stays as it is. */
const hasSamePrograms = (a: CarriedRoute, b: CarriedRoute): boolean =>
  a.programs === b.programs ||
  a
    .patterns()
    .every((pattern) => programIn(a.programs, pattern) === programIn(b.programs, pattern));
