/**
 * Every route of one host key as one immutable value, made from its blocks.
 *
 * Blocks are edited in, so that a change recompiles the routes that differ and shares all the rest with the matcher
 * before it, which goes on answering meanwhile.
 */
import type { HttpRoute } from "../http-route.ts";
import type { RouteBlock } from "../route-block.ts";
import { type Candidate, candidatesOf, keyOf } from "./candidate.ts";
import {
  addTo,
  EMPTY_NODE,
  placeOf,
  removeFrom,
  type TreeNode,
  withCandidate,
  withoutRoute,
} from "./tree.ts";

export interface Matcher {
  readonly root: TreeNode;
  /** Candidates with a RegularExpression path, by precedence: each is tried, so `overfull` counts them as one node. */
  readonly patterns: readonly Candidate[];
}

export const EMPTY_MATCHER: Matcher = { root: EMPTY_NODE, patterns: [] };

/** Matches compiled between two yields: about 0.5 ms, and 5 ms while nothing is optimised yet. */
const MATCHES_PER_TURN = 256;

/** A matcher under construction; what it was begun with is never changed. */
interface Edit {
  readonly owner: object;
  root: TreeNode;
  patterns: readonly Candidate[];
}

const begin = ({ root, patterns }: Matcher): Edit => ({ owner: {}, root, patterns });

const finish = ({ root, patterns }: Edit): Matcher => ({ root, patterns });

/**
 * The matcher with one block replaced; `null` = there was none, or there is none any more.
 *
 * Range: `before` is what this matcher was made from, and both are the same block of as many. When the number of blocks
 * changes, routes move between them and the matcher is compiled anew. Cost: a text of each route of both blocks, and per
 * differing route the nodes on its path; a node with 10,000 children takes about 1 ms to copy, once.
 */
export function withBlock(
  matcher: Matcher,
  before: RouteBlock | null,
  after: RouteBlock | null,
): Matcher {
  const [old, next] = [routesOf(before), routesOf(after)];
  const edit = begin(matcher);
  for (const [key, route] of old) {
    if (!isSame(route, next.get(key))) remove(edit, route);
  }
  for (const [key, route] of next) {
    if (isSame(route, old.get(key))) continue;
    for (const candidate of candidatesOf(route)) add(edit, candidate);
  }
  return finish(edit);
}

/**
 * The matcher of all blocks, yielding wherever the event loop may be given up.
 *
 * `blocks` is asked for the next one right after a yield: a generator that parses them one by one spreads that too.
 */
export function* compileBlocks(blocks: Iterable<RouteBlock>): Generator<void, Matcher> {
  const edit = begin(EMPTY_MATCHER);
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
  return finish(edit);
}

/** By key: a name is unique in a table, and a block in which it is not must not leave a candidate behind. */
const routesOf = (block: RouteBlock | null): ReadonlyMap<string, HttpRoute> =>
  new Map(block?.routes.map((route) => [keyOf(route), route]));

/** Blocks are written with sorted keys, so equal routes are equal texts. */
const isSame = (a: HttpRoute, b: HttpRoute | undefined): boolean =>
  b !== undefined && (a === b || JSON.stringify(a) === JSON.stringify(b));

function add(edit: Edit, candidate: Candidate): void {
  const { path } = candidate.match;
  if (path.type === "RegularExpression") {
    edit.patterns = withCandidate(edit.patterns, candidate);
    return;
  }
  const place = placeOf(path);
  if (place !== null) edit.root = addTo(edit.root, candidate, place, edit.owner);
}

function remove(edit: Edit, route: HttpRoute): void {
  const key = keyOf(route);
  edit.patterns = withoutRoute(edit.patterns, key);
  for (const { matches } of route.rules) {
    for (const { path } of matches) {
      const place = placeOf(path);
      if (place !== null) edit.root = removeFrom(edit.root, key, place, edit.owner);
    }
  }
}
