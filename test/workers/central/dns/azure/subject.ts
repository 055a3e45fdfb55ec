/** A zone on the strict Azure DNS, and providers in front of it. */
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { propertiesOf, relativeName } from "../../../../../workers/central/dns/azure/recordset.ts";
import { azureProvider } from "../../../../../workers/central/dns/azure.ts";
import type { Provider, ProviderPorts } from "../../../../../workers/central/dns/provider.ts";
import { AzureServer } from "../../../../vendors/azure/server.ts";
import { OWNER } from "../contract.ts";
import { realPorts } from "../real-ports.ts";

export const zone = "shop.test";
export const SECRET = "canary~secret+of/the tests&=";
export const SUBSCRIPTION = "11111111-2222-4333-8444-555555555555";
export const GROUP = "shop-dns";
export const TENANT = "shop.example";
const CLIENT = "66666666-7777-4888-8999-000000000000";
const READER = "77777777-7777-4888-8999-000000000000";

const TYPES = ["A", "AAAA", "CAA", "CNAME", "MX", "SRV", "TXT"];

/** The least that docs/dns-providers/azure.md asks for. */
export const PERMISSIONS: readonly string[] = [
  ...TYPES.flatMap((type) =>
    ["delete", "read", "write"].map((what) => `Microsoft.Network/dnsZones/${type}/${what}`),
  ),
  "Microsoft.Network/dnsZones/recordsets/read",
];

export const startServer = (): Promise<AzureServer> =>
  new AzureServer({
    tenant: TENANT,
    subscription: SUBSCRIPTION,
    resourceGroup: GROUP,
    zones: [zone],
    applications: [
      { clientId: CLIENT, secret: SECRET, permissions: PERMISSIONS },
      { clientId: READER, secret: SECRET, permissions: PERMISSIONS.slice(-1) },
    ],
  }).start();

export interface Told {
  readonly of?: string;
  readonly secret?: string;
  readonly isReader?: boolean;
  readonly ports?: Partial<ProviderPorts>;
}

export const inputOf = (
  server: AzureServer,
  { of = zone, secret = SECRET, isReader = false }: Told = {},
) => ({
  zone: of,
  owner: OWNER,
  endpoint: server.url,
  settings: {
    subscription_id: SUBSCRIPTION,
    resource_group: GROUP,
    tenant_id: TENANT,
    client_id: isReader ? READER : CLIENT,
    authority: server.url,
  },
  credentials: { client_secret: secret },
});

export const providerAt = (server: AzureServer, told: Told = {}): Provider =>
  azureProvider(inputOf(server, told), { ...realPorts, ...told.ports });

/** What somebody else sets. */
export function foreignSet(server: AzureServer, set: RecordSet): void {
  const properties = propertiesOf(set);
  if (!properties.ok) throw new Error(properties.error);
  server.foreignSet(zone, relativeName(set.name, zone), set.type, properties.value as never);
}
