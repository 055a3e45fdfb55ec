/**
 * From a request and the sites of its host to what is done with it: the first route that takes it, else the host's load
 * balancer; then the load balancer's own rules.
 */

import type { FixedResponse } from "../http-route.ts";
import type { Rng } from "../rng.ts";
import { isBalanced } from "../snapshot.ts";
import { applyRules, hasRules } from "../steer/balancer-rules.ts";
import type { Know } from "../steer/knowledge.ts";
import type { Ms } from "../units.ts";
import { type Action, type Answer, actionOf, type Forward, forwardTo } from "./action.ts";
import type { RequestFacts } from "./facts.ts";
import { match } from "./match.ts";
import type { Site } from "./site.ts";

/**
 * `null`: the host is known, and nothing takes the request. Shape: `sites` by precedence of their hostnames, at least one.
 *
 * Total: it never throws.
 */
export function dispatch(
  sites: readonly Site[],
  facts: RequestFacts,
  know: Know,
  nowMs: Ms,
  rng: Rng,
): Action | null {
  const action = byRoutes(sites, facts, know, nowMs, rng) ?? byLoadBalancer(sites, facts.host);
  return action?.do === "forward" ? byBalancerRules(action.forward, facts) : action;
}

/** What `dispatch` would say without looking at the request: almost every host has no rule at all. */
export function dispatchPlain(sites: readonly Site[], host: string): Action | null | "look" {
  if (sites.some(({ blocks }) => blocks.length > 0)) return "look";
  const action = byLoadBalancer(sites, host);
  return action?.do === "forward" && hasRules(action.forward.balanced) ? "look" : action;
}

function byRoutes(
  sites: readonly Site[],
  facts: RequestFacts,
  know: Know,
  nowMs: Ms,
  rng: Rng,
): Action | null {
  for (const { matcher, shard } of sites) {
    const matched = match(matcher, facts);
    if (matched !== null) return actionOf(matched, facts, shard, know, nowMs, rng);
  }
  return null;
}

/** A load balancer answers for its own name only; a wildcard is a route's. */
export function byLoadBalancer(sites: readonly Site[], host: string): Action | null {
  const shard = sites[0]?.shard;
  if (shard === undefined || shard.host !== host || !isBalanced(shard)) return null;
  return { do: "forward", forward: forwardTo(shard) };
}

function byBalancerRules(forward: Forward, facts: RequestFacts): Action {
  if (!hasRules(forward.balanced)) return { do: "forward", forward };
  const ruled = applyRules(forward.balanced, facts);
  if ("unknown" in ruled) return { do: "fail", why: "too-much-text" };
  if ("fixed" in ruled) return { do: "answer", answer: fixedAnswer(ruled.fixed) };
  return { do: "forward", forward: { ...forward, balanced: ruled.balanced } };
}

function fixedAnswer({ status_code, content_type, location, message_body }: FixedResponse): Answer {
  const headers = {
    ...(content_type === "" ? {} : { "content-type": content_type }),
    ...(location === "" ? {} : { location }),
  };
  return { status: status_code, headers, body: message_body };
}
