import { expect, test } from "vitest";
import { isExpected, parseExpectedCodes } from "../../../routing/health/expected-codes.ts";

test.each([
  ["200", [200], [199, 201, 204]],
  ["2xx", [200, 299], [199, 300]],
  ["2XX", [204], [300]],
  ["200-299", [200, 250, 299], [199, 300]],
  ["200-299,301", [200, 299, 301], [300, 302]],
  ["200, 404 ,5xx", [200, 404, 500, 599], [201, 403, 499]],
  ["599", [599], [500]],
])("%s", (text, expected, unexpected) => {
  const parsed = parseExpectedCodes(text);
  const codes = parsed.ok ? parsed.value : [];
  expect(expected.filter((status) => !isExpected(codes, status))).toEqual([]);
  expect(unexpected.filter((status) => isExpected(codes, status))).toEqual([]);
});

test.each([
  ["", "not-a-code", ""],
  ["ok", "not-a-code", "ok"],
  ["20", "not-a-code", "20"],
  ["2000", "not-a-code", "2000"],
  ["6xx", "not-a-code", "6xx"],
  ["200,,201", "not-a-code", ""],
  ["200-", "not-a-code", "200-"],
  ["099", "out-of-range", "099"],
  ["200-600", "out-of-range", "200-600"],
  ["299-200", "backwards", "299-200"],
  [Array.from({ length: 51 }, () => "200").join(","), "too-many", "200"],
])("%j is refused as %s", (text, reason, part) => {
  expect(parseExpectedCodes(text)).toEqual({ ok: false, error: { reason, part } });
});

test("50 parts are still read", () => {
  expect(parseExpectedCodes(Array.from({ length: 50 }, () => "200").join(",")).ok).toBe(true);
});
