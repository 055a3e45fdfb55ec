import { describe, expect, test } from "vitest";
import type { HttpRoute } from "../../../routing/http-route.ts";
import { match } from "../../../routing/match/match.ts";
import { EMPTY_MATCHER } from "../../../routing/match/matcher.ts";
import { buildSite, plainSite, type Site } from "../../../routing/match/site.ts";
import { seededRng } from "../../../routing/rng.ts";
import type { RouteBlock } from "../../../routing/route-block.ts";
import { pool, shardOf } from "../steer/world.ts";
import { blockOf, ended, factsOf, nameOf, prefix, routeOf } from "./routes.ts";

const shard = { ...shardOf([pool("p", ["e"])]), blocks: 2 };
const block = (index: number, ...routes: readonly HttpRoute[]) => blockOf(routes, `a#${index}`);
const build = (blocks: readonly RouteBlock[], before: Site | null = null) =>
  ended(buildSite(shard, blocks, before));
const taker = (site: Site, path: string) => nameOf(match(site.matcher, factsOf(path)));

const a = block(0, routeOf("a", [prefix("/a")]));
const b = block(1, routeOf("b", [prefix("/b")]));

test("a host without routes has nothing to compile", () => {
  expect(plainSite(shard)).toEqual({ shard, blocks: [], matcher: EMPTY_MATCHER });
});

test("the first site of a host has the routes of every block", () => {
  const site = build([a, b]);
  expect([taker(site, "/a"), taker(site, "/b"), taker(site, "/c")]).toEqual(["a", "b", null]);
});

describe("the next site", () => {
  test("has what changed, and leaves the one in use as it is", () => {
    const before = build([a, b]);
    const changed = block(1, routeOf("b2", [prefix("/b2")]));
    const after = build([a, changed], before);
    expect([taker(after, "/a"), taker(after, "/b"), taker(after, "/b2")]).toEqual([
      "a",
      null,
      "b2",
    ]);
    expect([taker(before, "/b"), taker(before, "/b2")]).toEqual(["b", null]);
  });

  test("compiles the blocks that differ and no others", () => {
    const before = build([a, b]);
    const same = buildSite(shard, [a, b], before);
    const turn = same.next();
    expect(turn).toMatchObject({ done: true, value: { matcher: before.matcher } });
    const changed = block(1, routeOf("b", [prefix("/b")]), routeOf("c", [prefix("/c")]));
    let turns = 0;
    for (const next = buildSite(shard, [a, changed], before); !next.next().done; ) turns += 1;
    expect(turns).toBe(1);
  });

  test("is the same as one made from nothing, after 200 changes in a row", () => {
    const rng = seededRng(20_261_126);
    const names = ["a", "b", "c", "d"];
    // A route stays in its block, but comes, goes, and changes its paths.
    const some = (index: number) => {
      const mine = names.filter((_, at) => at % 2 === index && rng() < 0.6);
      return block(
        index,
        ...mine.map((name) => routeOf(name, [prefix(`/${Math.floor(rng() * 4)}`)])),
      );
    };
    let blocks = [some(0), some(1)];
    let site = build(blocks);
    for (let change = 0; change < 200; change += 1) {
      const index = rng() < 0.5 ? 0 : 1;
      blocks = blocks.map((old, at) => (at === index ? some(at) : old));
      site = build(blocks, site);
      const anew = build(blocks);
      for (const path of ["/0", "/1", "/2", "/3"]) {
        expect([change, taker(site, path)]).toEqual([change, taker(anew, path)]);
      }
    }
  });

  test("with another number of blocks is made anew", () => {
    const before = build([a, b]);
    const one = block(0, routeOf("a", [prefix("/a")]));
    expect(taker(build([one], before), "/a")).toBe("a");
    expect(taker(build([one], before), "/b")).toBeNull();
  });
});
