import { expect, test } from "vitest";
import { cookieText, ROUTE_COOKIE } from "../../../routing/match/session-cookie.ts";

test.each([
  ["Auto", "Auto", true, "SameSite=None; Secure"],
  ["Auto", "Auto", false, "SameSite=Lax"],
  ["Auto", "Never", true, "SameSite=Lax"],
  ["Auto", "Always", true, "SameSite=None; Secure"],
  ["Auto", "Always", false, "SameSite=Lax; Secure"],
  ["Lax", "Auto", true, "SameSite=Lax; Secure"],
  ["Strict", "Never", false, "SameSite=Strict"],
  ["None", "Auto", true, "SameSite=None; Secure"],
  ["None", "Always", false, "SameSite=None; Secure"],
] as const)("samesite %s, secure %s, https %s: %s", (samesite, secure, isHttps, end) => {
  const text = cookieText("n", "v", { samesite, secure }, 60, isHttps);
  expect(text).toBe(`n=v; Path=/; Max-Age=60; HttpOnly; ${end}`);
});

test("a route's cookie is Lax, and ends with the browser when it has no lifetime", () => {
  expect(cookieText("n", "v", ROUTE_COOKIE, undefined, true)).toBe(
    "n=v; Path=/; HttpOnly; SameSite=Lax; Secure",
  );
});
