import { expect, test } from "vitest";
import { PROVIDERS } from "../../../../routing/dns/abilities.ts";
import type { Intent } from "../../../../routing/dns/intent.ts";
import { CREDENTIALS, SETTINGS } from "../../../../routing/dns/settings.ts";
import { makeProvider } from "../../../../workers/central/dns/providers.ts";
import { SYNC } from "../sync/bench-zone.ts";

const ID = "0123456789abcdef0123456789abcdef";
const GUID = "01234567-89ab-4def-8123-456789abcdef";

/** The least that the schemas take, and where the provider is. */
const LEAST: Readonly<Record<(typeof PROVIDERS)[number], readonly [object, object, string?]>> = {
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

const never = () => Promise.reject(new Error("nobody is called before a look"));
const ports = {
  clock: { nowMs: () => 0 },
  timers: { wait: never, deadline: () => new AbortController().signal },
  fetch: never,
  dial: never,
};

test.each(PROVIDERS)("%s is made of what its schemas take, without a call", (provider) => {
  const [given, secret, endpoint] = LEAST[provider];
  const settings = SETTINGS[provider].parse(given);
  const sync = { ...SYNC, provider, settings, ...(endpoint === undefined ? {} : { endpoint }) };
  const made = makeProvider(
    { sync } as unknown as Intent,
    CREDENTIALS[provider].parse(secret),
    ports,
  );
  if (!made.ok) throw new Error(made.error.detail);
  expect(made.value.abilities.types).toContain("TXT");
  expect(made.value.calls).toBe(0);
});
