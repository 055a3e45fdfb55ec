/** A zone on a real PowerDNS, seen through the provider and past it. */
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { contentOf } from "../../../../../workers/central/dns/powerdns/content.ts";
import { powerdnsProvider } from "../../../../../workers/central/dns/powerdns.ts";
import type { Provider, ProviderPorts } from "../../../../../workers/central/dns/provider.ts";
import type { PowerDns } from "../../../../servers/powerdns.ts";
import { OWNER } from "../contract.ts";
import { ports } from "./ports.ts";

export const zone = "shop.test";

interface Told {
  readonly apiKey?: string;
  readonly endpoint?: string;
  readonly lua?: boolean;
  readonly ports?: Partial<ProviderPorts>;
}

export const providerAt = (server: PowerDns, told: Told = {}): Provider =>
  powerdnsProvider(
    {
      zone,
      owner: OWNER,
      endpoint: told.endpoint ?? server.endpoint,
      settings: { server_id: "localhost", lua_records: told.lua ?? true },
      credentials: { api_key: told.apiKey ?? server.apiKey },
    },
    { ...ports, ...told.ports },
  );

const call = (server: PowerDns, init: RequestInit) =>
  fetch(`${server.endpoint}/api/v1/servers/localhost/zones/${zone}.`, {
    ...init,
    headers: { "x-api-key": server.apiKey, "content-type": "application/json" },
  });

/** Past the provider, as an operator does it. */
export async function patch(server: PowerDns, rrsets: readonly unknown[]): Promise<void> {
  const answer = await call(server, { method: "PATCH", body: JSON.stringify({ rrsets }) });
  if (!answer.ok) throw new Error(`PowerDNS refused: ${await answer.text()}`);
}

/** What of the zone itself is changed, such as its kind. */
export async function put(server: PowerDns, zoneFields: unknown): Promise<void> {
  const answer = await call(server, { method: "PUT", body: JSON.stringify(zoneFields) });
  if (!answer.ok) throw new Error(`PowerDNS refused: ${await answer.text()}`);
}

export interface StoredRrset {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly records: readonly { readonly content: string; readonly disabled: boolean }[];
  readonly comments: readonly { readonly content: string }[];
}

/** As the server has them, without the SOA, the NS and the stamp. */
export async function stored(server: PowerDns): Promise<readonly StoredRrset[]> {
  const answer = (await (await call(server, {})).json()) as { rrsets: readonly StoredRrset[] };
  return answer.rrsets.filter(({ name }) => name !== `${zone}.` && !name.startsWith("_tradewind"));
}

export const rrsetOf = ({ name, type, ttl, values }: RecordSet) => ({
  name: `${name}.`,
  type,
  ttl,
  changetype: "REPLACE",
  records: values.map((value) => ({ content: contentOf(type, value), disabled: false })),
});
