/**
 * When an open WebSocket or event stream is to be ended, because what an operator wrote no longer wants it where it is.
 *
 * Only his word counts: disabled, gone, or named by nothing any more. An endpoint that is unhealthy or ejected keeps its
 * streams: a verdict may be wrong, a stream that still carries data is evidence that it is, and one that does not ends by itself.
 */
import type { LoadBalancer } from "../model.ts";
import { poolsOf } from "../pools-of.ts";
import type { Shard } from "../snapshot.ts";
import type { EndpointId, Ms, PoolId } from "../units.ts";

/** What an open stream hangs on, as it was decided when it was opened. */
export interface OpenStream {
  /** The id of a load balancer, or of the pool that a route named by itself. */
  readonly balancer: string;
  readonly pool: PoolId;
  readonly endpoint: EndpointId;
  /** For how long a disabled endpoint keeps those whose session is with it. */
  readonly keptMs: Ms;
  /** Its part of the window, (0, 1]: those that are ended together must not come back together. */
  readonly part: number;
  readonly windowMs: Ms;
}

/**
 * Since when it is unwanted: `null` = it is wanted, 0 = nobody wrote it down.
 *
 * `shard`: what the host has now; `null` = the newest version knows no such host. Cost: the endpoints of one pool.
 */
export function unwantedSince(stream: OpenStream, shard: Shard | null): Ms | null {
  const pool = shard?.pools.find(({ id }) => id === stream.pool);
  if (shard === null || pool === undefined || !isNamed(stream, shard)) return 0;
  const endpoint = pool.origins.find(({ id }) => id === stream.endpoint);
  if (endpoint === undefined) return 0;
  const disabled = [pool, endpoint].filter(({ enabled }) => !enabled);
  if (disabled.length === 0) return null;
  return Math.min(...disabled.map(({ disabledAtMs }) => disabledAtMs ?? 0));
}

/**
 * When it ends. `noticedAtMs`: when this isolate first saw that it is unwanted. A whole window begins then, whenever that
 * is, so that an isolate that learns late does not end all its streams in one moment.
 */
export function endOf(stream: OpenStream, unwantedSinceMs: Ms, noticedAtMs: Ms): Ms {
  // Written so that a broken stamp (NaN, or one of tomorrow) is one of now: it must not keep a stream for ever.
  const sinceMs = unwantedSinceMs <= noticedAtMs ? unwantedSinceMs : noticedAtMs;
  return Math.max(noticedAtMs, sinceMs + stream.keptMs) + stream.part * stream.windowMs;
}

function isNamed({ balancer, pool }: OpenStream, shard: Shard): boolean {
  // A route that names a pool by itself: a shard has no pool that nothing of its host names.
  if (balancer === pool) return true;
  const found = balancersOf(shard).find(({ id }) => id === balancer);
  if (found === undefined) return false;
  const rules = found.rules.filter(({ disabled }) => !disabled);
  return poolsOf({ ...found, rules }).has(pool);
}

const balancersOf = ({ load_balancer, load_balancers }: Shard): readonly LoadBalancer[] =>
  load_balancer === null ? load_balancers : [load_balancer, ...load_balancers];
