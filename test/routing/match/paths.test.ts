import { describe, expect, test } from "vitest";
import type { HttpRoute } from "../../../routing/http-route.ts";
import { type Candidate, candidatesOf } from "../../../routing/match/candidate.ts";
import {
  add,
  beginEdit,
  endEdit,
  endOf,
  NO_PATHS,
  PATH_CHARACTERS_MAX,
  type Paths,
  remove,
} from "../../../routing/match/paths.ts";
import { exact, path, pattern, prefix, routeOf } from "./routes.ts";

function changed(
  paths: Paths,
  change: typeof add | typeof remove,
  ...routes: readonly HttpRoute[]
): Paths {
  const edit = beginEdit(paths);
  for (const candidate of routes.flatMap(candidatesOf)) change(edit, candidate);
  return endEdit(edit);
}

/** Path → names of the routes there. */
const shown = ({ exact: whole, prefixes, patterns }: Paths) => {
  const names = (list: readonly Candidate[]) => list.map(({ route }) => route.name);
  const flat = (tables: Paths["exact"]) =>
    Object.fromEntries(
      [...tables.values()].flatMap((table) => [...table].map(([at, list]) => [at, names(list)])),
    );
  return { exact: flat(whole), prefixes: flat(prefixes), patterns: names(patterns) };
};

const A = routeOf("a", [exact("/x/y"), prefix("/x"), pattern("/x.*")]);
const B = routeOf("b", [exact("/x/z"), prefix("/wxyz"), prefix("/x/"), pattern("/w.*")]);
const BOTH = changed(NO_PATHS, add, A, B);

describe("a path stands", () => {
  test("whole when exact, without its trailing slash when a prefix, apart when a pattern", () => {
    expect(shown(BOTH)).toEqual({
      exact: { "/x/y": ["a"], "/x/z": ["b"] },
      prefixes: { "/x": ["a", "b"], "/wxyz": ["b"] },
      patterns: ["a", "b"],
    });
    expect(shown(changed(NO_PATHS, add, routeOf("r", [prefix("/"), exact("/")])))).toMatchObject({
      exact: { "/": ["r"] },
      prefixes: { "": ["r"] },
    });
  });

  test("in the table of its length and last character", () => {
    const ends = (...paths: readonly string[]) => paths.map((at) => endOf(at, at.length));
    expect([...BOTH.prefixes.keys()]).toEqual(ends("/x", "/wxyz"));
    expect([...BOTH.exact.keys()]).toEqual(ends("/x/y", "/x/z"));
    expect(new Set(ends("", "/", "/x", "/y", "/xy", "/zy", "/é", `/x${"a".repeat(9)}`)).size).toBe(
      7,
    );
    expect(endOf("/x/y", 2)).toBe(endOf("/x", 2));
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
    expect(NO_PATHS.exact.size + NO_PATHS.prefixes.size).toBe(0);
  });

  const tableOf = (tables: Paths["exact"], at: string) => tables.get(endOf(at, at.length));

  test("shares every table that it does not change, and every list in those that it does", () => {
    const after = changed(BOTH, add, routeOf("c", [prefix("/x"), prefix("/y/x")]));
    expect(tableOf(after.prefixes, "/wxyz")).toBe(tableOf(BOTH.prefixes, "/wxyz"));
    expect(tableOf(after.exact, "/x/y")).toBe(tableOf(BOTH.exact, "/x/y"));
    expect(tableOf(after.prefixes, "/x")).not.toBe(tableOf(BOTH.prefixes, "/x"));
    const again = changed(after, add, routeOf("d", [prefix("/u/x")]));
    expect(tableOf(again.prefixes, "/y/x")?.get("/y/x")).toBe(
      tableOf(after.prefixes, "/y/x")?.get("/y/x"),
    );
  });

  test("copies a table once", () => {
    const edit = beginEdit(BOTH);
    const [first, second] = candidatesOf(routeOf("c", [exact("/c/y"), exact("/d/y")]));
    if (first === undefined || second === undefined) throw new Error("two candidates");
    add(edit, first);
    const copy = tableOf(edit.exact, "/c/y");
    add(edit, second);
    expect(tableOf(edit.exact, "/d/y")).toBe(copy);
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
    expect(shown(changed(NO_PATHS, add, ...routes)).prefixes).toEqual({
      "": ["r0", "r1", "r2", "r3"],
    });
  });
});
