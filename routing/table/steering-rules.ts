/**
 * Rules of load balancers: the pools they name, and what their steering policy needs of those; the overrides of a
 * conditional rule are held to the same.
 */

import { POOLS_PER_LOAD_BALANCER_MAX } from "../limits.ts";
import type { OverridesFields } from "./balancer-rule/schema.ts";
import { COUNTRIES } from "./countries.ts";
import type { Draft } from "./draft.ts";
import { endsInNumber } from "./hostname.ts";
import { COUNTRY_CODES, meantBy } from "./places.ts";
import { type Problem, pointTo } from "./problem.ts";
import { type Rule, type RuleInput, repeated } from "./rule.ts";
import type { Salvaged } from "./salvage.ts";
import type { LoadBalancerFields } from "./schema.ts";

type LoadBalancer = Draft<"load_balancer">;

const perLoadBalancer = (
  name: string,
  check: (loadBalancer: LoadBalancer, input: RuleInput) => readonly Problem[],
): Rule => ({
  name,
  check: (input) => input.drafts.loadBalancers.flatMap((one) => check(one, input)),
});

const PLACES = ["region_pools", "country_pools", "pop_pools"] as const;

/** A load balancer, or what one of its rules makes of it. */
interface Scope {
  readonly pointer: string;
  readonly fields: Salvaged<LoadBalancerFields> | Salvaged<OverridesFields>;
}

const scopesOf = ({ pointer, fields }: LoadBalancer): readonly Scope[] => [
  { pointer, fields },
  ...(fields.rules ?? []).map(({ overrides = {} }, at) => ({
    pointer: pointTo(pointer, "rules", at, "overrides"),
    fields: overrides,
  })),
];

interface PoolList {
  readonly pointer: string;
  readonly references: readonly string[];
}

/** Every list of pools, with its place. */
function poolListsIn({ pointer, fields }: Scope): readonly PoolList[] {
  const byPlace = PLACES.flatMap((place) =>
    Object.entries(fields[place] ?? {}).map(([code, references = []]) => ({
      pointer: pointTo(pointer, place, code),
      references,
    })),
  );
  const lists = {
    default_pools: fields.default_pools,
    ...("pools" in fields && { pools: fields.pools }),
  };
  const named = Object.entries(lists).map(([field, references = []]) => ({
    pointer: pointTo(pointer, field),
    references,
  }));
  return [...named, ...byPlace];
}

/** Weights by pool, under the vendor's two names for them. */
function weightsIn({ pointer, fields }: Scope): readonly PoolWeight[] {
  const flat = "pool_weights" in fields ? fields.pool_weights : undefined;
  return [
    ...weightsAt(
      fields.random_steering?.pool_weights,
      pointTo(pointer, "random_steering", "pool_weights"),
    ),
    ...weightsAt(flat, pointTo(pointer, "pool_weights")),
  ];
}

interface PoolWeight {
  readonly reference: string;
  readonly pointer: string;
  readonly weight: unknown;
}

const weightsAt = (weights: object | undefined, pointer: string): readonly PoolWeight[] =>
  Object.entries(weights ?? {}).map(([reference, weight]) => ({
    reference,
    pointer: pointTo(pointer, reference),
    weight,
  }));

/** Every reference to a pool with its place. */
export const poolReferences = (loadBalancer: LoadBalancer) =>
  scopesOf(loadBalancer).flatMap((scope) => {
    const { pointer, fields } = scope;
    return [
      ...poolListsIn(scope).flatMap((list) =>
        list.references.map((reference, at) => ({ reference, pointer: pointTo(list.pointer, at) })),
      ),
      ...(fields.fallback_pool === undefined
        ? []
        : [{ reference: fields.fallback_pool, pointer: pointTo(pointer, "fallback_pool") }]),
      ...weightsIn(scope),
    ];
  });

const poolsExist = perLoadBalancer("pools-exist", (loadBalancer, { pools }) =>
  poolReferences(loadBalancer)
    .filter(({ reference }) => pools.find(reference) === null)
    .map(({ reference, pointer }) => pools.dangling(reference, pointer)),
);

/** By the pool and not by the spelling: a name and an id may mean the same. */
const poolsOncePerList = perLoadBalancer("pools-once-per-list", (loadBalancer, { pools }) =>
  scopesOf(loadBalancer)
    .flatMap(poolListsIn)
    .flatMap((list) => {
      const items = list.references.map((reference, at) => ({
        reference,
        at,
        name: pools.find(reference)?.name ?? "",
      }));
      return repeated(items, ({ name }) => name).map(({ item, first }) => ({
        pointer: pointTo(list.pointer, item.at),
        detail: `The pool "${item.reference}" is already at ${pointTo(list.pointer, first.at)}.`,
        value: item.reference,
        range: "every pool at most once",
      }));
    }),
);

const weightsOncePerPool = perLoadBalancer("weights-once-per-pool", (loadBalancer, { pools }) =>
  scopesOf(loadBalancer).flatMap((scope) =>
    repeated(weightsIn(scope), ({ reference }) => pools.find(reference)?.name ?? "").map(
      ({ item, first }) => ({
        pointer: item.pointer,
        detail: `This is the same pool as "${first.reference}".`,
        value: item.weight,
        range: "every pool at most once, by name or by id",
      }),
    ),
  ),
);

const poolsWithinLimit = perLoadBalancer("pools-per-load-balancer", (loadBalancer, { pools }) => {
  const names = poolReferences(loadBalancer).map(({ reference }) => pools.find(reference)?.name);
  const count = new Set(names.filter((name) => name !== undefined)).size;
  if (count <= POOLS_PER_LOAD_BALANCER_MAX) return [];
  const detail = `The load balancer uses ${count} pools; it may use ${POOLS_PER_LOAD_BALANCER_MAX}.`;
  const range = `1..${POOLS_PER_LOAD_BALANCER_MAX}`;
  return [{ pointer: loadBalancer.pointer, detail, value: count, range }];
});

const proximityHasPlaces = perLoadBalancer("proximity-has-places", (loadBalancer, { pools }) => {
  const scopes = scopesOf(loadBalancer);
  if (!scopes.some(({ fields }) => fields.steering_policy === "proximity")) return [];
  return poolReferences(loadBalancer).flatMap(({ reference, pointer }) => {
    const pool = pools.find(reference);
    if (pool === null || pool.complete === null || pool.fields.latitude !== undefined) return [];
    const detail = `Steering by proximity needs to know where the pool "${pool.name}" is: give it latitude and longitude.`;
    return [{ pointer, detail, value: reference, range: "a pool with latitude and longitude" }];
  });
});

const hostnameIsNoAddress = perLoadBalancer("hostname-is-no-address", ({ name, namePointer }) => {
  if (!endsInNumber(name)) return [];
  const detail = `"${name}" is an IP address: a load balancer answers for a hostname.`;
  return [{ pointer: namePointer, detail, value: name, range: "a hostname" }];
});

const countriesExist = perLoadBalancer("countries-exist", (loadBalancer) =>
  scopesOf(loadBalancer).flatMap(({ pointer, fields }) =>
    Object.keys(fields.country_pools ?? {})
      .filter((code) => !COUNTRIES.has(code))
      .map((code) => ({
        pointer: pointTo(pointer, "country_pools", code),
        detail: `"${code}" is not the code of a country${meantBy(code)}`,
        value: code,
        range: COUNTRY_CODES,
      })),
  ),
);

export const STEERING_RULES: readonly Rule[] = [
  poolsExist,
  poolsOncePerList,
  weightsOncePerPool,
  poolsWithinLimit,
  proximityHasPlaces,
  hostnameIsNoAddress,
  countriesExist,
];
