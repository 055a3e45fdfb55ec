import { expect, test } from "vitest";
import { patternsOf, repeatedNames } from "../../../../routing/table/http-route/match-rules.ts";
import { manifest } from "../broken-routes.ts";
import { problemsIn } from "../fixtures.ts";

test("patterns are those of the path, of headers and of query parameters", () => {
  const type = "RegularExpression" as const;
  const fields = {
    path: { type, value: "/a" },
    headers: [
      { type: "Exact" as const, name: "x", value: "b" },
      { type, name: "y", value: "c" },
    ],
    queryParams: [{ type, name: "z", value: "d" }],
  };
  expect(patternsOf({ pointer: "/m", fields })).toEqual([
    { pointer: "/m/path/value", value: "/a" },
    { pointer: "/m/headers/1/value", value: "c" },
    { pointer: "/m/queryParams/0/value", value: "d" },
  ]);
});

test("names in another case are not repeated names", () => {
  expect(repeatedNames([{ name: "A" }, { name: "a" }], "/h")).toEqual([]);
  expect(repeatedNames([{ name: "a" }, {}, { name: "a" }], "/h")).toMatchObject([
    { pointer: "/h/2/name", value: "a" },
  ]);
});

test.each(["/", "/a/", "/a.b/..c/.d", "/%20", "/a%2", "/ä"])("the path %s", (value) => {
  const rules = [{ matches: [{ path: { type: "Exact", value } }] }];
  const isPlain = !["/a%2", "/ä"].includes(value);
  expect(problemsIn({ http_routes: [manifest("a", { rules })] })).toHaveLength(isPlain ? 0 : 1);
});

test("a pattern that cannot be compiled is told with the engine's reason", () => {
  const path = { type: "RegularExpression", value: "/a(" };
  const [problem] = problemsIn({
    http_routes: [manifest("a", { rules: [{ matches: [{ path }] }] })],
  });
  expect(problem?.detail).toMatch(/no RE2 pattern.*\(/);
});
