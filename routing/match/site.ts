/**
 * Everything that the requests to one host key are decided by: its shard, and the matcher of its routes.
 *
 * A site is always made from parts of one version, so that a route never names a pool that the shard does not have yet.
 */
import type { RouteBlock } from "../route-block.ts";
import { isBalanced, type Shard } from "../snapshot.ts";
import { hasRules, prepareRules } from "../steer/balancer-rules.ts";
import { compileBlocks, EMPTY_MATCHER, type Matcher, withBlock } from "./matcher.ts";

export interface Site {
  readonly shard: Shard;
  /** What `matcher` was made from. */
  readonly blocks: readonly RouteBlock[];
  readonly matcher: Matcher;
}

/** True for most hosts: neither routes nor rules. */
export const isPlain = (shard: Shard): boolean =>
  shard.blocks === 0 &&
  shard.load_balancers.length === 0 &&
  !(isBalanced(shard) && hasRules(shard));

/** Where there is nothing to compile. */
export const plainSite = (shard: Shard): Site => ({
  shard,
  blocks: [],
  matcher: EMPTY_MATCHER,
});

/**
 * Yields wherever the event loop may be given up. `before` is the site in use: with as many blocks, only those that differ
 * are compiled.
 */
export function* buildSite(
  shard: Shard,
  blocks: readonly RouteBlock[],
  before: Site | null,
): Generator<void, Site> {
  if (isBalanced(shard)) yield* prepareRules(shard.load_balancer, shard.patterns);
  for (const balancer of shard.load_balancers) yield* prepareRules(balancer, shard.patterns);
  if (before === null || before.blocks.length !== blocks.length) {
    return { shard, blocks, matcher: yield* compileBlocks(blocks) };
  }
  let { matcher } = before;
  for (const [index, block] of blocks.entries()) {
    const old = before.blocks[index] ?? null;
    if (old === block) continue;
    matcher = withBlock(matcher, old, block);
    yield;
  }
  return { shard, blocks, matcher };
}
