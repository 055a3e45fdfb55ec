/** Where a session leads: to its endpoint, by the backend of the rule that has it. */
import { standingOf } from "../health/available.ts";
import type { Backend, RouteRule } from "../http-route.ts";
import type { Endpoint, LoadBalancer, Pool } from "../model.ts";
import { poolsOf } from "../pools-of.ts";
import { isOutside } from "../residency/outside.ts";
import type { Residency } from "../residency/places.ts";
import type { Shard } from "../snapshot.ts";
import { STICKY } from "../steer/hold.ts";
import type { Know } from "../steer/knowledge.ts";
import type { EndpointId, Ms, PoolId } from "../units.ts";
import type { RequestFacts } from "./facts.ts";
import type { Home, Kept } from "./kept.ts";
import { readSession } from "./session.ts";
import { endpointKey, type Session } from "./session-value.ts";
import { balancedOf } from "./target.ts";

/**
 * `null`: the rule has no sessions.
 *
 * An endpoint that is known to be down is no home already here: a backend whose endpoints are gone for good must not go
 * on taking visitors whom the weights would send elsewhere.
 */
export function keptOf(
  rule: RouteRule,
  { headers }: RequestFacts,
  shard: Shard,
  know: Know,
  nowMs: Ms,
  residency?: Residency,
): Kept | null {
  const terms = rule.session;
  if (terms === undefined) return null;
  const session = readSession(terms, headers, nowMs);
  const home = session === null ? null : homeOf(rule, session, shard, residency);
  const isUp = home !== null && mayAnswer(home.endpoint, know, nowMs);
  return { by: "route", terms, session, home: isUp ? home : null, hold: STICKY };
}

function mayAnswer(endpoint: EndpointId, know: Know, nowMs: Ms): boolean {
  const standing = standingOf(true, know(endpoint), true, nowMs);
  return standing !== "unhealthy" && standing !== "ejected";
}

/**
 * The weights are not asked: a backend of weight 0 keeps the sessions that it has, which is how one is drained. Where two
 * backends have the endpoint it is the first's.
 *
 * Cost: a look-up and a few comparisons; the first one of a shard hashes all its endpoints.
 */
export function homeOf(
  { backends }: Pick<RouteRule, "backends">,
  session: Session,
  shard: Shard,
  residency?: Residency,
): (Home & { readonly backend: Backend }) | null {
  const place = placesOf(shard).get(session.endpoint);
  if (place === undefined) return null;
  const backend = backends.find(({ target }) => {
    const balanced = balancedOf(shard, target, residency);
    if (balanced === null || !uses(balanced.load_balancer, place.pool.id)) return false;
    return !isOutside(balanced, place.pool, place.endpoint);
  });
  return backend === undefined ? null : { backend, endpoint: place.endpoint.id };
}

interface Place {
  readonly endpoint: Endpoint;
  readonly pool: Pool;
}

/** Without what an operator has drained. */
const places = new WeakMap<Shard, ReadonlyMap<string, Place>>();

function placesOf(shard: Shard): ReadonlyMap<string, Place> {
  const known = places.get(shard);
  if (known !== undefined) return known;
  const made = new Map<string, Place>();
  for (const pool of shard.pools) {
    for (const endpoint of pool.enabled ? pool.origins : []) {
      const { id, enabled, weight } = endpoint;
      if (enabled && weight > 0) made.set(endpointKey(id), { endpoint, pool });
    }
  }
  places.set(shard, made);
  return made;
}

const used = new WeakMap<LoadBalancer, ReadonlySet<PoolId>>();

/** A shard has the pools of everything on its host, and a load balancer may use its own. */
function uses(balancer: LoadBalancer, pool: PoolId): boolean {
  const pools = used.get(balancer) ?? poolsOf(balancer);
  used.set(balancer, pools);
  return pools.has(pool);
}
