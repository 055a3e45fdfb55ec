import { describe, expect, test } from "vitest";
import { isAffine, keptByBalancer } from "../../../routing/match/affinity.ts";
import { courseOf, dispatchPlain } from "../../../routing/match/dispatch.ts";
import { answerHeader } from "../../../routing/match/kept.ts";
import type { LoadBalancer } from "../../../routing/model.ts";
import { balancedSite, EU, HOST, rule, US } from "../explain/world.ts";
import { endpointId, knowing, NOW, poolId, shardOf } from "../steer/world.ts";
import { factsOf, routeOf, ruleOf, toPool } from "./routes.ts";

const rng = () => 0.5;
const TTL = 1_800;
const cookie = { session_affinity: "cookie", session_affinity_ttl: TTL } as const;
const balanced = (more: Partial<LoadBalancer>) => shardOf([EU, US], more);

type Sent = Readonly<Record<string, string>>;
const keptOf = (more: Partial<LoadBalancer>, headers: Sent = {}, nowMs = NOW, clientIp = "") =>
  keptByBalancer(balanced(more), factsOf("/", { headers, clientIp }), nowMs);

/** What a visitor sends back after an answer of the endpoint. */
function sentBack(more: Partial<LoadBalancer>, endpoint = "eu2", atMs = NOW): Sent {
  const kept = keptOf(more);
  const header = kept === null ? null : answerHeader(kept, null, endpointId(endpoint), false, atMs);
  return { cookie: header?.value.split(";")[0] ?? "" };
}

describe("cookie", () => {
  test("the first request brings none, and chance decides", () => {
    expect(keptOf(cookie)).toMatchObject({
      by: "cookie",
      session: null,
      home: null,
      hold: { key: "", isRemembered: true, failover: "sticky", drainMs: 0 },
    });
  });

  test("brings the visitor back to the endpoint that it was set for", () => {
    expect(keptOf(cookie, sentBack(cookie))?.home).toEqual({ backend: null, endpoint: "eu2" });
  });

  test("lasts for the ttl from when it was set, however much it is used", () => {
    const sent = sentBack(cookie);
    const end = NOW + TTL * 1_000;
    expect(keptOf(cookie, sent, end - 1)?.home).not.toBeNull();
    expect(keptOf(cookie, sent, end)).toMatchObject({ session: null, home: null });
    const kept = keptOf(cookie, sent, end - 1);
    if (kept === null) throw new Error("the load balancer keeps sessions");
    expect(answerHeader(kept, "kept", endpointId("eu2"), false, end - 1)).toBeNull();
  });

  test("that is altered, or of another load balancer, is as none", () => {
    const { cookie: text = "" } = sentBack(cookie);
    const altered = text.slice(0, -1) + (text.endsWith("A") ? "B" : "A");
    const foreign = sentBack({ ...cookie, id: "e".repeat(32) }).cookie ?? "";
    const [name] = text.split("=");
    for (const sent of [altered, foreign, `${name}=${foreign.split("=")[1]}`]) {
      expect(keptOf(cookie, { cookie: sent })).toMatchObject({ session: null, home: null });
    }
  });

  test("is read among few of its name: the ninth is not", () => {
    const { cookie: good = "" } = sentBack(cookie);
    const [name] = good.split("=");
    const bad = (count: number) => Array.from({ length: count }, () => `${name}=x`);
    expect(keptOf(cookie, { cookie: [...bad(7), good].join("; ") })?.home).not.toBeNull();
    expect(keptOf(cookie, { cookie: [...bad(8), good].join("; ") })?.home).toBeNull();
  });
});

test("ip_cookie: without a cookie the visitor's address is the key, and with one it is not asked", () => {
  const more = { session_affinity: "ip_cookie" } as const;
  const hold = { key: "192.0.2.9", isRemembered: true };
  expect(keptOf(more, {}, NOW, "192.0.2.9")).toMatchObject({ home: null, hold });
  expect(keptOf(more, sentBack(more), NOW, "192.0.2.9")?.home?.endpoint).toBe("eu2");
});

describe("header", () => {
  const more = {
    session_affinity: "header",
    session_affinity_attributes: {
      samesite: "Auto",
      secure: "Auto",
      drain_duration: 5,
      zero_downtime_failover: "none",
      headers: ["x-user"],
      require_all_headers: false,
    },
  } as const;

  test("has a key and nothing that travels", () => {
    const kept = keptOf(more, { "x-user": "7" });
    expect(kept).toMatchObject({ by: "header", terms: null, session: null, home: null });
    expect(kept?.hold).toMatchObject({ isRemembered: false, failover: "none", drainMs: 5_000 });
    expect(kept?.hold.key).not.toBe("");
  });

  test("without the headers there is no session", () => expect(keptOf(more)).toBeNull());
});

test("none keeps nothing", () => {
  for (const more of [{}, { session_affinity: "none" }] as const) {
    expect(keptOf(more)).toBeNull();
    expect(isAffine(balanced(more).load_balancer)).toBe(false);
  }
});

describe("on the way of a request", () => {
  const keptAt = (site: ReturnType<typeof balancedSite>, line = "/", headers: Sent = {}) => {
    const facts = factsOf(line, { headers, host: HOST });
    const { action } = courseOf([site], facts, knowing({}), NOW, rng);
    return action?.do === "forward" ? action.forward.kept : null;
  };

  test("a load balancer with affinity is looked at, one without is not", () => {
    expect(dispatchPlain([balancedSite([], cookie)], HOST)).toBe("look");
    expect(dispatchPlain([balancedSite()], HOST)).toMatchObject({ do: "forward" });
  });

  test("a rule may bring an affinity, and take one away", () => {
    const brought = { rules: [rule("r", "", { overrides: cookie })] };
    const taken = {
      ...cookie,
      rules: [rule("r", "", { overrides: { session_affinity: "none" as const } })],
    };
    expect(keptAt(balancedSite([], brought))?.by).toBe("cookie");
    expect(keptAt(balancedSite([], taken))).toBeNull();
  });

  test("two paths with pools of their own have two cookies, and other overrides share one", () => {
    const onPath = (path: string, overrides: object) =>
      rule(path, `http.request.uri.path eq "${path}"`, { overrides });
    const rules = [
      onPath("/us", { default_pools: [poolId("us")] }),
      onPath("/off", { steering_policy: "random" }),
    ];
    const site = balancedSite([], { ...cookie, rules });
    const names = ["/", "/off", "/us"].map((path) => keptAt(site, path)?.terms?.name);
    expect(names[0]).toBe(names[1]);
    expect(names[2]).not.toBe(names[0]);
    for (const name of names) expect(name).toMatch(/^__twlb_[0-9a-z]{1,11}$/);
  });

  test("a session of the route's rule comes first", () => {
    const session = { type: "Header", name: "x-s", isPermanent: false } as const;
    const toShop = { ...toPool(""), target: { kind: "LoadBalancer" as const, host: HOST } };
    const routed = (more: object) =>
      balancedSite([routeOf("r", [ruleOf([{}], { backends: [toShop], ...more })])], cookie);
    expect(keptAt(routed({}))?.by).toBe("cookie");
    expect(keptAt(routed({ session }))?.by).toBe("route");
  });
});
