import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cors, HttpRoute, RouteRule } from "../../routing/http-route.ts";
import { match } from "../../routing/match/match.ts";
import { seededRng } from "../../routing/rng.ts";
import { isAffinity, isRoute } from "../../routing/route-shape.ts";
import { randomFacts } from "./match/generate.ts";
import { matcherOf, named, routeOf, ruleOf, toPool } from "./match/routes.ts";

const cors: Cors = {
  allowOrigins: ["*"],
  allowMethods: ["GET"],
  allowHeaders: ["x"],
  exposeHeaders: ["y"],
  allowCredentials: false,
  maxAgeSeconds: 5,
};

const changes = {
  set: [{ name: "a", value: "1" }],
  add: [{ name: "b", value: "2" }],
  remove: ["c"],
};

/** Every field of the model is there. */
const FULL_RULE: RouteRule = ruleOf(
  [{ method: "GET", headers: [named("x")], query: [named("q")] }],
  {
    name: "rule",
    filters: {
      requestHeaders: changes,
      responseHeaders: changes,
      redirect: { scheme: "https", path: { type: "ReplaceFullPath", value: "/" }, statusCode: 302 },
      rewrite: { hostname: "h", path: { type: "ReplacePrefixMatch", value: "/" } },
      cors,
      mirrors: [{ target: { kind: "unknown", reference: "gone" }, ratio: 0.5 }],
    },
    backends: [toPool("p"), { ...toPool("q"), target: { kind: "LoadBalancer", host: "h" } }],
    timeouts: { requestMs: 1, backendRequestMs: 1 },
    retry: { codes: [500], attempts: 1, backoffMs: 1 },
    session: { type: "Cookie", name: "s", absoluteMs: 1_000, idleMs: 1_000, isPermanent: true },
  },
);
const FULL: HttpRoute = routeOf("full", [FULL_RULE], { hostnames: ["shop.example"] });

type Json = Record<string, unknown>;

/** The value, and every way to put something else in the place of one of its members. */
function* damaged(value: unknown, instead: unknown): Generator<[string, unknown]> {
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    const put = (other: unknown) =>
      Array.isArray(value)
        ? value.map((item, index) => (String(index) === name ? other : item))
        : { ...(value as Json), [name]: other };
    yield [name, put(instead)];
    for (const [path, inner] of damaged(member, instead)) yield [`${name}.${path}`, put(inner)];
  }
}

describe("a route", () => {
  test("of the model is one, with every field and with the fewest", () => {
    expect(isRoute(FULL)).toBe(true);
    expect(isRoute(routeOf("r", [ruleOf([{}], { backends: [] })]))).toBe(true);
    expect(isRoute({ ...FULL, newer: 1 })).toBe(true);
  });

  test("with null or a list in the place of any field is none", () => {
    const taken = [null, [[]]].flatMap((instead) =>
      [...damaged(FULL, instead)].filter(([, route]) => isRoute(route)).map(([path]) => path),
    );
    expect(taken).toEqual([]);
  });

  test("that lacks a field without which something would throw is none", () => {
    for (const field of Object.keys(FULL))
      expect(isRoute({ ...FULL, [field]: undefined })).toBe(false);
    for (const field of ["matches", "filters", "backends", "timeouts"]) {
      expect(isRoute({ ...FULL, rules: [{ ...FULL_RULE, [field]: undefined }] })).toBe(false);
    }
  });

  test("with more members in a list than any writer accepts is none", () => {
    expect(isRoute({ ...FULL, hostnames: Array.from({ length: 1_025 }, () => "h") })).toBe(false);
  });

  test("total-eval: whatever passes can be matched", () => {
    const paths = [...damaged(FULL, null)].length;
    fc.assert(
      fc.property(fc.nat(paths - 1), fc.jsonValue(), (index, value) => {
        const [, route] = [...damaged(FULL, value)][index] ?? ["", null];
        if (!isRoute(route)) return;
        expect(() =>
          match(matcherOf(route as HttpRoute), randomFacts(seededRng(index))),
        ).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("an affinity", () => {
  const attributes = {
    samesite: "Auto",
    secure: "Auto",
    drain_duration: 1,
    zero_downtime_failover: "none",
    headers: ["a"],
    require_all_headers: false,
  };
  const whole = {
    session_affinity: "cookie",
    session_affinity_ttl: 1_800,
    session_affinity_attributes: attributes,
  };

  test("of the model is one, and so is none, and a word that is newer", () => {
    expect([whole, {}, { session_affinity: "newer" }].map(isAffinity)).toEqual([true, true, true]);
  });

  test("with something else in the place of any field is none", () => {
    const taken = [null, [[]]].flatMap((instead) =>
      [...damaged(whole, instead)].filter(([, one]) => isAffinity(one as Json)).map(([at]) => at),
    );
    expect(taken).toEqual([]);
    expect(isAffinity({ ...whole, session_affinity_attributes: {} })).toBe(false);
  });
});
