/** Answers by where the visitor is: geo and latency, where the provider has them and the endpoints say enough. */
import { COUNTRIES } from "../data/countries.ts";
import type { LoadBalancer, SteeringRegion } from "../model.ts";
import type { PoolId } from "../units.ts";
import { canSay } from "./abilities.ts";
import { type Answer, type AnswerContext, type Kind, kindsOf, memberOf } from "./answer.ts";
import { answerersOf } from "./answerers.ts";
import { type Serving, type Supply, servingPool } from "./direct.ts";
import type { Member, Policy } from "./record.ts";

/** `null`: the load balancer does not steer by place, or the provider cannot; then its pools answer in order. */
export function placedAnswer(
  balancer: LoadBalancer,
  supply: Supply,
  context: AnswerContext,
): Answer | null {
  const wanted = wantedPolicy(balancer);
  if (wanted === null || !context.abilities.policies.includes(wanted)) return null;
  const places = wanted === "geo" ? geoPlaces(balancer) : latencyPlaces(balancer, supply);
  if (places === null) return null;
  const servings = places.flatMap(({ place, pools }) => {
    const serving = servingPool(balancer, [...pools, ...balancer.default_pools], supply);
    return serving === null ? [] : [{ place, serving }];
  });
  const kinds = new Set(
    servings.flatMap(({ serving }) => kindsOf(answerersOf(serving, 1), context).kinds),
  );
  if ([...kinds].some((kind) => !canSay(context.abilities, wanted, kind))) return null;
  // A name cannot be a CNAME for some visitors and have addresses for others.
  if (servings.length < places.length || (kinds.has("CNAME") && kinds.size > 1)) return null;
  return {
    sets: [...kinds].map((type) => ({
      type,
      values: [],
      policy: policyOf(wanted, type, servings, context),
    })),
    notes: [],
  };
}

const wantedPolicy = ({ steering_policy }: LoadBalancer): "geo" | "latency" | null => {
  if (steering_policy === "geo") return "geo";
  const isNear = ["dynamic_latency", "proximity"].includes(steering_policy);
  return isNear ? "latency" : null;
};

interface Place {
  readonly place: string;
  readonly pools: readonly PoolId[];
}

/** The vendor's regions become their countries: no provider of records knows those regions. */
function geoPlaces({ country_pools, region_pools, default_pools }: LoadBalancer): readonly Place[] {
  const byCountry = new Map<string, readonly PoolId[]>();
  for (const [region, pools] of Object.entries(region_pools)) {
    for (const country of COUNTRIES[region as SteeringRegion].split(" ")) {
      byCountry.set(country, pools);
    }
  }
  for (const [country, pools] of Object.entries(country_pools)) byCountry.set(country, pools);
  return [
    { place: "*", pools: default_pools },
    ...[...byCountry].map(([country, pools]) => ({ place: `country/${country}`, pools })),
  ];
}

/** `null`: some pool is in no region of the provider's own cloud, so the provider cannot tell how far it is. */
function latencyPlaces({ default_pools }: LoadBalancer, supply: Supply): readonly Place[] | null {
  const places = default_pools.map((id) => {
    const regions = new Set(
      (supply.poolOf(id)?.origins ?? []).map(({ locality }) =>
        locality?.cloud === "aws" ? locality.region : "",
      ),
    );
    const [region = ""] = regions;
    return regions.size === 1 && region !== "" ? { place: region, pools: [id] } : null;
  });
  const known = places.filter((place) => place !== null);
  const isClear = new Set(known.map(({ place }) => place)).size === default_pools.length;
  return isClear ? known : null;
}

function policyOf(
  kind: "geo" | "latency",
  type: Kind,
  servings: readonly { readonly place: string; readonly serving: Serving }[],
  context: AnswerContext,
): Policy {
  const members = servings.flatMap(({ place, serving }) => {
    const members = kindsOf(answerersOf(serving, 1), context)
      .left.map((answerer) => memberOf(type, answerer, context))
      .filter(
        ({ values: [value = ""] }) => type === "CNAME" || value.includes(":") === (type === "AAAA"),
      );
    const [first] = members;
    if (first === undefined) return [];
    return [{ ...joined(first, members, type), id: memberIdOf(place), place }];
  });
  return { kind, members };
}

/** All addresses of the place in one member, checked by its first; a CNAME has one. */
function joined(first: Member, members: readonly Member[], type: Kind): Member {
  if (type === "CNAME" || members.length === 1) return first;
  const { check: _one, ...unchecked } = first;
  return { ...unchecked, values: [...new Set(members.flatMap(({ values }) => values))].sort() };
}

const memberIdOf = (place: string): string => (place === "*" ? "default" : place.replace("/", "-"));
