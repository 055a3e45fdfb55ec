import { expect, test } from "vitest";
import { patternsIn } from "../../../routing/expression/patterns.ts";

test.each([
  ["", 0],
  ["true", 0],
  ['http.host eq "a"', 0],
  ['http.host matches "a"', 1],
  ['http.host ~ "a"', 1],
  ['http.host contains "x matches y"', 0],
  ['not (http.host matches "a" or http.host matches "b") and ssl', 2],
  ['any(http.request.headers["x"][*] matches "a")', 1],
  ['lower(http.host) matches "a" xor all(http.request.headers.values[*] matches "b")', 2],
  ['http.host matches "a', 0],
])("%s has %i", (condition, count) => {
  expect(patternsIn(condition)).toBe(count);
});
