/**
 * What each host key of a table needs: the load balancer that answers for it, the routes that name it, and every load
 * balancer and pool that these may send a request to.
 */
import type { BackendTarget, HttpRoute } from "../http-route.ts";
import { hostKeysOf } from "../match/hosts.ts";
import type { LoadBalancer, Pool, Table } from "../model.ts";
import { poolsOf } from "../pools-of.ts";
import { toBlocks } from "../route-block.ts";

export interface Head {
  readonly host: string;
  /** `null`: the host has none of its own, or it is disabled. */
  readonly loadBalancer: LoadBalancer | null;
  /** Those that the routes name, without the disabled ones; by name. */
  readonly loadBalancers: readonly LoadBalancer[];
  /** By name. */
  readonly pools: readonly Pool[];
  readonly blocks: readonly (readonly HttpRoute[])[];
}

/** By host key. A host whose load balancer is disabled is absent, unless a route names it. */
export function headsOf(table: Table): readonly Head[] {
  const enabled = table.load_balancers.filter((loadBalancer) => loadBalancer.enabled);
  const balancers = new Map(enabled.map((loadBalancer) => [loadBalancer.name, loadBalancer]));
  const pools = new Map(table.pools.map((pool) => [pool.id, pool]));
  const routes = routesByHost(table.http_routes);
  return [...new Set([...balancers.keys(), ...routes.keys()])].sort().map((host): Head => {
    const own = balancers.get(host) ?? null;
    const ofHost = routes.get(host) ?? [];
    const targets = ofHost.flatMap(targetsOf);
    const named = found(
      targets.map((target) => (target.kind === "LoadBalancer" ? target.host : "")),
      balancers,
    );
    const used = [...named, ...(own === null ? [] : [own])].flatMap((one) => [...poolsOf(one)]);
    const direct = targets.flatMap((target) => (target.kind === "Pool" ? [target.pool] : []));
    return {
      host,
      loadBalancer: own,
      loadBalancers: named,
      pools: found([...used, ...direct], pools),
      blocks: toBlocks(ofHost),
    };
  });
}

/** In the order of their names: the order of a table's list means nothing. */
function routesByHost(routes: readonly HttpRoute[]): ReadonlyMap<string, readonly HttpRoute[]> {
  const sorted = routes.toSorted((a, b) =>
    a.namespace === b.namespace ? ascending(a.name, b.name) : ascending(a.namespace, b.namespace),
  );
  const byHost = new Map<string, HttpRoute[]>();
  for (const route of sorted) {
    for (const host of new Set(hostKeysOf(route))) {
      const ofHost = byHost.get(host);
      if (ofHost === undefined) byHost.set(host, [route]);
      else ofHost.push(route);
    }
  }
  return byHost;
}

/** Everything to which a route may send a request, or a copy of one. */
const targetsOf = (route: HttpRoute): readonly BackendTarget[] => [
  ...servingTargetsOf(route),
  ...route.rules.flatMap(({ filters, backends }) =>
    [filters, ...backends.map((one) => one.filters)].flatMap(({ mirrors }) =>
      mirrors.map(({ target }) => target),
    ),
  ),
];

/** Without those that only get copies. */
export const servingTargetsOf = ({ rules }: HttpRoute): readonly BackendTarget[] =>
  rules.flatMap(({ backends }) => backends.map(({ target }) => target));

/** What the keys name, each once, by name. */
function found<Key, Value extends { readonly name: string }>(
  keys: readonly Key[],
  all: ReadonlyMap<Key, Value>,
): readonly Value[] {
  return [...new Set(keys)]
    .flatMap((key) => all.get(key) ?? [])
    .sort((a, b) => ascending(a.name, b.name));
}

const ascending = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
