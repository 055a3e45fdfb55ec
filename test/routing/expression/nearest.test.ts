import { expect, test } from "vitest";
import { nearest } from "../../../routing/expression/nearest.ts";

const NAMES = ["http.host", "http.request.uri", "http.request.uri.path", "ip.src", "lower"];

test.each([
  ["http.hots", "http.host"],
  ["HTTP.Host", "http.host"],
  ["http.request.path", "http.request.uri.path"],
  ["ip.scr", "ip.src"],
  ["lowercase", "lower"],
])("%s is nearest to %s", (written, candidate) => {
  expect(nearest(written, NAMES)).toBe(candidate);
});

test.each([["zzzzzz"], [""], ["x".repeat(5_000)]])("nothing is near to %s", (written) => {
  expect(nearest(written, NAMES)).toBeUndefined();
});
