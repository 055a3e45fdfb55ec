import { expect, test } from "vitest";
import { patternsIn } from "../../../routing/expression/patterns.ts";

test.each([
  ["", []],
  ["true", []],
  ['http.host eq "a"', []],
  ['http.host matches "a"', ["a"]],
  ['http.host ~ r"a\\.b"', ["a\\.b"]],
  ['http.host ~ "a\\"\\d"', ['a"\\d']],
  ['http.host contains "x matches y"', []],
  ['not (http.host matches "a" or http.host matches "b") and ssl', ["a", "b"]],
  ['any(http.request.headers["x"][*] matches "a")', ["a"]],
  ['lower(http.host) matches "a" xor all(http.request.headers.values[*] matches "a")', ["a", "a"]],
  ['http.host matches "a', []],
])("%s has %j", (condition, patterns) => {
  expect(patternsIn(condition)).toEqual(patterns);
});
