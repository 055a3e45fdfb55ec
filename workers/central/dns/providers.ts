/** Which providers there are: one line each. */
import type { ProviderKind } from "../../../routing/dns/abilities.ts";
import type { CredentialsOf, SettingsOf } from "../../../routing/dns/settings.ts";
import { ok } from "../../../routing/result.ts";
import type { ProviderMaker } from "../sync/ports.ts";
import { azureProvider } from "./azure.ts";
import { cloudflareProvider } from "./cloudflare.ts";
import { externalDnsWebhookProvider } from "./external_dns_webhook.ts";
import { googleProvider } from "./google.ts";
import { powerdnsProvider } from "./powerdns.ts";
import type { Provider, ProviderInput, ProviderPorts } from "./provider.ts";
import { rfc2136Provider } from "./rfc2136.ts";
import { route53Provider } from "./route53.ts";

type Makers = {
  readonly [K in ProviderKind]: (
    input: ProviderInput<SettingsOf<K>, CredentialsOf<K>>,
    ports: ProviderPorts,
  ) => Provider;
};

const MAKERS: Makers = {
  route53: route53Provider,
  powerdns: powerdnsProvider,
  rfc2136: rfc2136Provider,
  cloudflare: cloudflareProvider,
  google: googleProvider,
  azure: azureProvider,
  external_dns_webhook: externalDnsWebhookProvider,
};

/** Settings and credentials have passed the schemas of their provider: that is what a maker's types say, and the compiler cannot see. */
type AnyMaker = (input: ProviderInput<unknown, unknown>, ports: ProviderPorts) => Provider;

export const makeProvider: ProviderMaker = ({ sync }, credentials, ports) => {
  const make = MAKERS[sync.provider] as AnyMaker;
  const { domain, owner, endpoint, settings } = sync;
  const input = { zone: domain, owner, settings, credentials };
  return ok(make(endpoint === undefined ? input : { ...input, endpoint }, ports));
};
