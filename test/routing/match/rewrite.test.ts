import { describe, expect, test } from "vitest";
import type { PathChange } from "../../../routing/http-route.ts";
import { match } from "../../../routing/match/match.ts";
import { rewritePath } from "../../../routing/match/rewrite.ts";
import { factsOf, matcherOf, prefix, routeOf } from "./routes.ts";

const replacePrefix = (value: string): PathChange => ({ type: "ReplacePrefixMatch", value });
const replaceAll = (value: string): PathChange => ({ type: "ReplaceFullPath", value });

/** The prefix as the matcher answers it. */
const rewritten = (path: string, matched: string, change: PathChange) => {
  const found = match(matcherOf(routeOf("r", [prefix(matched)])), factsOf(path));
  return rewritePath(path, change, found?.matchedPrefix ?? null);
};

describe("the table of slashes of the Gateway API", () => {
  test.each([
    ["/foo/bar", "/foo", "/xyz", "/xyz/bar"],
    ["/foo/bar", "/foo", "/xyz/", "/xyz/bar"],
    ["/foo/bar", "/foo/", "/xyz", "/xyz/bar"],
    ["/foo/bar", "/foo/", "/xyz/", "/xyz/bar"],
    ["/foo", "/foo", "/xyz", "/xyz"],
    ["/foo/", "/foo", "/xyz", "/xyz/"],
    ["/foo/bar", "/foo", "", "/bar"],
    ["/foo/", "/foo", "", "/"],
    ["/foo", "/foo", "", "/"],
    ["/foo/", "/foo", "/", "/"],
    ["/foo", "/foo", "/", "/"],
  ])("%s, prefix %s, replaced by '%s': %s", (path, matched, value, result) => {
    expect(rewritten(path, matched, replacePrefix(value))).toBe(result);
  });
});

describe("a path", () => {
  test.each([
    ["/", "/", "/xyz", "/xyz/"],
    ["/a", "/", "/xyz", "/xyz/a"],
    ["/a/b", "/", "", "/a/b"],
    ["/foo/bar", "/foo", "xyz", "/xyz/bar"],
    ["/foo//bar", "/foo", "", "//bar"],
  ])("%s, prefix %s, replaced by '%s': %s", (path, matched, value, result) => {
    expect(rewritten(path, matched, replacePrefix(value))).toBe(result);
  });

  test("is replaced whole, with a slash in front", () => {
    expect(rewritePath("/a/b", replaceAll("/c/"), null)).toBe("/c/");
    expect(rewritePath("/a/b", replaceAll("c"), "/a")).toBe("/c");
    expect(rewritePath("/a/b", replaceAll(""), "/a")).toBe("/");
  });

  test("stays when nothing changes it, or no prefix was matched", () => {
    expect(rewritePath("/a/b", undefined, "/a")).toBe("/a/b");
    expect(rewritePath("/a/b", replacePrefix("/c"), null)).toBe("/a/b");
  });
});
