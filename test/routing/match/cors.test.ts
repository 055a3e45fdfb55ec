import { describe, expect, test } from "vitest";
import type { Cors } from "../../../routing/http-route.ts";
import { corsHeaders, corsPreflight } from "../../../routing/match/cors.ts";

const cors = (more: Partial<Cors> = {}): Cors => ({
  allowOrigins: ["https://shop.example", "https://*.wild.example", "http://*.ports.example:8080"],
  allowMethods: ["GET", "PUT"],
  allowHeaders: ["x-a", "x-b"],
  exposeHeaders: ["x-c"],
  allowCredentials: false,
  maxAgeSeconds: 5,
  ...more,
});
const OPEN = {
  allowOrigins: ["*"],
  allowMethods: ["*"],
  allowHeaders: ["*"],
  exposeHeaders: ["*"],
};
const ORIGIN = "https://shop.example";
const ask = { "access-control-request-method": "PUT", "access-control-request-headers": "x-z" };

describe("an origin", () => {
  test.each([
    ["https://shop.example", true],
    ["http://shop.example", false],
    ["https://shop.example:8443", false],
    ["https://shop.example.evil.example", false],
    ["https://a.wild.example", true],
    ["https://a.b.wild.example", true],
    ["https://wild.example", false],
    ["https://.wild.example", false],
    ["https://evilwild.example", false],
    ["https://evil.example/.wild.example", false],
    ["https://evil.example:1.wild.example", false],
    ["http://a.ports.example:8080", true],
    ["http://a.ports.example", false],
    ["null", false],
    ["", false],
  ])("%s is allowed: %s", (origin, isAllowed) => {
    const preflight = corsPreflight(cors(), { origin, ...ask });
    for (const found of [preflight, corsHeaders(cors(), origin)]) {
      expect(found?.["access-control-allow-origin"]).toBe(isAllowed ? origin : undefined);
      expect(found?.["vary"]).toBe("origin");
    }
    if (!isAllowed) expect(preflight).toEqual({ vary: "origin" });
  });

  test("may be any host of a scheme and port", () => {
    const any = cors({ allowOrigins: ["https://*", "http://*:8080"] });
    const allowed = (origin: string) => corsHeaders(any, origin)["access-control-allow-origin"];
    expect(allowed("https://any.example")).toBe("https://any.example");
    expect(allowed("http://any.example:8080")).toBe("http://any.example:8080");
    expect(allowed("http://any.example")).toBeUndefined();
    expect(allowed("https://any.example:8443")).toBeUndefined();
  });
});

describe("a preflight", () => {
  test("is told the lists as they were written", () => {
    expect(corsPreflight(cors(), { origin: ORIGIN, ...ask })).toEqual({
      "access-control-allow-origin": ORIGIN,
      "access-control-allow-methods": "GET, PUT",
      "access-control-allow-headers": "x-a, x-b",
      "access-control-max-age": "5",
      vary: "origin",
    });
  });

  test("is told * where everything is allowed without credentials", () => {
    expect(corsPreflight(cors(OPEN), { origin: ORIGIN, ...ask })).toEqual({
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "*",
      "access-control-allow-headers": "*",
      "access-control-max-age": "5",
    });
  });

  test("with credentials is told what it asked for, and never *", () => {
    const open = cors({ ...OPEN, allowCredentials: true });
    expect(corsPreflight(open, { origin: ORIGIN, ...ask })).toEqual({
      "access-control-allow-origin": ORIGIN,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "PUT",
      "access-control-allow-headers": "x-z",
      "access-control-max-age": "5",
      vary: "origin",
    });
  });

  test("is told nothing of what is not there", () => {
    const bare = cors({ allowMethods: [], allowHeaders: [] });
    expect(Object.keys(corsPreflight(bare, { origin: ORIGIN, ...ask }) ?? {})).toEqual([
      "access-control-allow-origin",
      "vary",
      "access-control-max-age",
    ]);
  });

  test.each([{}, { origin: ORIGIN }, { "access-control-request-method": "PUT" }])(
    "is none without both of its headers: %j",
    (headers) => {
      expect(corsPreflight(cors(), headers)).toBeNull();
    },
  );
});

describe("an answer", () => {
  test("to an allowed origin shows the headers that it may", () => {
    expect(corsHeaders(cors(), ORIGIN)).toEqual({
      "access-control-allow-origin": ORIGIN,
      "access-control-expose-headers": "x-c",
      vary: "origin",
    });
  });

  test("with credentials exposes no header by *", () => {
    expect(corsHeaders(cors({ ...OPEN, allowCredentials: true }), ORIGIN)).toEqual({
      "access-control-allow-origin": ORIGIN,
      "access-control-allow-credentials": "true",
      vary: "origin",
    });
    expect(corsHeaders(cors(OPEN), ORIGIN)["access-control-expose-headers"]).toBe("*");
  });

  test("to nobody in particular only tells caches that origins differ", () => {
    expect(corsHeaders(cors(), undefined)).toEqual({ vary: "origin" });
    expect(corsHeaders(cors({ ...OPEN, allowCredentials: true }), undefined)).toEqual({
      vary: "origin",
    });
  });
});
