import { expect, test } from "vitest";
import { faultOf, mayBePlatforms, platformCodeOf } from "../../../routing/health/platform-error.ts";

const LINE = {
  server: "cloudflare",
  "content-type": "text/plain; charset=UTF-8",
  "content-length": "16",
};
const may = (status: number, headers: Record<string, string>) =>
  mayBePlatforms(status, (name) => headers[name] ?? null);

test("a short line of plain text from Cloudflare with an error's status is worth reading", () => {
  expect([403, 409, 500, 530].map((status) => may(status, LINE))).toEqual([true, true, true, true]);
});

test.each<[string, number, Record<string, string>]>([
  ["success", 200, LINE],
  ["another server", 403, { ...LINE, server: "nginx" }],
  ["no server", 403, { "content-type": "text/plain", "content-length": "16" }],
  ["a page", 403, { ...LINE, "content-type": "text/html" }],
  ["a long text", 403, { ...LINE, "content-length": "4096" }],
  ["a text of unknown length", 403, { server: "cloudflare", "content-type": "text/plain" }],
])("%s is the endpoint's, unread", (_name, status, headers) => {
  expect(may(status, headers)).toBe(false);
});

test.each<[string, number | null]>([
  ["error code: 1003", 1003],
  ["error code: 522\n", 522],
  ["error code: 1003 and more", null],
  ["error: 1003", null],
  ["", null],
])("%j is code %s", (body, code) => {
  expect(platformCodeOf(body)).toBe(code);
});

test("what our script or our table did wrong is ours, a name that does not resolve the endpoint's, and the rest is told by its status", () => {
  expect([1019, 1021, 1022, 1024, 1042, 1101, 1102].map(faultOf)).toEqual(Array(7).fill("ours"));
  expect([1003, 1016].map(faultOf)).toEqual(["endpoint", "endpoint"]);
  expect([520, 1020, 9999].map(faultOf)).toEqual([null, null, null]);
});
