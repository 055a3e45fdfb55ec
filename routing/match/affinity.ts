/** The session that a load balancer keeps: by a signed cookie, or by a key that tells pool and endpoint without one. */
import type { LoadBalancer } from "../model.ts";
import type { Balanced } from "../snapshot.ts";
import { poolsScopeOf } from "../steer/balancer-rules.ts";
import type { Ms } from "../units.ts";
import { headerKeyOf } from "./affinity-key.ts";
import { type AffinityTerms, affinityTermsOf } from "./affinity-terms.ts";
import type { RequestFacts } from "./facts.ts";
import type { Kept } from "./kept.ts";
import { sealOf } from "./seal.ts";
import { readSession } from "./session.ts";
import { endpointKey } from "./session-value.ts";

/** Whether a request must be looked at before it is known where it goes. */
export const isAffine = (balancer: LoadBalancer): boolean => affinityTermsOf(balancer) !== null;

/**
 * `null`: the load balancer, as its rules have left it, keeps no session for this request.
 *
 * Whether the endpoint of a session may be used is not asked here: `decide` knows, and what it finds is told.
 */
export function keptByBalancer(balanced: Balanced, facts: RequestFacts, nowMs: Ms): Kept | null {
  const terms = affinityTermsOf(balanced.load_balancer);
  if (terms === null) return null;
  const { by, failover, drainMs } = terms;
  if (by === "header") {
    const key = headerKeyOf(terms, facts.headers);
    if (key === "") return null;
    const hold = { key, isRemembered: false, failover, drainMs };
    return { by, terms: null, session: null, home: null, hold };
  }
  const cookie = cookieOf(terms, balanced);
  const session = readSession(cookie, facts.headers, nowMs);
  const endpoint = session === null ? null : cookie.seal.endpointOf(session.endpoint);
  const key = by === "ip_cookie" ? facts.clientIp : "";
  return {
    by,
    terms: cookie,
    session,
    home: endpoint === null ? null : { backend: null, endpoint },
    hold: { key, isRemembered: true, failover, drainMs },
  };
}

/**
 * Named for the load balancer, because a host may lead to several, and for the pools that a rule has put in the place of
 * its own: a visitor of two paths has two sessions then, instead of one that every other request moves.
 */
const cookieOf = ({ ttlMs, cookie }: AffinityTerms, { load_balancer, pools }: Balanced) => ({
  type: "Cookie" as const,
  name: `__twlb_${endpointKey(load_balancer.id + poolsScopeOf(load_balancer))}`,
  absoluteMs: ttlMs,
  isPermanent: true,
  cookie,
  seal: sealOf(load_balancer.id, pools),
});
