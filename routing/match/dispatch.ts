/**
 * From a request and the sites of its host to what is done with it: the first route that takes it, else the host's load
 * balancer; then the load balancer's own rules.
 */

import type { FixedResponse } from "../http-route.ts";
import type { LoadBalancer } from "../model.ts";
import type { Residency } from "../residency/places.ts";
import type { Rng } from "../rng.ts";
import { isBalanced } from "../snapshot.ts";
import { applyRules, hasRules, type Ruled } from "../steer/balancer-rules.ts";
import type { Know } from "../steer/knowledge.ts";
import type { Ms } from "../units.ts";
import { type Action, type Answer, actionOf, type Forward, forwardTo } from "./action.ts";
import { isAffine, keptByBalancer } from "./affinity.ts";
import type { Matched } from "./candidate.ts";
import type { RequestFacts } from "./facts.ts";
import { match } from "./match.ts";
import type { Site } from "./site.ts";

/** How an action was arrived at: what serving needs is `action`, the rest is for whoever asks why. */
export interface Course {
  /** `null`: no route took the request. */
  readonly taken: Taken | null;
  /** `null`: no load balancer with rules was asked. */
  readonly asked: Asked | null;
  /** `null`: the host is known, and nothing takes the request. */
  readonly action: Action | null;
}

export interface Taken {
  readonly site: Site;
  readonly matched: Matched;
}

/** The load balancer as it was before its rules, and what they said. */
export interface Asked {
  readonly balancer: LoadBalancer;
  readonly ruled: Ruled;
}

/**
 * `null`: the host is known, and nothing takes the request. Shape: `sites` by precedence of their hostnames, at least one.
 *
 * Total: it never throws.
 */
export const dispatch = (
  sites: readonly Site[],
  facts: RequestFacts,
  know: Know,
  nowMs: Ms,
  rng: Rng,
): Action | null => courseOf(sites, facts, know, nowMs, rng).action;

/** As `dispatch`, which is this: what explains a decision is what made it. */
export function courseOf(
  sites: readonly Site[],
  facts: RequestFacts,
  know: Know,
  nowMs: Ms,
  rng: Rng,
): Course {
  const taken = takenBy(sites, facts);
  const action =
    taken === null
      ? byLoadBalancer(sites, facts.host)
      : actionOf(taken.matched, facts, taken.site.shard, know, nowMs, rng, residencyOf(sites));
  if (action?.do !== "forward" || !hasRules(action.forward.balanced)) {
    return { taken, asked: null, action: keeping(action, facts, nowMs) };
  }
  const ruled = applyRules(action.forward.balanced, facts);
  const asked = { balancer: action.forward.balanced.load_balancer, ruled };
  return { taken, asked, action: keeping(ruledAction(action.forward, ruled), facts, nowMs) };
}

/** What `dispatch` would say without looking at the request: almost every host has no rule at all. */
export function dispatchPlain(sites: readonly Site[], host: string): Action | null | "look" {
  if (sites.some(({ blocks }) => blocks.length > 0)) return "look";
  const action = byLoadBalancer(sites, host);
  if (action?.do !== "forward") return action;
  const { balanced } = action.forward;
  return hasRules(balanced) || isAffine(balanced.load_balancer) ? "look" : action;
}

/** A session of the route's rule comes before one of the load balancer that the rule leads to. */
function keeping(action: Action | null, facts: RequestFacts, nowMs: Ms): Action | null {
  if (action?.do !== "forward" || action.forward.kept !== null) return action;
  const kept = keptByBalancer(action.forward.balanced, facts, nowMs);
  return kept === null ? action : { do: "forward", forward: { ...action.forward, kept } };
}

/** Of the load balancer that owns the hostname: a route takes its requests away, not what it says of them. */
const residencyOf = (sites: readonly Site[]): Residency | undefined =>
  sites.find(({ shard }) => isBalanced(shard))?.shard.load_balancer?.residency;

function takenBy(sites: readonly Site[], facts: RequestFacts): Taken | null {
  for (const site of sites) {
    const matched = match(site.matcher, facts);
    if (matched !== null) return { site, matched };
  }
  return null;
}

/** A load balancer answers for its own name only; a wildcard is a route's. */
export function byLoadBalancer(sites: readonly Site[], host: string): Action | null {
  const shard = sites[0]?.shard;
  if (shard === undefined || shard.host !== host || !isBalanced(shard)) return null;
  return { do: "forward", forward: forwardTo(shard) };
}

function ruledAction(forward: Forward, ruled: Ruled): Action {
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
