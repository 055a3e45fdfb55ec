/** A zone on the strict Cloud DNS, and providers in front of it. */
import { generateKeyPairSync } from "node:crypto";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { rrsetOf } from "../../../../../workers/central/dns/google/rrset.ts";
import { googleProvider } from "../../../../../workers/central/dns/google.ts";
import type { Provider, ProviderPorts } from "../../../../../workers/central/dns/provider.ts";
import { type GoogleOptions, GoogleServer } from "../../../../vendors/google/server.ts";
import { OWNER } from "../contract.ts";
import { realPorts } from "../real-ports.ts";

export const zone = "shop.test";
export const PROJECT = "shop-dns";
export const MANAGED = "shop-test";
export const EMAIL = "tradewind@shop-dns.iam.gserviceaccount.com";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const PRIVATE_KEY = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** The least that docs/dns-providers/google.md asks for. */
export const PERMISSIONS: readonly string[] = [
  "dns.changes.create",
  "dns.changes.get",
  "dns.resourceRecordSets.create",
  "dns.resourceRecordSets.delete",
  "dns.resourceRecordSets.list",
  "dns.resourceRecordSets.update",
];

export const startServer = (options: Partial<GoogleOptions> = {}): Promise<GoogleServer> =>
  new GoogleServer({
    project: PROJECT,
    zones: [
      { name: MANAGED, id: "7", dnsName: `${zone}.` },
      { name: "elsewhere", id: "8", dnsName: "elsewhere.test." },
    ],
    accounts: [
      { email: EMAIL, publicKey, permissions: PERMISSIONS },
      { email: "reads@test", publicKey, permissions: ["dns.resourceRecordSets.list"] },
    ],
    ...options,
  }).start();

export interface Told {
  readonly managedZone?: string;
  readonly email?: string;
  readonly key?: string;
  readonly ports?: Partial<ProviderPorts>;
}

export const inputOf = (
  server: GoogleServer,
  { managedZone = MANAGED, email = EMAIL, key = PRIVATE_KEY }: Told = {},
) => ({
  zone,
  owner: OWNER,
  endpoint: server.url,
  settings: { project: PROJECT, managed_zone: managedZone, token_uri: server.tokenUrl },
  credentials: { client_email: email, private_key: key },
});

export const providerAt = (server: GoogleServer, told: Told = {}): Provider =>
  googleProvider(inputOf(server, told), { ...realPorts, ...told.ports });

/** What somebody else adds. */
export const foreignSet = (server: GoogleServer, set: RecordSet): void => {
  const { name, type, ttl, rrdatas } = rrsetOf(set);
  server.foreignChange(MANAGED, { additions: [{ name, type, ttl, rrdatas }] });
};
