/**
 * The one law of residency: an endpoint outside is no candidate, whatever else is true.
 *
 * Whoever turns a pool into endpoints to send to asks here first: the plan, from which every decision is made, and the static
 * order, for when deciding itself has failed. Nothing that is known of health, load, sessions or visitors is asked, so
 * nothing that goes wrong with them can change the answer.
 */
import type { Endpoint, LoadBalancer, Pool } from "../model.ts";
import { countryOf } from "./country.ts";
import { countriesIn, type Residency } from "./places.ts";

/** From where a request is steered, as far as it says where that may lead. */
export interface Bounds {
  readonly load_balancer: LoadBalancer;
  /** Of the load balancer that owns the request's hostname, when a route leads past it. */
  readonly residency?: Residency;
}

/** Total and closed: a residency that cannot be read, and an endpoint whose country nobody knows, are outside. */
export function isOutside(bounds: Bounds, pool: Pool, endpoint: Endpoint): boolean {
  if (isFree(bounds, pool)) return false;
  const country = countryOf(endpoint?.locality ?? undefined);
  return !(
    isAllowed(bounds?.load_balancer?.residency, country) &&
    isAllowed(bounds?.residency, country) &&
    isAllowed(pool?.residency, country)
  );
}

/** Nobody says anything. */
const isFree = (bounds: Bounds, pool: Pool): boolean =>
  bounds?.load_balancer?.residency === undefined &&
  bounds?.residency === undefined &&
  pool?.residency === undefined;

/** `undefined` alone says nothing. */
const isAllowed = (residency: Residency | undefined, country: string | null): boolean =>
  residency === undefined || (country !== null && countriesIn(residency).has(country));

/** What a request is bound to before its pools say more. */
export const residenciesOf = ({ load_balancer, residency }: Bounds): readonly Residency[] =>
  [...new Set([load_balancer.residency, residency])].filter((one) => one !== undefined);

/** Those that may be candidates at all, in the operator's order. Cost: ~1 µs an endpoint under a residency, none without. */
export const inside = (bounds: Bounds, pool: Pool): readonly Endpoint[] =>
  isFree(bounds, pool)
    ? pool.origins
    : pool.origins.filter((endpoint) => !isOutside(bounds, pool, endpoint));
