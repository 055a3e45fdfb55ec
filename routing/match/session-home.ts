/** Where a session leads: to its endpoint, by the backend of the rule that has it. */
import { standingOf } from "../health/available.ts";
import type { Backend, RouteRule } from "../http-route.ts";
import type { LoadBalancer } from "../model.ts";
import { poolsOf } from "../pools-of.ts";
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
): Kept | null {
  const terms = rule.session;
  if (terms === undefined) return null;
  const session = readSession(terms, headers, nowMs);
  const home = session === null ? null : homeOf(rule, session, shard);
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
): (Home & { readonly backend: Backend }) | null {
  const place = placesOf(shard).get(session.endpoint);
  if (place === undefined) return null;
  const backend = backends.find(({ target }) => {
    const balanced = balancedOf(shard, target);
    return balanced !== null && uses(balanced.load_balancer, place.pool);
  });
  return backend === undefined ? null : { backend, endpoint: place.endpoint };
}

interface Place {
  readonly endpoint: EndpointId;
  readonly pool: PoolId;
}

/** Without what an operator has drained. */
const places = new WeakMap<Shard, ReadonlyMap<string, Place>>();

function placesOf(shard: Shard): ReadonlyMap<string, Place> {
  const known = places.get(shard);
  if (known !== undefined) return known;
  const made = new Map<string, Place>();
  for (const { id: pool, enabled, origins } of shard.pools) {
    for (const { id, enabled: isWanted, weight } of enabled ? origins : []) {
      if (isWanted && weight > 0) made.set(endpointKey(id), { endpoint: id, pool });
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
