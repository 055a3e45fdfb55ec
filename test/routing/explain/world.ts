/** Sites for tests of explanations: a shard, its routes, and a question to them. */

import type { Question } from "../../../routing/explain/explain.ts";
import type { HttpRoute, LoadBalancerRule } from "../../../routing/http-route.ts";
import type { RequestFacts } from "../../../routing/match/facts.ts";
import { buildSite, type Site } from "../../../routing/match/site.ts";
import type { LoadBalancer, Pool } from "../../../routing/model.ts";
import type { Shard } from "../../../routing/snapshot.ts";
import type { TableVersion } from "../../../routing/units.ts";
import { blockOf, ended, factsOf } from "../match/routes.ts";
import { asker, knowing, pool, shardOf } from "../steer/world.ts";

export const HOST = "www.example";
export const EU = pool("eu", ["eu1", "eu2"]);
export const US = pool("us", ["us1"]);

export const siteOf = (shard: Shard, ...routes: readonly HttpRoute[]): Site =>
  ended(buildSite(shard, routes.length === 0 ? [] : [blockOf(routes, `${shard.host}#0`)], null));

/** A host with a load balancer over these pools. */
export const balancedSite = (
  routes: readonly HttpRoute[] = [],
  more: Partial<LoadBalancer> = {},
  pools: readonly Pool[] = [EU, US],
): Site => siteOf(shardOf(pools, more), ...routes);

/** A host key that only routes have. */
export const routedSite = (host: string, ...routes: readonly HttpRoute[]): Site =>
  siteOf({ ...shardOf([EU, US]), host, load_balancer: null }, ...routes);

export const rule = (name: string, condition: string, more: Partial<LoadBalancerRule> = {}) => ({
  name,
  condition,
  disabled: false,
  priority: 0,
  terminates: false,
  overrides: {},
  ...more,
});

export const question = (
  sites: readonly Site[],
  line = "/",
  more: Partial<RequestFacts> = {},
  known: Parameters<typeof knowing>[0] = {},
): Question => ({
  version: 7 as TableVersion,
  sites,
  facts: factsOf(line, more),
  asker: asker(),
  know: knowing(known),
});
