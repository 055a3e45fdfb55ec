/** Which id an object keeps: what it brings, else what its name had, else none and one is minted. */
import type { Endpoint, Pool, Table } from "../model.ts";
import { type Address, readAddress } from "./address.ts";
import type { Draft, DraftTable, EndpointDraft, PoolDraft } from "./draft.ts";
import { routeName } from "./http-route/name.ts";
import type { Kind } from "./schema.ts";

export interface Identity {
  /** `null`: it is new. */
  idOf(draft: Draft<Kind>): string | null;
  /**
   * An endpoint keeps its id while its pool, address, scheme and port stay and its name or id says that it is
   * the same. With another address its health is another's, so the id it brings is not taken.
   */
  endpointIdOf(pool: PoolDraft, endpoint: EndpointDraft): string | null;
}

/** Cost: one pass over both tables. */
export function identify(drafts: DraftTable, previous: Table | null): Identity {
  const ids = new Map<Draft<Kind>, string>();
  const keep = (kind: readonly Draft<Kind>[], before: readonly { id: string; name: string }[]) =>
    keepIds(ids, kind, before);
  keep(drafts.monitors, previous?.monitors ?? []);
  keep(drafts.monitorGroups, previous?.monitor_groups ?? []);
  keep(drafts.pools, previous?.pools ?? []);
  keep(drafts.loadBalancers, previous?.load_balancers ?? []);
  keep(drafts.zones, previous?.zones ?? []);
  const routes = previous?.http_routes ?? [];
  keep(
    drafts.routes,
    routes.map((route) => ({ id: route.id, name: routeName(route) })),
  );
  const before = endpointsBefore(previous);
  const brought = new Set(
    drafts.pools.flatMap((pool) => pool.endpoints.map((endpoint) => endpoint.fields.id)),
  );
  return {
    idOf: (draft) => ids.get(draft) ?? null,
    endpointIdOf: (pool, { fields }) => {
      const place = placeOf(ids.get(pool) ?? "", fields);
      if (fields.id !== undefined) {
        const was = before.placeById.get(fields.id);
        return was === undefined || was === place ? fields.id : null;
      }
      const same = before.idByName.get(`${place} ${fields.name}`) ?? null;
      return same === null || brought.has(same) ? null : same;
    },
  };
}

function keepIds(
  ids: Map<Draft<Kind>, string>,
  drafts: readonly Draft<Kind>[],
  before: readonly { readonly id: string; readonly name: string }[],
): void {
  const brought = new Set(drafts.map((draft) => draft.id));
  const idByName = new Map(before.map(({ name, id }) => [name, id]));
  for (const draft of drafts) {
    const had = idByName.get(draft.name);
    const id = draft.id ?? (brought.has(had) ? undefined : had);
    if (id !== undefined) ids.set(draft, id);
  }
}

function endpointsBefore(previous: Table | null) {
  const all = (previous?.pools ?? []).flatMap((pool) =>
    pool.origins.map((endpoint) => ({ endpoint, place: placeBefore(pool, endpoint) })),
  );
  return {
    placeById: new Map(all.map(({ endpoint, place }) => [endpoint.id as string, place])),
    idByName: new Map(
      all.map(({ endpoint, place }) => [`${place} ${endpoint.name}`, endpoint.id as string]),
    ),
  };
}

const placeBefore = (pool: Pool, { scheme, address, port }: Endpoint): string =>
  `${pool.id} ${scheme}://${address}:${port}`;

function placeOf(pool: string, { address = "", port = 0 }: EndpointDraft["fields"]): string {
  const read = readAddress(address);
  return read.ok ? `${pool} ${schemeOf(read.value, port)}://${read.value.host}:${port}` : "";
}

/**
 * The scheme of requests: what the address says; else http for port 80, and for IP addresses and localhost
 * (they have no certificate) on any port but 443; else https.
 */
export function schemeOf({ scheme, host, kind }: Address, port: number): "http" | "https" {
  if (scheme !== null) return scheme;
  if (port === 80) return "http";
  const isBare = kind !== "name" || host === "localhost" || host.endsWith(".localhost");
  return isBare && port !== 443 ? "http" : "https";
}
