import { describe, expect, test } from "vitest";
import type { Redirect } from "../../../routing/http-route.ts";
import { locationOf, type Redirected } from "../../../routing/match/redirect.ts";

const REQUEST: Redirected = {
  scheme: "http",
  host: "shop.example",
  port: 80,
  path: "/a/b",
  query: "",
};

const location = (redirect: Partial<Redirect>, request: Partial<Redirected> = {}) =>
  locationOf({ statusCode: 302, ...redirect }, { ...REQUEST, ...request }, "/a");

describe("the port of a Location", () => {
  const http = (port: number) => ({ scheme: "http", port }) as const;
  const https = (port: number) => ({ scheme: "https", port }) as const;
  test.each<[string, Partial<Redirect>, Partial<Redirected>]>([
    ["http://shop.example/a/b", {}, http(80)],
    ["http://shop.example:8080/a/b", {}, http(8080)],
    ["https://shop.example/a/b", {}, https(443)],
    ["http://shop.example/a/b", { scheme: "http" }, http(8080)],
    ["https://shop.example/a/b", { scheme: "https" }, http(80)],
    ["https://shop.example/a/b", { scheme: "https" }, http(8080)],
    ["http://shop.example/a/b", { scheme: "http" }, https(443)],
    ["http://shop.example/a/b", { port: 80 }, http(8080)],
    ["http://shop.example:8080/a/b", { port: 8080 }, http(80)],
    ["http://shop.example:443/a/b", { port: 443 }, http(80)],
    ["https://shop.example:80/a/b", { port: 80 }, https(443)],
    ["https://shop.example/a/b", { scheme: "https", port: 443 }, http(80)],
    ["https://shop.example:80/a/b", { scheme: "https", port: 80 }, http(80)],
    ["http://shop.example/a/b", { scheme: "http", port: 80 }, https(443)],
    ["https://shop.example:8443/a/b", { scheme: "https", port: 8443 }, http(80)],
  ])("%s", (wanted, redirect, request) => {
    expect(location(redirect, request)).toBe(wanted);
  });
});

describe("a Location", () => {
  test("has the hostname of the redirect, on the port of the request", () => {
    expect(location({ hostname: "other.example" })).toBe("http://other.example/a/b");
    expect(location({ hostname: "other.example" }, { port: 8080 })).toBe(
      "http://other.example:8080/a/b",
    );
  });

  test("keeps the query", () => {
    expect(location({ hostname: "h" }, { query: "q=1&r" })).toBe("http://h/a/b?q=1&r");
  });

  test("has the path of the redirect, whole or in place of the prefix", () => {
    expect(location({ path: { type: "ReplaceFullPath", value: "/c" } }, { query: "q" })).toBe(
      "http://shop.example/c?q",
    );
    expect(location({ path: { type: "ReplacePrefixMatch", value: "/c" } })).toBe(
      "http://shop.example/c/b",
    );
  });

  test("never leads to a host that a visitor wrote into the path", () => {
    const path = { type: "ReplacePrefixMatch", value: "" } as const;
    expect(new URL(location({ path }, { path: "/a//evil.example/" })).host).toBe("shop.example");
  });
});
