/** Tables by chance whose residencies are obeyed or not, readable or not, and where each endpoint really is. */
import type { Backend, HttpRoute, LoadBalancerRule, Mirror } from "../../../routing/http-route.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import {
  AFFINITIES,
  AFFINITY_FAILOVERS,
  ENDPOINT_POLICIES,
  type Endpoint,
  type LoadBalancer,
  type Locality,
  type Pool,
  STEERING_POLICIES,
  type Table,
} from "../../../routing/model.ts";
import type { Residency } from "../../../routing/residency/places.ts";
import { pickIndex, type Rng } from "../../../routing/rng.ts";
import type { TableVersion } from "../../../routing/units.ts";
import { oneOf } from "../match/generate.ts";
import { routeOf, ruleOf } from "../match/routes.ts";
import { endpoint, NOW, pool, poolId } from "../steer/world.ts";

export const HOSTS = ["a.example", "b.example"] as const;
export const SESSION = "stay";

/** Said by hand, and not by the tables that are tested: where a locality is. `null` = nobody knows. */
const WHERE: readonly (readonly [string | null, Locality | undefined])[] = [
  ["DE", { cloud: "aws", region: "eu-central-1" }],
  ["DE", { cloud: "ibm", region: "eu-de" }],
  ["DE", { cloud: "azure", region: "germanynorth", country: "DE" }],
  ["BE", { cloud: "GCP", region: "europe-west1" }],
  ["NO", { cloud: "azure", region: "norwayeast" }],
  ["US", { cloud: "aws", region: "us-east-1" }],
  // The table knows better than whoever wrote it.
  ["US", { cloud: "aws", region: "us-east-1", country: "DE" }],
  ["CH", { cloud: "own", region: "cellar", country: "CH" }],
  ["DE", { cloud: "own", region: "attic", country: "DE", latitude: 38, longitude: -77 }],
  [null, { cloud: "own", region: "cellar", latitude: 50, longitude: 8 }],
  [null, { cloud: "aws", region: "eu-central-9" }],
  [null, { cloud: "own", region: "x", country: "EU" }],
  [null, undefined],
];

/** The members of a word among those countries. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  EU: ["DE", "BE"],
  EEA: ["DE", "BE", "NO"],
  DE: ["DE"],
  CH: ["CH"],
  US: ["US"],
};

/** What writers of every age, and broken ones, could leave. */
const RESIDENCIES: readonly unknown[] = [
  ...[["EU"], ["EU"], ["EU"], ["EEA"], ["EEA", "CH"], ["EEA", "CH"], ["DE"], ["DE"]],
  ...[["US"], ["US", "EU"], ["US", "EU"], ["US", "EEA", "CH"]],
  ...[["Europe"], ["Europe", "CH"], [], null, "EU", 7],
];

/** The law, in other words than the code's. */
export const isAllowed = (residency: unknown, country: string | null): boolean =>
  residency === undefined ||
  (Array.isArray(residency) &&
    residency.some((word) => country !== null && MEMBERS[word]?.includes(country)));

export interface World {
  readonly table: Table;
  /** By the endpoint's id. */
  readonly countries: ReadonlyMap<string, string | null>;
}

export const anyResidency = (ratio: number, rng: Rng): { readonly residency?: Residency } =>
  rng() < ratio ? { residency: RESIDENCIES[pickIndex(RESIDENCIES.length, rng)] as Residency } : {};

const some = <T>(items: readonly T[], rng: Rng): T[] => items.filter(() => rng() < 0.6);

export function anyWorld(rng: Rng): World {
  const countries = new Map<string, string | null>();
  const names = ["p", "q", "r", "s"].slice(0, 1 + pickIndex(4, rng));
  const pools = names.map((name) => anyPool(name, countries, rng));
  const load_balancers = HOSTS.map((host) => anyBalancer(host, names, rng));
  const http_routes = Array.from({ length: pickIndex(4, rng) }, (_, at) =>
    anyRoute(`r${at}`, names, rng),
  );
  const table = { schema: SCHEMA, account: "default", version: 1 as TableVersion };
  return {
    table: {
      ...table,
      monitors: [],
      monitor_groups: [],
      zones: [],
      pools,
      load_balancers,
      http_routes,
    },
    countries,
  };
}

/** The next version of a table: others are disabled, and other places are allowed. Ids stay. */
export function changed({ table, countries }: World, rng: Rng): World {
  const bound = <T extends Pool | LoadBalancer>({ residency: _, ...one }: T, ratio: number) => ({
    ...one,
    ...anyResidency(ratio, rng),
  });
  const turned = (one: Endpoint): Endpoint =>
    rng() < 0.2 ? { ...one, enabled: !one.enabled, disabledAtMs: NOW } : one;
  return {
    countries,
    table: {
      ...table,
      version: (table.version + 1) as TableVersion,
      pools: table.pools.map((one) => ({
        ...(bound(one, 0.4) as Pool),
        origins: one.origins.map(turned),
      })),
      load_balancers: table.load_balancers.map((one) => bound(one, 0.6) as LoadBalancer),
    },
  };
}

function anyPool(name: string, countries: Map<string, string | null>, rng: Rng): Pool {
  const origins = Array.from({ length: 1 + pickIndex(5, rng) }, (_, at): Endpoint => {
    const [country, locality] = WHERE[pickIndex(WHERE.length, rng)] ?? [null, undefined];
    countries.set(`${name}${at}`, country);
    return endpoint(`${name}${at}`, {
      enabled: rng() < 0.85,
      disabledAtMs: NOW - oneOf([0, 30_000], rng),
      weight: oneOf([1, 1, 0.5, 0], rng),
      priority: oneOf([0, 0, 1], rng),
      ...(locality === undefined ? {} : { locality }),
    });
  });
  return pool(name, origins, {
    enabled: rng() < 0.9,
    disabledAtMs: NOW - 30_000,
    minimum_origins: pickIndex(4, rng),
    origin_steering: { policy: ENDPOINT_POLICIES[pickIndex(4, rng)] ?? "random" },
    ...anyResidency(0.4, rng),
  });
}

function anyBalancer(host: string, names: readonly string[], rng: Rng): LoadBalancer {
  const ids = names.map(poolId);
  const pick = () => oneOf([poolId("p"), ...ids], rng);
  const policy = () => STEERING_POLICIES[pickIndex(6, rng)] ?? "off";
  const rules = Array.from(
    { length: pickIndex(3, rng) },
    (_, priority): LoadBalancerRule => ({
      name: "",
      condition: oneOf(["", 'ip.src.country eq "DE"', "((("], rng),
      disabled: false,
      priority,
      terminates: rng() < 0.3,
      overrides: {
        ...(rng() < 0.6 ? { default_pools: [pick()] } : {}),
        ...(rng() < 0.6 ? { fallback_pool: pick() } : {}),
        ...(rng() < 0.5 ? { steering_policy: policy() } : {}),
        ...(rng() < 0.3 ? { session_affinity: "none" as const } : {}),
      },
    }),
  );
  return {
    id: host.padEnd(32, "0"),
    name: host,
    description: "",
    enabled: rng() < 0.9,
    proxied: true,
    ttl: 30,
    default_pools: [pick(), ...some(ids, rng)],
    fallback_pool: pick(),
    region_pools: { WEU: some(ids, rng) },
    country_pools: { DE: some(ids, rng) },
    pop_pools: { FRA: some(ids, rng) },
    steering_policy: policy(),
    random_steering: { default_weight: rng(), pool_weights: {} },
    adaptive_routing: { failover_across_pools: rng() < 0.8 },
    rules,
    session_affinity: oneOf(AFFINITIES, rng),
    session_affinity_attributes: {
      ...{ samesite: "Auto", secure: "Auto", headers: ["x-user"], require_all_headers: false },
      drain_duration: oneOf([0, 60], rng),
      zero_downtime_failover: oneOf(AFFINITY_FAILOVERS, rng),
    },
    ...anyResidency(0.6, rng),
  };
}

function anyRoute(name: string, pools: readonly string[], rng: Rng): HttpRoute {
  const target = (): Backend["target"] =>
    rng() < 0.6
      ? { kind: "Pool", pool: poolId(oneOf(["p", ...pools], rng)) }
      : { kind: "LoadBalancer", host: oneOf(HOSTS, rng) };
  const mirrors = (): readonly Mirror[] => (rng() < 0.3 ? [{ target: target(), ratio: 1 }] : []);
  const backends = Array.from(
    { length: 1 + pickIndex(3, rng) },
    (): Backend => ({
      target: target(),
      weight: oneOf([1, 1, 5, 0], rng),
      filters: { mirrors: mirrors() },
    }),
  );
  const session = { type: "Cookie" as const, name: SESSION, isPermanent: false };
  const rule = ruleOf([{ path: { type: "PathPrefix", value: oneOf(["/", "/r"], rng) } }], {
    backends,
    filters: { mirrors: mirrors() },
    ...(rng() < 0.5 ? { session } : {}),
  });
  const hostnames = oneOf<readonly string[]>(
    [["a.example"], ["b.example"], ["*.example"], []],
    rng,
  );
  return routeOf(name, [rule], { hostnames });
}
