import { describe, expect, test } from "vitest";
import { candidatesOf } from "../../../routing/match/candidate.ts";
import {
  addTo,
  EMPTY_NODE,
  PATH_CHARACTERS_MAX,
  placeOf,
  removeFrom,
  type TreeNode,
  withCandidate,
  withoutRoute,
} from "../../../routing/match/tree.ts";
import { exact, path, prefix, routeOf } from "./routes.ts";

describe("the place of a path", () => {
  test.each([
    ["Exact", "/", "exact", [""]],
    ["Exact", "/a", "exact", ["a"]],
    ["Exact", "/a/", "exact", ["a", ""]],
    ["PathPrefix", "/", "prefixes", []],
    ["PathPrefix", "/a", "prefixes", ["a"]],
    ["PathPrefix", "/a/", "prefixes", ["a"]],
    ["PathPrefix", "/a//b", "prefixes", ["a", "", "b"]],
  ] as const)("%s %s", (type, value, list, elements) => {
    expect(placeOf(path(type, value))).toEqual({ list, elements });
  });

  test.each([
    ["Exact", ""],
    ["PathPrefix", "a"],
    ["PathPrefix", `/${"/".repeat(PATH_CHARACTERS_MAX)}`],
    ["RegularExpression", "/a"],
    ["Wildcard", "/a"],
  ])("%s %s has none", (type, value) => {
    expect(placeOf({ type, value } as Parameters<typeof placeOf>[0])).toBeNull();
  });
});

/** Adds the routes in one edit. */
function grown(node: TreeNode, owner: object, ...routes: ReturnType<typeof routeOf>[]): TreeNode {
  let tree = node;
  for (const candidate of routes.flatMap(candidatesOf)) {
    const place = placeOf(candidate.match.path);
    if (place !== null) tree = addTo(tree, candidate, place, owner);
  }
  return tree;
}

const A = routeOf("a", [exact("/x/y"), prefix("/x")]);
const B = routeOf("b", [exact("/x/z"), prefix("/w")]);

describe("an edit", () => {
  test("leaves the tree that it began with as it was", () => {
    const before = grown(EMPTY_NODE, {}, A);
    const copy = structuredClone(withoutFunctions(before));
    const after = grown(before, {}, B);
    removeFrom(before, "default/a", { list: "exact", elements: ["x", "y"] }, {});
    expect(withoutFunctions(before)).toEqual(copy);
    expect(after.children.get("x")?.children.size).toBe(2);
    expect(EMPTY_NODE.children.size).toBe(0);
  });

  test("shares every node that it does not change", () => {
    const before = grown(EMPTY_NODE, {}, A, B);
    const after = grown(before, {}, routeOf("c", [exact("/w/v")]));
    expect(after.children.get("x")).toBe(before.children.get("x"));
    expect(after.children.get("w")).not.toBe(before.children.get("w"));
  });

  test("copies a node at most once", () => {
    const owner = {};
    const first = grown(EMPTY_NODE, owner, A);
    expect(grown(first, owner, B)).toBe(first);
  });

  test("takes away one route and the nodes that only it had", () => {
    const both = grown(EMPTY_NODE, {}, A, B);
    const owner = {};
    let left = removeFrom(both, "default/b", { list: "exact", elements: ["x", "z"] }, owner);
    left = removeFrom(left, "default/b", { list: "prefixes", elements: ["w"] }, owner);
    expect(withoutFunctions(left)).toEqual(withoutFunctions(grown(EMPTY_NODE, {}, A)));
  });

  test("takes nothing away where there is nothing", () => {
    const tree = grown(EMPTY_NODE, {}, A);
    expect(removeFrom(tree, "default/a", { list: "exact", elements: ["n"] }, {})).toBe(tree);
  });
});

test("a list stays in the order of precedence, and new lists are made", () => {
  const [young, old] = [1, 0].map((createdAtMs) =>
    routeOf(`r${createdAtMs}`, [{}], { createdAtMs }),
  );
  const [a] = young === undefined ? [] : candidatesOf(young);
  const [b] = old === undefined ? [] : candidatesOf(old);
  if (a === undefined || b === undefined) throw new Error("a match is a candidate");
  const one = withCandidate([], a);
  expect(withCandidate(one, b).map(({ key }) => key)).toEqual(["default/r0", "default/r1"]);
  expect(one).toHaveLength(1);
  expect(withoutRoute(withCandidate(one, b), "default/r0")).toEqual([a]);
});

/** Candidates by key: closures have no equality. */
function withoutFunctions({ exact: ends, prefixes, children }: TreeNode): unknown {
  const keys = (list: TreeNode["exact"]) => list.map(({ key }) => key);
  const below = [...children].map(([element, child]) => [element, withoutFunctions(child)]);
  return { exact: keys(ends), prefixes: keys(prefixes), children: Object.fromEntries(below) };
}
