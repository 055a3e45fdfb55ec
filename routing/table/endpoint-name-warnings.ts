/** What an operator has to know of endpoints that are asked by a name which stands for their address. */
import type { Endpoint, Pool, Table } from "../model.ts";
import type { AddressPolicy } from "./address.ts";
import type { DraftTable } from "./draft.ts";
import { askedName, keepsNames, namingDomain, namingZones } from "./endpoint-names.ts";
import { type Problem, pointTo } from "./problem.ts";

interface Named {
  readonly pool: Pool;
  readonly endpoint: Endpoint;
  /** What is asked in the place of its address. */
  readonly name: string;
  readonly pointer: string;
}

export interface Built {
  readonly drafts: DraftTable;
  /** Made of the drafts: the names are made of its ids. */
  readonly table: Table;
  readonly previous: Table | null;
  readonly addresses: AddressPolicy;
}

/** Each at the first endpoint that it is about: a thousand alike would hide the rest. */
export function endpointNameWarnings({
  drafts,
  table,
  previous,
  addresses,
}: Built): readonly Problem[] {
  const zones = namingZones(table);
  const domain = namingDomain(zones, addresses);
  const named = namedIn(table, addresses, drafts);
  const [first] = named;
  if (domain === null || first === undefined) return [];
  const elsewhere = zones.filter((zone) => zone.domain === domain && !keepsNames(zone, addresses));
  return [
    ...asked(named, table, domain),
    ...unpublished(named, previous, addresses, domain),
    ...elsewhere.map(({ name }) => ({
      pointer: first.pointer,
      detail: `The zone ${name} is ${domain} at another provider and keeps no names of endpoints: whoever asks there finds no ${first.name}. Write endpoint_names: true and mode: apply there too, unless nobody asks it.`,
      value: first.endpoint.address,
    })),
  ];
}

function namedIn(
  table: Table,
  addresses: AddressPolicy,
  drafts: DraftTable | null,
): readonly Named[] {
  const domain = namingDomain(namingZones(table), addresses);
  if (domain === null) return [];
  const draftOf = new Map((drafts?.pools ?? []).map((pool) => [pool.name, pool]));
  return table.pools.flatMap((pool) =>
    pool.origins.flatMap((endpoint, at): readonly Named[] => {
      const name = askedName(endpoint, domain, addresses);
      const place = draftOf.get(pool.name)?.endpoints[at]?.pointer ?? "";
      return name === null ? [] : [{ pool, endpoint, name, pointer: pointTo(place, "address") }];
    }),
  );
}

/** A certificate for an address does not help: what is asked for is the name. */
function asked(named: readonly Named[], table: Table, domain: string): readonly Problem[] {
  const monitors = new Map(table.monitors.map(({ id, type }) => [id, type]));
  const those = named.filter(
    ({ endpoint, pool }) =>
      endpoint.scheme === "https" || monitors.get(pool.monitor ?? "") === "https",
  );
  return told(
    those,
    `Requests or probes by https need a certificate for the name that stands for the address, such as one of *.${domain}, or they fail (526)`,
    "Or ask by http://, with a monitor of type http or tcp.",
  );
}

/** What was not asked before may not be in DNS yet. */
function unpublished(
  named: readonly Named[],
  previous: Table | null,
  addresses: AddressPolicy,
  domain: string,
): readonly Problem[] {
  const known = new Set(
    previous === null ? [] : namedIn(previous, addresses, null).map(({ name }) => name),
  );
  const those = named.filter(
    ({ endpoint, pool, name }) => endpoint.enabled && pool.enabled && !known.has(name),
  );
  return told(
    those,
    `New names, which nobody can ask before they are in ${domain}; until then requests and probes fail there, and a resolver may remember for longer that there was none`,
    "Add endpoints with enabled: false, and enable them when GET /v1/zones says in_step.",
  );
}

/** So many endpoints are told by name. */
const SHOWN_MAX = 10;

function told(those: readonly Named[], what: string, next: string): readonly Problem[] {
  const [first] = those;
  if (first === undefined) return [];
  const list = those.slice(0, SHOWN_MAX).map(({ endpoint, name }) => `${endpoint.name} (${name})`);
  const rest = those.length - list.length;
  const shown = list.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
  return [
    {
      pointer: first.pointer,
      detail: `${what}: ${shown}. ${next}`,
      value: first.endpoint.address,
    },
  ];
}
