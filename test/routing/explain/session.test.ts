import { describe, expect, test } from "vitest";
import { explain } from "../../../routing/explain/explain.ts";
import { keptByBalancer } from "../../../routing/match/affinity.ts";
import { answerHeader } from "../../../routing/match/kept.ts";
import type { LoadBalancer } from "../../../routing/model.ts";
import { factsOf, routeOf, ruleOf, toPool } from "../match/routes.ts";
import { down, endpoint, endpointId, NOW, pool, shardOf } from "../steer/world.ts";
import { balancedSite, EU, question, US } from "./world.ts";

const rng = () => 0.5;
type Sent = Readonly<Record<string, string>>;

/** What a visitor of `endpoint` carries. */
function sent(more: Partial<LoadBalancer>, endpoint: string): Sent {
  const kept = keptByBalancer(shardOf([EU, US], more), factsOf("/"), NOW);
  const header = kept && answerHeader(kept, null, endpointId(endpoint), false, NOW);
  return { cookie: header?.value.split(";")[0] ?? "" };
}
const told = (
  more: Partial<LoadBalancer>,
  headers: Sent = {},
  known: Parameters<typeof question>[3] = {},
  pools = [EU, US],
) => explain(question([balancedSite([], more, pools)], "/", { headers }, known), NOW, rng);

const cookie = { session_affinity: "cookie" } as const;

describe("the session is told", () => {
  test("as kept, and its endpoint is the first candidate for that reason", () => {
    expect(told(cookie, sent(cookie, "eu2"))).toMatchObject({
      session: { by: "cookie", failover: "sticky", endpoint: "eu/eu2", verdict: "kept" },
      candidates: [{ endpoint: "eu2", why: "kept" }, {}, {}],
    });
  });

  test("as left, and why", () => {
    const { session, endpoint } = told(cookie, sent(cookie, "eu2"), { eu2: down });
    expect(session).toMatchObject({ endpoint: "eu/eu2", verdict: "unhealthy" });
    expect(endpoint).toBe("eu1");
  });

  test("as drained", () => {
    const off = endpoint("eu2", { enabled: false, disabledAtMs: NOW - 1 });
    const { session } = told(cookie, sent(cookie, "eu2"), {}, [pool("eu", ["eu1", off]), US]);
    expect(session).toMatchObject({ endpoint: "eu/eu2", verdict: "drained" });
  });

  test("as none where the request brings none, and by what key where a key decides", () => {
    expect(told(cookie).session).toMatchObject({ endpoint: null, verdict: "none" });
    expect(told({ session_affinity: "ip_cookie" }).session).toMatchObject({
      by: "ip_cookie",
      verdict: "by-key",
    });
  });

  test("not at all where nobody keeps one", () => expect(told({}).session).toBeNull());

  test("of a route's rule, too", () => {
    const session = { type: "Header", name: "x-s", isPermanent: false } as const;
    const site = balancedSite([
      routeOf("r", [ruleOf([{}], { session, backends: [toPool("eu")] })]),
    ]);
    const { session: words } = explain(question([site]), NOW, rng);
    expect(words).toEqual({ by: "route", failover: "sticky", endpoint: null, verdict: "none" });
  });
});
