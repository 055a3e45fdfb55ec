import { describe, expect, test } from "vitest";
import type { HttpRoute } from "../../../routing/http-route.ts";
import type { Candidate } from "../../../routing/match/candidate.ts";
import {
  add,
  beginEdit,
  endEdit,
  NO_PATHS,
  PATH_CHARACTERS_MAX,
  type Paths,
  remove,
  type Spot,
  spotAt,
} from "../../../routing/match/paths.ts";
import { candidatesOf, exact, path, pattern, prefix, routeOf } from "./routes.ts";

function changed(
  paths: Paths,
  change: typeof add | typeof remove,
  ...routes: readonly HttpRoute[]
): Paths {
  const edit = beginEdit(paths);
  for (const candidate of routes.flatMap(candidatesOf)) change(edit, candidate);
  return endEdit(edit);
}

const crowdOf = (spot: Spot | undefined) => {
  if (spot === undefined) return { exact: [], prefixes: [] };
  if ("exact" in spot) return spot;
  return spot.matchedPrefix === null
    ? { exact: [spot], prefixes: [] }
    : { exact: [], prefixes: [spot] };
};

/** Path → names of the routes there: exact ones, then prefixes. */
const shown = ({ pieces, patterns }: Paths) => {
  const names = (list: readonly Candidate[]) =>
    list.map(({ route }) => route.key.replace("default/", "")).join(" ");
  const spots = pieces.flatMap((piece) =>
    [...piece].map(([at, spot]) => {
      const { exact: whole, prefixes } = crowdOf(spot);
      return [at, [names(whole), names(prefixes)]] as const;
    }),
  );
  return { spots: Object.fromEntries(spots), patterns: names(patterns) };
};

/** How many paths say so of their end. */
const sizes = ({ ends }: Paths) => [...ends.values()].sort((a, b) => a - b);

const A = routeOf("a", [exact("/x/y"), prefix("/x"), pattern("/x.*")]);
const B = routeOf("b", [exact("/x/z"), prefix("/wxyz"), prefix("/x/"), pattern("/w.*")]);
const BOTH = changed(NO_PATHS, add, A, B);

describe("a path stands", () => {
  test("whole when exact, without its trailing slash when a prefix, apart when a pattern", () => {
    expect(shown(BOTH)).toEqual({
      spots: { "/x/y": ["a", ""], "/x/z": ["b", ""], "/x": ["", "a b"], "/wxyz": ["", "b"] },
      patterns: "a b",
    });
    const root = changed(NO_PATHS, add, routeOf("r", [prefix("/"), exact("/"), exact("/x")]), A);
    expect(shown(root).spots).toMatchObject({ "": ["", "r"], "/": ["r", ""], "/x": ["r", "a"] });
  });

  test("where a beginning of a request's path finds it", () => {
    expect(spotAt(BOTH, "/x/y/z", 4)).toBe(spotAt(BOTH, "/x/y", 4));
    expect(crowdOf(spotAt(BOTH, "/x/y", 4)).exact).toHaveLength(1);
    expect(crowdOf(spotAt(BOTH, "/x/y", 2)).prefixes).toHaveLength(2);
    for (const [path, length] of [
      ["/x/x", 4],
      ["/y/y", 4],
      ["/x", 1],
      ["", 0],
    ] as const) {
      expect(spotAt(BOTH, path, length)).toBeUndefined();
    }
  });

  test("by itself while it is alone, so that one step leads to it", () => {
    const alone = spotAt(BOTH, "/wxyz", 5);
    expect(alone).toMatchObject({ path: { value: "/wxyz" }, route: { key: "default/b" } });
    expect(spotAt(BOTH, "/x", 2)).toHaveProperty("prefixes.length", 2);
    const after = changed(BOTH, remove, B);
    expect(spotAt(after, "/x", 2)).toMatchObject({ path: { value: "/x" } });
  });

  test("under an end that the table knows: a length and a last character", () => {
    expect(sizes(BOTH)).toEqual([1, 1, 1, 1]);
    const alike = ["/ay", "/by", "/cy"].map((path) => routeOf(path, [exact(path), prefix(path)]));
    expect(sizes(changed(NO_PATHS, add, ...alike))).toEqual([3]);
    expect(sizes(changed(changed(NO_PATHS, add, ...alike), remove, ...alike.slice(1)))).toEqual([
      1,
    ]);
  });

  test("so that no text is made of a beginning with another end, however many there are", () => {
    const looked: string[] = [];
    const piece = (real: ReadonlyMap<string, Spot>) =>
      ({
        get: (path: string) => {
          looked.push(path);
          return real.get(path);
        },
      }) as ReadonlyMap<string, Spot>;
    const watched: Paths = { ...BOTH, pieces: BOTH.pieces.map(piece) };
    for (let length = 0; length <= 2_000; length += 1) spotAt(watched, "/".repeat(2_000), length);
    expect(looked).toEqual([]);
    for (let length = 0; length <= 2_000; length += 1) spotAt(watched, "x".repeat(2_000), length);
    // The one end that a path of the table has too: two characters, the last of them an x.
    expect(looked).toEqual(["xx"]);
  });

  test.each([
    ["Exact", ""],
    ["PathPrefix", "a"],
    ["PathPrefix", `/${"a".repeat(PATH_CHARACTERS_MAX)}`],
    ["Wildcard", "/a"],
  ])("nowhere when no request can have it: %s %s", (type, value) => {
    const route = routeOf("r", [{ path: path(type as "Exact", value) }]);
    expect(changed(NO_PATHS, add, route)).toEqual(NO_PATHS);
  });
});

describe("an edit", () => {
  test("leaves the paths that it began with as they were", () => {
    const before = shown(BOTH);
    changed(BOTH, remove, A);
    changed(BOTH, add, routeOf("c", [exact("/x/y"), prefix("/x"), pattern("/")]));
    expect(shown(BOTH)).toEqual(before);
    expect(sizes(NO_PATHS)).toEqual([]);
    expect(NO_PATHS.pieces.every(({ size }) => size === 0)).toBe(true);
  });

  const pieceOf = ({ pieces }: Pick<Paths, "pieces">, path: string) =>
    pieces.find((piece) => piece.has(path));

  test("shares every piece that it does not change, and every spot in those that it does", () => {
    const after = changed(BOTH, add, routeOf("c", [prefix("/v/y")]));
    expect(pieceOf(after, "/x/z")).toBe(pieceOf(BOTH, "/x/z"));
    expect(pieceOf(after, "/wxyz")).toBe(pieceOf(BOTH, "/wxyz"));
    expect(pieceOf(after, "/x/y")).not.toBe(pieceOf(BOTH, "/x/y"));
    expect(spotAt(after, "/x/y", 4)).toBe(spotAt(BOTH, "/x/y", 4));
  });

  test("copies a piece once", () => {
    const edit = beginEdit(BOTH);
    const [first, second] = candidatesOf(routeOf("c", [exact("/c/y"), exact("/d/y")]));
    if (first === undefined || second === undefined) throw new Error("two candidates");
    add(edit, first);
    const copy = pieceOf(edit, "/c/y");
    add(edit, second);
    expect(pieceOf(edit, "/d/y")).toBe(copy);
    expect(copy?.size).toBe(3);
  });

  test("takes away one route, and the ends that only it had", () => {
    expect(shown(changed(BOTH, remove, B))).toEqual(shown(changed(NO_PATHS, add, A)));
    expect(changed(BOTH, remove, A, B)).toEqual(NO_PATHS);
    expect(shown(changed(BOTH, remove, routeOf("c", [exact("/n"), prefix("/x")])))).toEqual(
      shown(BOTH),
    );
  });

  test("keeps a list in the order of precedence, whatever the order of the edits", () => {
    const routes = [3, 1, 2, 0].map((createdAtMs) =>
      routeOf(`r${createdAtMs}`, [{}], { createdAtMs }),
    );
    expect(shown(changed(NO_PATHS, add, ...routes)).spots).toEqual({
      "": ["", "r0 r1 r2 r3"],
    });
  });
});
