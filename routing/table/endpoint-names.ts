/**
 * Endpoints that are given as IP addresses where those cannot be fetched: edges and probers ask a name instead, which a zone of the
 * same document keeps (`docs/adr/0027`). The table has the address, as the operator wrote it, and so does DNS.
 */
import { kindOf } from "../dns/answer.ts";
import { endpointName } from "../dns/desired.ts";
import type { SyncMode } from "../dns/zone.ts";
import type { Endpoint, Table } from "../model.ts";
import type { AddressPolicy } from "./address.ts";

/** An entry of `zones` that somebody keeps in step, of a draft or of a table. */
export interface NamingZone {
  readonly name: string;
  readonly domain: string;
  readonly mode: SyncMode | undefined;
  readonly endpoint_names: boolean | undefined;
}

export const namingZones = ({ zones }: Table): readonly NamingZone[] =>
  zones.flatMap(({ name, sync }) => (sync === undefined ? [] : [{ name, ...sync }]));

const ANY_ID = "0".repeat(32) as Endpoint["id"];

/** Whether names of endpoints can be fetched there: written without an operator's word, and below a domain that the policy takes. */
export const keepsNames = (zone: NamingZone, addresses: AddressPolicy): boolean =>
  zone.mode === "apply" &&
  zone.endpoint_names === true &&
  addresses(endpointName({ id: ANY_ID }, zone.domain), "") === null;

/** The domain of the first by name of those that keep names: every edge must come to the same. `null`: none does. */
export function namingDomain(
  zones: readonly NamingZone[],
  addresses: AddressPolicy,
): string | null {
  const [first, ...rest] = zones.filter((zone) => keepsNames(zone, addresses));
  if (first === undefined) return null;
  return rest.reduce((a, b) => (b.name < a.name ? b : a), first).domain;
}

/** `null`: its address is fetched as it is. */
export const askedName = (
  endpoint: Endpoint,
  domain: string,
  addresses: AddressPolicy,
): string | null =>
  kindOf(endpoint) === "CNAME" || addresses(endpoint.address, "") === null
    ? null
    : endpointName(endpoint, domain);

/**
 * The table as edges and probers get it: the name where the address cannot be fetched, all else as it is.
 *
 * Cost: one reading of every address.
 */
export function asFetched(table: Table, addresses: AddressPolicy): Table {
  const domain = namingDomain(namingZones(table), addresses);
  if (domain === null) return table;
  const pools = table.pools.map((pool) => {
    const origins = pool.origins.map((endpoint) => {
      const address = askedName(endpoint, domain, addresses);
      return address === null ? endpoint : { ...endpoint, address };
    });
    return { ...pool, origins };
  });
  return { ...table, pools };
}
