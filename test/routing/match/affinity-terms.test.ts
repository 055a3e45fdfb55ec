import { describe, expect, test } from "vitest";
import { affinityTermsOf } from "../../../routing/match/affinity-terms.ts";
import type { AffinityAttributes, LoadBalancer } from "../../../routing/model.ts";
import { pool, shardOf } from "../steer/world.ts";

const HOUR = 3_600;
const attributes = (more: Partial<AffinityAttributes> = {}): AffinityAttributes => ({
  samesite: "Auto",
  secure: "Auto",
  drain_duration: 0,
  headers: [],
  require_all_headers: false,
  ...more,
});
const termsOf = (more: Partial<LoadBalancer>) =>
  affinityTermsOf(shardOf([pool("a", ["a1"])], more).load_balancer);

describe("a load balancer without affinity has no terms", () => {
  test.each<Partial<LoadBalancer>>([
    {},
    { session_affinity: "none", session_affinity_attributes: attributes({ drain_duration: 9 }) },
    { session_affinity: "toString" as never },
    { session_affinity: "of a newer writer" as never },
  ])("%j", (more) => expect(termsOf(more)).toBeNull());
});

test.each([
  ["cookie", 23 * HOUR, "sticky"],
  ["ip_cookie", 23 * HOUR, "sticky"],
  ["header", 1_800, "temporary"],
] as const)("what is absent is the vendor's, but for the failover: %s", (by, seconds, failover) => {
  expect(termsOf({ session_affinity: by })).toEqual({
    by,
    ttlMs: seconds * 1_000,
    drainMs: 0,
    failover,
    cookie: { samesite: "Auto", secure: "Auto" },
    headers: [],
    needsAll: false,
  });
});

test("what is given is obeyed", () => {
  const given = { samesite: "None", secure: "Always" } as const;
  const terms = termsOf({
    session_affinity: "cookie",
    session_affinity_ttl: HOUR,
    session_affinity_attributes: attributes({
      ...given,
      drain_duration: 60,
      zero_downtime_failover: "none",
      headers: ["x-a"],
      require_all_headers: true,
    }),
  });
  expect(terms).toEqual({
    by: "cookie",
    ttlMs: 3_600_000,
    drainMs: 60_000,
    failover: "none",
    cookie: given,
    headers: ["x-a"],
    needsAll: true,
  });
});

test.each([
  ["cookie", 1_799, 23 * HOUR],
  ["cookie", 1_800, 1_800],
  ["ip_cookie", 604_800, 604_800],
  ["ip_cookie", 604_801, 23 * HOUR],
  ["header", 30, 30],
  ["header", 3_601, 1_800],
] as const)("%s: a ttl of %i seconds, perhaps another affinity's, is %i", (by, ttl, seconds) => {
  const terms = termsOf({ session_affinity: by, session_affinity_ttl: ttl });
  expect(terms?.ttlMs).toBe(seconds * 1_000);
});
