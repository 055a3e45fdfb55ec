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
  spotAt,
} from "../../../routing/match/paths.ts";
import { candidatesIn, exact, path, pattern, prefix, routeOf } from "./routes.ts";

function changed(
  paths: Paths,
  change: typeof add | typeof remove,
  ...routes: readonly HttpRoute[]
): Paths {
  const edit = beginEdit(paths);
  for (const candidate of routes.flatMap(candidatesIn)) change(edit, candidate);
  return endEdit(edit);
}

/** Path → names of the routes there: exact ones, then prefixes. */
const shown = ({ tables, patterns }: Paths) => {
  const names = (list: readonly Candidate[]) => list.map(({ route }) => route.name).join(" ");
  const spots = [...tables.values()].flatMap((table) =>
    [...table].map(([at, spot]) => [at, [names(spot.exact), names(spot.prefixes)]] as const),
  );
  return { spots: Object.fromEntries(spots), patterns: names(patterns) };
};

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
    expect(spotAt(BOTH, "/x/y", 4)?.exact).toHaveLength(1);
    expect(spotAt(BOTH, "/x/y", 2)?.prefixes).toHaveLength(2);
    for (const [path, length] of [
      ["/x/x", 4],
      ["/y/y", 4],
      ["/x", 1],
      ["", 0],
    ] as const) {
      expect(spotAt(BOTH, path, length)).toBeUndefined();
    }
  });

  test("in a table with few others: those of its length and last character", () => {
    expect(BOTH.tables.size).toBe(4);
    const alike = ["/ay", "/by", "/cy"].map((path) => routeOf(path, [exact(path), prefix(path)]));
    expect(changed(NO_PATHS, add, ...alike).tables.size).toBe(1);
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
    expect(NO_PATHS.tables.size).toBe(0);
  });

  const tableOf = ({ tables }: Pick<Paths, "tables">, path: string) =>
    [...tables.values()].find((table) => table.has(path));

  test("shares every table that it does not change, and every spot in those that it does", () => {
    const after = changed(BOTH, add, routeOf("c", [prefix("/v/y")]));
    expect(tableOf(after, "/x/z")).toBe(tableOf(BOTH, "/x/z"));
    expect(tableOf(after, "/wxyz")).toBe(tableOf(BOTH, "/wxyz"));
    expect(tableOf(after, "/x/y")).not.toBe(tableOf(BOTH, "/x/y"));
    expect(spotAt(after, "/x/y", 4)).toBe(spotAt(BOTH, "/x/y", 4));
  });

  test("copies a table once", () => {
    const edit = beginEdit(BOTH);
    const [first, second] = candidatesIn(routeOf("c", [exact("/c/y"), exact("/d/y")]));
    if (first === undefined || second === undefined) throw new Error("two candidates");
    add(edit, first);
    const copy = tableOf(edit, "/c/y");
    add(edit, second);
    expect(tableOf(edit, "/d/y")).toBe(copy);
    expect(copy?.size).toBe(3);
  });

  test("takes away one route, and the tables that only it had", () => {
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
