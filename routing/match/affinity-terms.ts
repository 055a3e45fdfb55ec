/**
 * What the affinity of a load balancer asks for: the vendor's fields with their defaults, read once per load balancer.
 *
 * Where `zero_downtime_failover` is absent the default is ours: a request that another endpoint could answer is not failed.
 */
import type { Affinity, AffinityAttributes, AffinityFailover, LoadBalancer } from "../model.ts";
import type { Ms } from "../units.ts";

export interface AffinityTerms {
  readonly by: Exclude<Affinity, "none">;
  /** Of a cookie, from when it is set. */
  readonly ttlMs: Ms;
  readonly drainMs: Ms;
  readonly failover: AffinityFailover;
  readonly cookie: Pick<AffinityAttributes, "samesite" | "secure">;
  readonly headers: readonly string[];
  readonly needsAll: boolean;
}

interface TtlRange {
  readonly min: number;
  readonly max: number;
  readonly usual: number;
}

const OF_A_COOKIE: TtlRange = { min: 1_800, max: 604_800, usual: 82_800 };

/** Seconds, by the vendor's text. */
export const AFFINITY_TTLS: Readonly<Record<AffinityTerms["by"], TtlRange>> = {
  cookie: OF_A_COOKIE,
  ip_cookie: OF_A_COOKIE,
  header: { min: 30, max: 3_600, usual: 1_800 },
};

const DEFAULTS: AffinityAttributes = {
  samesite: "Auto",
  secure: "Auto",
  drain_duration: 0,
  headers: [],
  require_all_headers: false,
};

const known = new WeakMap<LoadBalancer, AffinityTerms | null>();

/** `null`: it has none, or one that only a newer writer knows. */
export function affinityTermsOf(balancer: LoadBalancer): AffinityTerms | null {
  const before = known.get(balancer);
  if (before !== undefined) return before;
  const terms = read(balancer);
  known.set(balancer, terms);
  return terms;
}

function read(balancer: LoadBalancer): AffinityTerms | null {
  const { session_affinity: by = "none", session_affinity_ttl } = balancer;
  if (by === "none" || !Object.hasOwn(AFFINITY_TTLS, by)) return null;
  const { samesite, secure, headers, ...attributes } = {
    ...DEFAULTS,
    ...balancer.session_affinity_attributes,
  };
  return {
    by,
    ttlMs: 1_000 * ttlOf(by, session_affinity_ttl),
    drainMs: 1_000 * attributes.drain_duration,
    failover: attributes.zero_downtime_failover ?? (by === "header" ? "temporary" : "sticky"),
    cookie: { samesite, secure },
    headers,
    needsAll: attributes.require_all_headers,
  };
}

/** A rule may change the affinity and leave a ttl that is none of the new one's. */
function ttlOf(by: AffinityTerms["by"], seconds: number | undefined): number {
  const { min, max, usual } = AFFINITY_TTLS[by];
  return seconds !== undefined && seconds >= min && seconds <= max ? seconds : usual;
}
