import type { HttpRoute } from "../http-route.ts";

/**
 * The keys under which a host's routes and load balancer are looked up, most specific first: for `a.b.c` they are
 * `a.b.c`, `*.b.c`, `*.c`, `*`.
 *
 * A wildcard covers one label or more and never the bare domain; `*` holds the routes without hostnames. The first key
 * whose routes match decides, so that the longest hostname wins, as the Gateway API wants it.
 *
 * Range: a host as `RequestFacts` has it. Cost: one text per label, of which there are at most 127.
 */
export function hostKeys(host: string): readonly string[] {
  const keys = [host];
  for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
    keys.push(`*${host.slice(dot)}`);
  }
  keys.push(ANY_HOST);
  return keys;
}

/** The key of routes without hostnames; wildcards begin like it. */
export const ANY_HOST = "*";

/** Those of a host's keys that a manifest names, most specific first; empty when nobody serves the host. */
export function knownHostKeys(host: string, isNamed: (key: string) => boolean): readonly string[] {
  const known = hostKeys(host).filter(isNamed);
  // Routes without hostnames are for every host of the account, and make none of them one.
  return known[0] === ANY_HOST ? [] : known;
}

/** The keys under which a route is found; `*` when it names no host. */
export const hostKeysOf = ({ hostnames }: HttpRoute): readonly string[] =>
  hostnames.length === 0 ? [ANY_HOST] : hostnames;
