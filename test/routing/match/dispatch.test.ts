import { describe, expect, test } from "vitest";
import type { HttpRoute, LoadBalancerRule } from "../../../routing/http-route.ts";
import type { Action } from "../../../routing/match/action.ts";
import { dispatch, dispatchPlain } from "../../../routing/match/dispatch.ts";
import type { RequestFacts } from "../../../routing/match/facts.ts";
import { buildSite, plainSite, type Site } from "../../../routing/match/site.ts";
import type { Shard } from "../../../routing/snapshot.ts";
import { UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { pool, poolId, shardOf } from "../steer/world.ts";
import { blockOf, ended, factsOf, prefix, routeOf, ruleOf, toPool } from "./routes.ts";

const HOST = "www.example";
const balanced = shardOf([pool("p", ["p1"]), pool("q", ["q1"])]);
const bare: Shard = { ...balanced, load_balancer: null };

const site = (shard: Shard, ...routes: readonly HttpRoute[]): Site =>
  routes.length === 0
    ? plainSite(shard)
    : ended(buildSite({ ...shard, blocks: 1 }, [blockOf(routes)], null));
const ruled = (...rules: readonly Partial<LoadBalancerRule>[]): Shard =>
  shardOf(balanced.pools, {
    rules: rules.map((rule) => ({
      name: "",
      condition: "",
      disabled: false,
      priority: 0,
      terminates: false,
      overrides: {},
      ...rule,
    })),
  });
const fixed = (more: object) => ({
  fixed_response: { status_code: 410, content_type: "", location: "", message_body: "", ...more },
});

/** The pool first in line, a status, or what else becomes of it. */
function outcome(action: Action | null): string | number | null | undefined {
  if (action === null || action.do === "fail") return action?.do ?? null;
  if (action.do === "answer") return action.answer.status;
  return action.forward.balanced.load_balancer.default_pools[0];
}
const sent = (sites: readonly Site[], line = "/", more: Partial<RequestFacts> = {}) =>
  outcome(
    dispatch(
      sites,
      factsOf(line, { host: HOST, ...more }),
      () => UNKNOWN,
      0,
      () => 0,
    ),
  );

const toQ = (path: string, name = "r") =>
  routeOf(name, [ruleOf([prefix(path)], { backends: [toPool("q")] })]);

describe("a request", () => {
  test("goes where the first route that takes it says, else to the host's load balancer", () => {
    const sites = [site(balanced, toQ("/r"))];
    expect([sent(sites, "/r"), sent(sites, "/x")]).toEqual(["q", "p"]);
  });

  test("that no route takes is nobody's where the host has no load balancer", () => {
    expect(sent([site(bare, toQ("/r"))], "/x")).toBeNull();
  });

  test("is offered to the sites in order: the more specific host's routes are first", () => {
    const gone = routeOf("own", [ruleOf([prefix("/both")], { backends: [toPool("gone")] })]);
    const sites = [site(balanced, gone), site({ ...bare, host: "*.example" }, toQ("/"))];
    expect(sent(sites, "/both")).toBe("fail");
    // A wildcard's routes are before the load balancer of the host itself.
    expect(sent(sites, "/x")).toBe("q");
  });

  test("is decided by the pools of the shard that its route came with", () => {
    const wild = shardOf([pool("w", ["w1"])]);
    const route = routeOf("w", [ruleOf([prefix("/")], { backends: [toPool("w")] })]);
    expect(sent([site(balanced), site({ ...wild, host: "*.example" }, route)])).toBe("w");
  });

  test("is never another host's load balancer's", () => {
    expect(sent([site(balanced)], "/", { host: "sub.www.example" })).toBeNull();
  });
});

describe("the rules of a load balancer", () => {
  test("change what it is", () => {
    const rule = { condition: 'http.request.method eq "PUT"', overrides: toPools("q") };
    const sites = [site(ruled(rule))];
    expect([sent(sites, "PUT /"), sent(sites, "GET /")]).toEqual(["q", "p"]);
  });

  test("answer by themselves, with what is said and no empty header", () => {
    const of = (more: object) =>
      dispatch(
        [site(ruled(fixed(more)))],
        factsOf("/", { host: HOST }),
        () => UNKNOWN,
        0,
        () => 0,
      );
    expect(of({})).toEqual({ do: "answer", answer: { status: 410, headers: {}, body: "" } });
    expect(of({ content_type: "text/plain", location: "/there", message_body: "gone" })).toEqual({
      do: "answer",
      answer: {
        status: 410,
        headers: { "content-type": "text/plain", location: "/there" },
        body: "gone",
      },
    });
  });

  test("hold also where a route sends to it", () => {
    const shard = ruled({ condition: "ssl", ...fixed({}) });
    const target = { kind: "LoadBalancer", host: HOST } as const;
    const route = routeOf("lb", [
      ruleOf([prefix("/")], { backends: [{ ...toPool("p"), target }] }),
    ]);
    expect(sent([site({ ...shard, host: HOST }, route)])).toBe(410);
    expect(sent([site({ ...shard, host: HOST }, route)], "/", { scheme: "http" })).toBe("p");
  });

  test("do not hold for its pools by themselves", () => {
    expect(sent([site(ruled(fixed({})), toQ("/"))])).toBe("q");
  });
});

const toPools = (...ids: readonly string[]) => ({ default_pools: ids.map(poolId) });

describe("without a look at the request", () => {
  test("a host that has no rule at all goes to its load balancer, or nowhere", () => {
    expect(outcome(dispatchPlain([site(balanced)], HOST) as Action)).toBe("p");
    expect(dispatchPlain([site(bare)], HOST)).toBeNull();
  });

  test.each<[string, readonly Site[]]>([
    ["a route", [site(balanced, toQ("/r"))]],
    ["a route of a wildcard", [site(balanced), site({ ...bare, host: "*.example" }, toQ("/"))]],
    ["a rule of the load balancer", [site(ruled({ disabled: true }))]],
  ])("nothing is said where there is %s", (_what, sites) => {
    expect(dispatchPlain(sites, HOST)).toBe("look");
  });

  test("what is said is what a look would say", () => {
    for (const sites of [[site(balanced)], [site(bare)]]) {
      const looked = dispatch(
        sites,
        factsOf("/", { host: HOST }),
        () => UNKNOWN,
        0,
        () => 0,
      );
      expect(dispatchPlain(sites, HOST)).toEqual(looked);
    }
  });
});
