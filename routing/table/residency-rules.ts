/** Rules of residency: that its words are places, and that it leaves somebody to serve. */
import { countryOf, countryOfCloudRegion } from "../residency/country.ts";
import { countriesIn, isCountry, isPlace, type Residency } from "../residency/places.ts";
import type { Draft, EndpointDraft, PoolDraft } from "./draft.ts";
import { COUNTRY_CODES, meantBy, PLACES } from "./places.ts";
import { type Problem, pointTo } from "./problem.ts";
import type { Rule, RuleInput } from "./rule.ts";
import { poolReferences } from "./steering-rules.ts";

/** A pool or a load balancer. */
type Bounding = Pick<PoolDraft | Draft<"load_balancer">, "pointer" | "fields">;

const boundingIn = ({ drafts }: RuleInput): readonly Bounding[] => [
  ...drafts.pools,
  ...drafts.loadBalancers,
];

const endpointsIn = ({ drafts }: RuleInput): readonly EndpointDraft[] =>
  drafts.pools.flatMap(({ endpoints }) => endpoints);

const placesExist: Rule = {
  name: "places-exist",
  check: (input) => [
    ...boundingIn(input).flatMap(({ pointer, fields: { residency = [] } }) =>
      residency.flatMap((word, at) =>
        isPlace(word) ? [] : [noPlace(word, pointTo(pointer, "residency", at), PLACES)],
      ),
    ),
    ...endpointsIn(input).flatMap(({ pointer, fields: { locality } }) =>
      locality?.country === undefined || isCountry(locality.country)
        ? []
        : [noPlace(locality.country, pointTo(pointer, "locality", "country"), COUNTRY_CODES)],
    ),
  ],
};

const noPlace = (value: string, pointer: string, range: string): Problem => {
  const what = range === PLACES ? "a place that is known here" : "the code of a country";
  return { pointer, detail: `"${value}" is not ${what}${meantBy(value)}`, value, range };
};

/** What is declared must not move a region that everybody knows. */
const countryFitsRegion: Rule = {
  name: "country-fits-region",
  check: (input) =>
    endpointsIn(input).flatMap(({ pointer, fields: { locality } }) => {
      const { cloud = "", region = "", country } = locality ?? {};
      const known = countryOfCloudRegion(cloud, region);
      if (country === undefined || known === null || country === known) return [];
      const detail = `The region ${cloud} ${region} is in ${known} and not in ${country}.`;
      const range = `"${known}" or absent`;
      return [{ pointer: pointTo(pointer, "locality", "country"), detail, value: country, range }];
    }),
};

/** As of the drafts: what the plan of an edge will say of the endpoint. */
export const isWithin = (residency: Residency | undefined, { fields }: EndpointDraft): boolean =>
  residency === undefined || countriesIn(residency).has(countryOf(fields.locality) ?? "");

/** Endpoints of all pools that a load balancer and its rules name, as far as the pools themselves allow them. */
const endpointsOf = (loadBalancer: Draft<"load_balancer">, { pools }: RuleInput) =>
  poolReferences(loadBalancer)
    .flatMap(({ reference }) => pools.find(reference) ?? [])
    .flatMap(({ fields, endpoints }) => endpoints.filter((one) => isWithin(fields.residency, one)));

/** Whoever writes that meant other endpoints or other places: every request would be answered 503. */
const leavesSomebody: Rule = {
  name: "residency-leaves-endpoints",
  check: (input) => [
    ...input.drafts.pools.flatMap((pool) => nobodyLeft(pool, pool.endpoints)),
    ...input.drafts.loadBalancers.flatMap((one) => nobodyLeft(one, endpointsOf(one, input))),
  ],
};

function nobodyLeft(
  { pointer, fields: { residency } }: Bounding,
  endpoints: readonly EndpointDraft[],
): readonly Problem[] {
  // A word that is no place has its own answer.
  if (residency === undefined || endpoints.length === 0 || !residency.every(isPlace)) return [];
  if (endpoints.some((endpoint) => isWithin(residency, endpoint))) return [];
  const countries = new Set(endpoints.flatMap(({ fields }) => countryOf(fields.locality) ?? []));
  const places = [...countries].sort().join(", ");
  const where = places === "" ? "in no country that is known here" : `in ${places}`;
  return [
    {
      pointer: pointTo(pointer, "residency"),
      detail: `All of the ${endpoints.length} endpoints are ${where}, so no request could be served. Where an endpoint is follows from its locality.`,
      value: residency,
      range: places === "" ? "absent, or places where an endpoint is" : `some of: ${places}`,
    },
  ];
}

export const RESIDENCY_RULES: readonly Rule[] = [placesExist, countryFitsRegion, leavesSomebody];
