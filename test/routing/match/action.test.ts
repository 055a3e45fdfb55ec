import { describe, expect, test } from "vitest";
import { DEFAULT_TERMS } from "../../../routing/attempt/terms.ts";
import type {
  Backend,
  Cors,
  HeaderChanges,
  RouteFilters,
  RouteRule,
} from "../../../routing/http-route.ts";
import { type Action, actionOf, type Forward, forwardTo } from "../../../routing/match/action.ts";
import type { RequestFacts } from "../../../routing/match/facts.ts";
import { match } from "../../../routing/match/match.ts";
import { balancedOf } from "../../../routing/match/target.ts";
import { UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { pool, shardOf } from "../steer/world.ts";
import { factsOf, matcherOf, prefix, routeOf, ruleOf, toPool } from "./routes.ts";

const shard = shardOf([pool("p", ["p1"]), pool("q", ["q1"])]);

/** What a rule for `/a` does with a request; chance as given. */
function act(
  rule: Partial<RouteRule>,
  line = "/a/b?c=1",
  more: Partial<RequestFacts> = {},
  uniform = 0,
): Action {
  const facts = factsOf(line, more);
  const matched = match(matcherOf(routeOf("r", [ruleOf([prefix("/a")], rule)])), facts);
  if (matched === null) throw new Error("the rule takes the request");
  return actionOf(
    matched,
    facts,
    shard,
    () => UNKNOWN,
    0,
    () => uniform,
  );
}

const filters = (some: Partial<RouteFilters>): RouteFilters => ({ mirrors: [], ...some });
const backend = (name: string, some: Partial<RouteFilters>, weight = 1): Backend => ({
  ...toPool(name, weight),
  filters: filters(some),
});
const set = (name: string): HeaderChanges => ({
  set: [{ name, value: "1" }],
  add: [],
  remove: [],
});
const cors = (allowOrigins: readonly string[]): Cors => ({
  allowOrigins,
  allowMethods: ["PUT"],
  allowHeaders: [],
  exposeHeaders: [],
  allowCredentials: false,
  maxAgeSeconds: 5,
});
const ORIGIN = "https://a.example";
const PREFLIGHT = { headers: { origin: ORIGIN, "access-control-request-method": "PUT" } };

function forwarded(action: Action): Forward {
  if (action.do !== "forward") throw new Error(`it is forwarded, not: ${action.do}`);
  return action.forward;
}

describe("a request that a rule sends on", () => {
  test("goes as it came where no filter says otherwise", () => {
    const { balanced, ...rest } = forwarded(act({}));
    expect(balanced).toBe(balancedOf(shard, toPool("p").target));
    expect({ ...rest, balanced: shard }).toEqual(forwardTo(shard));
    expect(rest.terms).toEqual(DEFAULT_TERMS);
  });

  test("goes to the backend that chance and the weights choose", () => {
    const rule = { backends: [toPool("p", 1), toPool("q", 3)] };
    const chosen = (uniform: number) =>
      forwarded(act(rule, "/a", {}, uniform)).balanced.pools.map(({ id }) => id);
    expect([chosen(0), chosen(0.24), chosen(0.26), chosen(0.99)]).toEqual([
      ["p"],
      ["p"],
      ["q"],
      ["q"],
    ]);
  });

  test("is changed by the rule first and by the backend last", () => {
    const rule = {
      filters: filters({ requestHeaders: set("x-rule"), responseHeaders: set("y-rule") }),
      backends: [backend("p", { requestHeaders: set("x-own"), responseHeaders: set("y-own") })],
    };
    const forward = forwarded(act(rule));
    expect(forward.requestHeaders).toEqual([set("x-rule"), set("x-own")]);
    expect(forward.responseHeaders).toEqual([set("y-rule"), set("y-own")]);
  });

  test("is rewritten part by part, the backend's part over the rule's", () => {
    const rule = {
      filters: filters({
        rewrite: { hostname: "rule.example", path: { type: "ReplaceFullPath", value: "/rule" } },
      }),
      backends: [
        backend("p", { rewrite: { path: { type: "ReplacePrefixMatch", value: "/own" } } }),
      ],
    };
    expect(forwarded(act(rule))).toMatchObject({ hostname: "rule.example", path: "/own/b" });
  });

  test("is copied to the mirrors of both, but not to one that names nothing", () => {
    const mirror = (name: string, ratio: number) => ({ target: toPool(name).target, ratio });
    const rule = {
      filters: filters({ mirrors: [mirror("q", 0.5), mirror("gone", 1)] }),
      backends: [backend("p", { mirrors: [mirror("p", 1)] })],
    };
    const copies = forwarded(act(rule)).mirrors;
    expect(copies.map(({ balanced, ratio }) => [balanced.pools[0]?.id, ratio])).toEqual([
      ["q", 0.5],
      ["p", 1],
    ]);
  });

  test("has the rule's terms", () => {
    const rule = { timeouts: { requestMs: 500 } };
    expect(forwarded(act(rule)).terms.requestMs).toBe(500);
  });
});

describe("a request fails", () => {
  test.each<[string, Partial<RouteRule>, number]>([
    ["where a rule has no backend", { backends: [] }, 0],
    ["where every backend weighs nothing", { backends: [toPool("p", 0)] }, 0],
    ["for the share of one that does not exist", { backends: [toPool("p"), toPool("gone")] }, 0.6],
  ])("%s", (_what, rule, uniform) => {
    expect(act(rule, "/a", {}, uniform)).toEqual({ do: "fail", why: "no-target" });
  });

  test("for no other share", () => {
    const rule = { backends: [toPool("p"), toPool("gone")] };
    expect(act(rule, "/a", {}, 0.4).do).toBe("forward");
  });
});

describe("a redirect", () => {
  const to = (more: object = {}) => ({
    redirect: { hostname: "new.example", statusCode: 302 as const, ...more },
  });
  const locationOf = (action: Action) =>
    action.do === "answer" ? action.answer.headers : action.do;

  test("answers at once, whatever the backends", () => {
    const action = act({ filters: filters(to()), backends: [] });
    expect(action).toEqual({
      do: "answer",
      answer: { status: 302, headers: { location: "https://new.example/a/b?c=1" }, body: "" },
    });
  });

  test("of a backend is for that backend's share", () => {
    const rule = { backends: [backend("p", to()), toPool("q")] };
    expect([act(rule, "/a", {}, 0.4).do, act(rule, "/a", {}, 0.6).do]).toEqual([
      "answer",
      "forward",
    ]);
  });

  test("keeps the port of the Host header, and leaves out the scheme's own", () => {
    const rule = { filters: filters(to()) };
    const at = (more: Partial<RequestFacts>) => locationOf(act(rule, "/a", more));
    expect(at({ port: 8443 })).toEqual({ location: "https://new.example:8443/a" });
    expect(at({ port: 443 })).toEqual({ location: "https://new.example/a" });
    expect(at({ scheme: "http" })).toEqual({ location: "http://new.example/a" });
    expect(at({ scheme: "http", port: 443 })).toEqual({ location: "http://new.example:443/a" });
  });

  test("to an allowed origin says so, or the browser would not follow it", () => {
    const rule = { filters: filters({ ...to(), cors: cors([ORIGIN]) }) };
    const headers = { origin: ORIGIN };
    expect(locationOf(act(rule, "/a", { headers }))).toEqual({
      location: "https://new.example/a",
      "access-control-allow-origin": ORIGIN,
      vary: "origin",
    });
  });
});

describe("a preflight", () => {
  const allowed = (action: Action) =>
    action.do === "answer" ? action.answer.headers["access-control-allow-origin"] : action.do;

  test("is answered before a redirect and before a backend that does not exist", () => {
    const redirect = { statusCode: 301 as const };
    const rule = { filters: filters({ cors: cors([ORIGIN]), redirect }), backends: [] };
    expect(act(rule, "OPTIONS /a", PREFLIGHT)).toMatchObject({
      do: "answer",
      answer: { status: 204, body: "" },
    });
  });

  test("is answered by the backend's word where only that has one", () => {
    const rule = { backends: [backend("gone", { cors: cors([ORIGIN]) })] };
    expect(allowed(act(rule, "OPTIONS /a", PREFLIGHT))).toBe(ORIGIN);
  });

  test("is one only with OPTIONS, and only where a rule speaks of CORS", () => {
    expect(act({ filters: filters({ cors: cors([ORIGIN]) }) }, "/a", PREFLIGHT).do).toBe("forward");
    expect(act({}, "OPTIONS /a", PREFLIGHT).do).toBe("forward");
    expect(act({ filters: filters({ cors: cors([ORIGIN]) }) }, "OPTIONS /a").do).toBe("forward");
  });

  test("of an answer, the backend's CORS counts before the rule's", () => {
    const rule = {
      filters: filters({ cors: cors(["https://rule.example"]) }),
      backends: [backend("p", { cors: cors([ORIGIN]) })],
    };
    expect(forwarded(act(rule)).cors?.allowOrigins).toEqual([ORIGIN]);
  });
});
