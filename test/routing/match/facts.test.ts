import { expect, test } from "vitest";
import { readTarget } from "../../../routing/match/facts.ts";

test.each([
  ["/", "/", ""],
  ["/a?b=c?d", "/a", "b=c?d"],
  ["/x/%2e%2e/admin", "/admin", ""],
  ["/a b#c", "/a%20b", ""],
  ["//evil.example/a", "//evil.example/a", ""],
])("%s is matched as fetch will write it", (target, path, query) => {
  expect(readTarget(target)).toEqual({ path, query });
});
