/** Answers by where the visitor is: geo and latency, where the provider has them and the endpoints say enough. */
import { COUNTRIES } from "../data/countries.ts";
import type { LoadBalancer, SteeringRegion } from "../model.ts";
import { ok, type Result, refuse } from "../result.ts";
import type { PoolId } from "../units.ts";
import { canSay } from "./abilities.ts";
import {
  type Answer,
  type AnswerContext,
  type Answerer,
  type Kind,
  kindOf,
  kindsOf,
  LEFT_OUT,
  memberOf,
} from "./answer.ts";
import { answerersOf, outNotes } from "./answerers.ts";
import { type Serving, type Supply, servingPool } from "./direct.ts";
import type { Member } from "./record.ts";

/**
 * `null`: the load balancer asks for nothing of the kind. A refusal is a note: what it asks for cannot be said, and its default pools answer in
 * order instead.
 */
export function placedAnswer(
  balancer: LoadBalancer,
  supply: Supply,
  context: AnswerContext,
): Result<Answer, string> | null {
  const { steering_policy: steering, default_pools, pop_pools } = balancer;
  if (steering === "off" || steering === "random") return null;
  const isGeo = steering === "geo";
  // One pool is the answer, whatever it is chosen by.
  if (!isGeo && default_pools.length < 2) return null;
  if (steering.startsWith("least_")) return refuse(`DNS knows no load: ${IN_ORDER}`);
  const wanted = isGeo ? "geo" : "latency";
  const pops = isGeo && Object.keys(pop_pools).length > 0 ? [POPS] : [];
  const places = isGeo ? geoPlaces(balancer) : latencyPlaces(balancer, supply);
  if (isGeo && places?.length === 1) return pops.length > 0 ? notTold(POPS, wanted) : null;
  if (!context.abilities.policies.includes(wanted)) return notTold(LACKS[wanted], wanted);
  if (places === null) return notTold("Each pool must be in one AWS region of its own", wanted);
  const answer = answerAt(places, wanted, { balancer, supply, context });
  if (!answer.ok) return answer;
  const notes = [...pops.map((detail) => `${detail}.`), ...answer.value.notes];
  return ok({ ...answer.value, notes });
}

interface Scope {
  readonly balancer: LoadBalancer;
  readonly supply: Supply;
  readonly context: AnswerContext;
}

function answerAt(
  places: readonly Place[],
  wanted: "geo" | "latency",
  { balancer, supply, context }: Scope,
): Result<Answer, string> {
  const found = places.flatMap(({ place, pools }): readonly Found[] => {
    const serving = servingPool(balancer, [...pools, ...balancer.default_pools], supply);
    return serving === null
      ? []
      : [{ place, serving, ...kindsOf(answerersOf(serving, 1), context) }];
  });
  if (found.length < places.length) {
    return notTold("The default pools have no endpoint that their operator wants", wanted);
  }
  const [first] = found;
  const kinds = first?.kinds ?? [];
  // A visitor whose place lacks a type would get that of another, and without the default's none; beside a CNAME nothing may stand.
  const other = found.find((one) => one.kinds.join() !== kinds.join());
  if (first !== undefined && other !== undefined) {
    const [a, b] = [first, other].map((one) => `${placeText(one.place)} with ${listed(one.kinds)}`);
    return notTold(`The types differ, ${a} and ${b}`, wanted);
  }
  const cannot = kinds.filter((kind) => !canSay(context.abilities, wanted, kind));
  if (cannot.length > 0) {
    return notTold(`The provider cannot say it of ${listed(cannot)} records`, wanted);
  }
  const parts = kinds.map((type) => setOf(wanted, type, found, context));
  const leftOut = found.some(({ serving, left }) => left.length < serving.endpoints.length);
  return ok({
    sets: parts.map(({ set }) => set),
    notes: [
      ...(leftOut ? [LEFT_OUT] : []),
      ...parts.flatMap(({ notes }) => notes),
      ...new Set(found.flatMap(({ serving }) => outNotes(serving))),
    ],
  });
}

const IN_ORDER = "the default pools answer in order.";
const LACKS = {
  geo: "The provider has no answers by country",
  latency: "The provider has no answers by latency",
};
const POPS = "pop_pools are of places of the edge, which DNS does not know";

function notTold(why: string, wanted: "geo" | "latency") {
  const by = wanted === "geo" ? "country" : "how near they are";
  return refuse(`${why}, so visitors are not told apart by ${by}: ${IN_ORDER}`);
}

/** What answers at a place. */
interface Found {
  readonly place: string;
  readonly serving: Serving;
  readonly kinds: readonly Kind[];
  readonly left: readonly Answerer[];
}

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

function setOf(
  kind: "geo" | "latency",
  type: Kind,
  found: readonly Found[],
  context: AnswerContext,
): { readonly set: Answer["sets"][number]; readonly notes: readonly string[] } {
  const members = found.map(({ place, left }) => {
    const those = left.filter(({ endpoint }) => type === "CNAME" || kindOf(endpoint) === type);
    const { member, losses } =
      type === "CNAME" ? heaviest(those, context) : joined(type, those, context);
    return { member: { ...member, id: memberIdOf(place), place }, losses, place };
  });
  const notes = (Object.keys(LOSSES) as Loss[]).flatMap((loss) => {
    const places = members.filter(({ losses }) => losses.includes(loss));
    if (places.length === 0) return [];
    const names = places.map(({ place }) => placeText(place));
    const more = names.length > NAMED_MAX ? [`${names.length - NAMED_MAX} more places`] : [];
    return [LOSSES[loss](type, listed([...names.slice(0, NAMED_MAX), ...more]), context)];
  });
  const policy = { kind, members: members.map(({ member }) => member) };
  return { set: { type, values: [], policy }, notes };
}

/** A place has one answer, and these are what that loses. */
const LOSSES = {
  names: (_type, places) => `A CNAME has one value: of the names of ${places} one is published.`,
  values: (type, places, { abilities: { valuesMax } }) =>
    `The provider takes no more than ${valuesMax} of the ${type} addresses of ${places}.`,
  shares: (type, places) =>
    `A place has no shares: the ${type} addresses of ${places} are answered evenly.`,
  checks: (type, places) =>
    `The provider checks no single one of the several ${type} endpoints of ${places}: what is down leaves by our own look.`,
} satisfies Record<string, (type: Kind, places: string, context: AnswerContext) => string>;
type Loss = keyof typeof LOSSES;

/** So many places of a note have their names; a continent has fifty. */
const NAMED_MAX = 3;

interface Joined {
  readonly member: Omit<Member, "id">;
  readonly losses: readonly Loss[];
}

function heaviest(those: readonly Answerer[], context: AnswerContext): Joined {
  const best = those.reduce((a, b) => (b.weight > a.weight ? b : a));
  const names = new Set(those.flatMap((one) => memberOf("CNAME", one, context).values));
  return { member: memberOf("CNAME", best, context), losses: names.size > 1 ? ["names"] : [] };
}

/** All addresses of the place; a check of one would take out the others with it. */
function joined(type: Kind, those: readonly Answerer[], context: AnswerContext): Joined {
  const members = those.map((one) => memberOf(type, one, context));
  const [first] = members;
  if (first !== undefined && members.length === 1) return { member: first, losses: [] };
  const all = [...new Set(members.flatMap(({ values }) => values))].sort();
  const values = all.slice(0, context.abilities.valuesMax);
  const isEven = new Set(those.map(({ weight }) => weight)).size === 1;
  return {
    member: { values },
    losses: [
      ...(values.length < all.length ? (["values"] as const) : []),
      ...(isEven ? [] : (["shares"] as const)),
      ...(members.some(({ check }) => check !== undefined) ? (["checks"] as const) : []),
    ],
  };
}

const memberIdOf = (place: string): string => (place === "*" ? "default" : place.replace("/", "-"));

const placeText = (place: string): string => (place === "*" ? "the default pools" : place);

const listed = (words: readonly string[]): string =>
  words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
