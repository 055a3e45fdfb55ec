/**
 * What Route 53 answers, from record sets as its API has them and the health of its checks: its documentation as a function.
 *
 * Each rule has the vendor's sentence. DG is the Developer Guide ("How Amazon Route 53 chooses records when health checking is configured",
 * "Weighted routing", "Options for configuring … failover"), API the API reference of ResourceRecordSet.
 */
import type { ResourceRecordSet } from "@aws-sdk/client-route-53";

export interface Question {
  readonly name: string;
  readonly type: string;
  /** Where the resolver is, as far as it is known. */
  readonly from?: { continent?: string; country?: string; subdivision?: string };
  /** Regions by their latency to the resolver, the lowest first. */
  readonly regions?: readonly string[];
}

/** One of the answers that may come, and how often; the shares of all are 1. */
export interface Answer {
  readonly values: readonly string[];
  readonly share: number;
}

/** `isHealthy` by the id of a health check. Empty: "no answer". */
export function answersOf(
  sets: readonly ResourceRecordSet[],
  isHealthy: (healthCheckId: string) => boolean,
  question: Question,
): readonly Answer[] {
  const group = sets.filter(
    ({ Name, Type }) => Name === `${question.name}.` && Type === question.type,
  );
  const [first] = group;
  if (first === undefined) return [];
  // DG: "If a record in a group of records that have the same name and type doesn't have an associated health check, Route 53 always
  // considers it healthy and always includes it among possible responses to a query."
  const healthy = group.filter(
    ({ HealthCheckId }) => HealthCheckId === undefined || isHealthy(HealthCheckId),
  );
  if (first.Failover !== undefined) return whole(failover(group, healthy));
  if (first.Weight !== undefined) return weighted(group, healthy);
  if (first.Region !== undefined) return whole(nearest(group, healthy, question.regions ?? []));
  if (first.GeoLocation !== undefined) return whole(closest(group, healthy, question.from ?? {}));
  return whole(first);
}

const valuesOf = (set: ResourceRecordSet): readonly string[] =>
  (set.ResourceRecords ?? []).map(({ Value }) => Value ?? "").sort();

const whole = (set: ResourceRecordSet | undefined): readonly Answer[] =>
  set === undefined ? [] : [{ values: valuesOf(set), share: 1 }];

type Group = readonly ResourceRecordSet[];

function failover(group: Group, healthy: Group): ResourceRecordSet | undefined {
  const of = (sets: Group, role: string) => sets.find(({ Failover }) => Failover === role);
  return (
    // API: "When the primary resource record set is healthy, Route 53 responds to DNS queries with the applicable value from the primary
    // resource record set regardless of the health of the secondary resource record set."
    of(healthy, "PRIMARY") ??
    // API: "When the primary resource record set is unhealthy and the secondary resource record set is healthy, Route 53 responds to DNS
    // queries with the applicable value from the secondary resource record set." And without a check it is always healthy: "If you omit the
    // HealthCheckId element for the secondary resource record set, and if the primary resource record set is unhealthy, Route 53 always
    // responds to DNS queries with the applicable value from the secondary resource record set."
    of(healthy, "SECONDARY") ??
    // DG: "If Route 53 considers both the primary and secondary records unhealthy, Route 53 returns the primary record."
    of(group, "PRIMARY")
  );
}

function weighted(group: Group, healthy: Group): readonly Answer[] {
  const isNonzero = ({ Weight = 0 }: ResourceRecordSet) => Weight > 0;
  // DG: "Route 53 initially considers only the nonzero weighted records, if any. If all the records that have a weight greater than 0 are
  // unhealthy, then Route 53 considers the zero-weighted records."
  const choices = [
    healthy.filter(isNonzero),
    healthy.filter((set) => !isNonzero(set)),
    // DG: "If none of the records in the group of weighted records are healthy, … Route 53 considers all of the records in the group to be
    // healthy and selects one based on their assigned weights, omitting the records that have a weight of 0."
    group.filter(isNonzero),
    group,
  ];
  const chosen = choices.find((choice) => choice.length > 0) ?? [];
  const sum = chosen.reduce((total, { Weight = 0 }) => total + Weight, 0);
  return chosen.map((set) => ({
    values: valuesOf(set),
    // API: "Route 53 then responds to queries based on the ratio of a resource's weight to the total." "If you set Weight to 0 for all resource
    // record sets that have the same combination of DNS name and type, traffic is routed to all resources with equal probability."
    share: sum === 0 ? 1 / chosen.length : (set.Weight ?? 0) / sum,
  }));
}

function nearest(
  group: Group,
  healthy: Group,
  regions: readonly string[],
): ResourceRecordSet | undefined {
  // DG: "If the health check endpoint is not healthy, Route 53 selects the latency record with the next-best latency and repeats the process."
  // "If none of the records in a latency record are healthy, … Route 53 considers all of these records healthy and selects a record based on
  // the latency between the user and each region."
  const choice = healthy.length > 0 ? healthy : group;
  const rank = ({ Region }: ResourceRecordSet) => {
    const at = regions.indexOf(Region ?? "");
    return at === -1 ? regions.length : at;
  };
  return choice.toSorted((a, b) => rank(a) - rank(b))[0];
}

function closest(
  group: Group,
  healthy: Group,
  { continent, country, subdivision }: NonNullable<Question["from"]>,
): ResourceRecordSet | undefined {
  // API: "Priority goes to the smallest geographic region." "If an endpoint is unhealthy, Route 53 looks for a resource record set for the larger,
  // associated geographic region": a state, its country, the continent, "the default resource record set".
  const places = [
    country && subdivision ? `${country}-${subdivision}` : undefined,
    country,
    continent && `continent ${continent}`,
    "*",
  ];
  const placeOf = ({ GeoLocation: at = {} }: ResourceRecordSet) =>
    at.SubdivisionCode !== undefined
      ? `${at.CountryCode}-${at.SubdivisionCode}`
      : (at.CountryCode ?? `continent ${at.ContinentCode}`);
  const first = (sets: Group) =>
    places.flatMap((place) => sets.find((set) => placeOf(set) === place) ?? [])[0];
  // API: "If the health check status for all resource record sets in the group is unhealthy, Route 53 considers all resource record sets in the
  // group healthy." What it does when only those of the place are unhealthy is not documented; here those are the group.
  // API: "If you don't create a * resource record set, Route 53 returns a "no answer" response for queries from those locations."
  return first(healthy) ?? first(group);
}
