import { describe, expect, test } from "vitest";
import type { HttpRoute } from "../../../routing/http-route.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import { match } from "../../../routing/match/match.ts";
import {
  compileBlocks,
  EMPTY_MATCHER,
  type Matcher,
  withBlock,
} from "../../../routing/match/matcher.ts";
import type { Spot } from "../../../routing/match/paths.ts";
import { pickIndex, type Rng, seededRng } from "../../../routing/rng.ts";
import { type RouteBlock, readBlock, writeBlock } from "../../../routing/route-block.ts";
import { randomFacts, randomRoute } from "./generate.ts";
import { answerOf } from "./model.ts";
import {
  blockOf,
  ended,
  exact,
  factsOf,
  matcherOf,
  nameOf,
  pattern,
  prefix,
  routeOf,
} from "./routes.ts";

const SEQUENCES = 200;
const EDITS = 8;
const SEED = Number(process.env["SEED"] ?? 7_301);

/** What a matcher holds, without the closures and whatever the order in which it came. */
const contentOf = ({ pieces, ends, bits, patterns }: Matcher): unknown => ({
  pieces: pieces.map((piece) => [...piece].sort(([a], [b]) => (a < b ? -1 : 1)).map(spotOf)),
  ends: [...ends].sort(([a], [b]) => a - b),
  bits: [...bits],
  patterns: listOf(patterns),
});

const spotOf = ([path, spot]: readonly [string, Spot]) =>
  "exact" in spot
    ? [path, listOf(spot.exact), listOf(spot.prefixes)]
    : [path, listOf([spot]), "alone"];

const listOf = (list: Matcher["patterns"]) =>
  list.map(({ route, ruleIndex, matchIndex, path, method, conditions }) => [
    route.text,
    ruleIndex,
    matchIndex,
    path,
    method,
    conditions.map(({ kind, name, wanted }) => [kind, name, String(wanted)]),
  ]);

/** One route more, one less, or one changed. */
function edited(routes: readonly HttpRoute[], rng: Rng): readonly HttpRoute[] {
  const fresh = randomRoute(`r${pickIndex(12, rng)}`, rng);
  const keyOf = ({ namespace, name }: HttpRoute) => `${namespace}/${name}`;
  const others = routes.filter((route) => keyOf(route) !== keyOf(fresh));
  const kept = others.filter(() => rng() < 0.9);
  return rng() < 0.8 ? [...kept, fresh] : kept;
}

/** As it comes over the wire. */
function reread(routes: readonly HttpRoute[], { patterns } = blockOf(routes)): RouteBlock {
  const head = { schema: SCHEMA, account: "default", host: "*#0" };
  const read = readBlock(writeBlock(patterns === undefined ? head : { ...head, patterns }, routes));
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

test("incremental = from scratch, after every edit of any sequence", () => {
  const wrong: unknown[] = [];
  for (let seed = SEED; seed < SEED + SEQUENCES && wrong.length < 3; seed += 1) {
    const rng = seededRng(seed);
    let routes: readonly HttpRoute[] = [];
    let matcher = EMPTY_MATCHER;
    for (let edit = 0; edit < EDITS; edit += 1) {
      const next = edited(routes, rng);
      matcher = withBlock(matcher, edit === 0 ? null : reread(routes), reread(next));
      routes = next;
      const scratch = matcherOf(...routes);
      const facts = randomFacts(rng);
      const same =
        JSON.stringify(contentOf(matcher)) === JSON.stringify(contentOf(scratch)) &&
        JSON.stringify(answerOf(match(matcher, facts))) ===
          JSON.stringify(answerOf(match(scratch, facts)));
      if (!same) wrong.push({ seed, edit });
    }
    matcher = withBlock(matcher, reread(routes), null);
    if (JSON.stringify(contentOf(matcher)) !== JSON.stringify(contentOf(EMPTY_MATCHER))) {
      wrong.push({ seed, left: contentOf(matcher) });
    }
  }
  expect(wrong).toEqual([]);
});

describe("a changed block", () => {
  const routes = [routeOf("a", [exact("/a")]), routeOf("b", [prefix("/b")])];
  const block = blockOf(routes);
  const changed = reread([routeOf("a", [exact("/a"), exact("/a2")]), routeOf("b", [prefix("/b")])]);

  test("leaves the matcher before it as it was", () => {
    const before = matcherOf(...routes);
    const content = JSON.stringify(contentOf(before));
    const after = withBlock(before, block, changed);
    expect(nameOf(match(after, factsOf("/a2")))).toBe("a/1/0");
    expect(nameOf(match(before, factsOf("/a2")))).toBeNull();
    expect(JSON.stringify(contentOf(before))).toBe(content);
  });

  test("recompiles only the routes that differ", () => {
    const before = matcherOf(...routes);
    const after = withBlock(before, block, changed);
    expect(match(after, factsOf("/b"))).toBe(match(before, factsOf("/b")));
    expect(match(after, factsOf("/a"))).not.toBe(match(before, factsOf("/a")));
  });

  test("brings the programs that the one before had not, to routes that stay as they are", () => {
    const [first, second] = [routeOf("p", [pattern("/p[0-9]")]), routeOf("b", [prefix("/b")])];
    const whole = blockOf([first, second]);
    const { patterns: _, ...none } = whole;
    const older = reread([first, second], none);
    const before = withBlock(EMPTY_MATCHER, null, older);
    expect(nameOf(match(before, factsOf("/p1")))).toBeNull();
    const after = withBlock(before, older, reread([first, second]));
    expect(nameOf(match(after, factsOf("/p1")))).toBe("p");
    expect(match(after, factsOf("/b"))).toBe(match(before, factsOf("/b")));
    const back = withBlock(
      after,
      whole,
      reread([first, second], { ...whole, patterns: { "/p[0-9]": "2" } }),
    );
    expect(nameOf(match(back, factsOf("/p1")))).toBeNull();
  });

  test("leaves the routes of other blocks alone", () => {
    const [a, b] = routes.map((route) => blockOf([route]));
    const both = ended(compileBlocks([a, b].filter((one) => one !== undefined)));
    const without = withBlock(both, a ?? null, null);
    expect(nameOf(match(without, factsOf("/b")))).toBe("b");
    expect(nameOf(match(without, factsOf("/a")))).toBeNull();
  });
});

test("of two routes of one name in a block, the last counts, and goes when it goes", () => {
  const block = blockOf([routeOf("a", [exact("/1")]), routeOf("a", [exact("/2")])]);
  const matcher = withBlock(EMPTY_MATCHER, null, block);
  expect(nameOf(match(matcher, factsOf("/1")))).toBeNull();
  expect(nameOf(match(matcher, factsOf("/2")))).toBe("a");
  const content = contentOf(withBlock(matcher, block, null));
  expect(content).toEqual(contentOf(EMPTY_MATCHER));
});

describe("compiling", () => {
  const routes = Array.from({ length: 1_000 }, (_, index) =>
    routeOf(`r${index}`, [exact(`/${index}`)]),
  );

  test("gives the event loop up after every few hundred matches and after every block", () => {
    const blocks = Array.from({ length: 4 }, (_, index) =>
      blockOf(routes.slice(250 * index, 250 * (index + 1))),
    );
    let turns = 0;
    for (const _turn of compileBlocks(blocks)) turns += 1;
    expect(turns).toBeGreaterThanOrEqual(4);
    turns = 0;
    for (const _turn of compileBlocks([blockOf(routes)])) turns += 1;
    expect(turns).toBeGreaterThanOrEqual(4);
  });

  test("asks for a block only when its turn has come", () => {
    let asked = 0;
    function* read() {
      for (const route of routes.slice(0, 3)) {
        asked += 1;
        yield blockOf([route]);
      }
    }
    const turns = compileBlocks(read());
    expect(asked).toBe(0);
    turns.next();
    expect(asked).toBe(1);
    expect(nameOf(match(ended(turns), factsOf("/2")))).toBe("r2");
    expect(asked).toBe(3);
  });
});
