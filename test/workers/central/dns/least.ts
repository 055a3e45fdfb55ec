/** What a zone of each provider has at least. */
import type { ProviderKind } from "../../../../routing/dns/abilities.ts";

const ID = "0123456789abcdef0123456789abcdef";
const GUID = "01234567-89ab-4def-8123-456789abcdef";

/** Settings and credentials as the schemas take them, and where the provider is when nobody else knows. */
export const LEAST: Readonly<Record<ProviderKind, readonly [object, object, string?]>> = {
  route53: [{ hosted_zone_id: "Z1" }, { access_key_id: "a", secret_access_key: "b" }],
  powerdns: [{}, { api_key: "a" }, "https://powerdns.example"],
  rfc2136: [{ tsig_key_name: "tw" }, { tsig_secret: "c2VjcmV0" }, "ns1.example:53"],
  cloudflare: [{ zone_id: ID }, { api_token: "a" }],
  google: [
    { project: "p", managed_zone: "z" },
    { client_email: "a@b", private_key: "k" },
  ],
  azure: [
    { subscription_id: GUID, resource_group: "g", tenant_id: GUID, client_id: GUID },
    { client_secret: "s" },
  ],
  external_dns_webhook: [{}, {}, "https://webhook.example"],
};
