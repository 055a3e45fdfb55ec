/**
 * Where each provider sends what it is called with: the credentials, or what it makes of them. A secret is bound to these origins when it is
 * sealed, so that who may change the configuration cannot have it sent to himself.
 */
import type { ProviderKind } from "../../../routing/dns/abilities.ts";
import type { ZoneSync } from "../../../routing/dns/zone.ts";
import { ok, type Result, refuse } from "../../../routing/result.ts";
import {
  ENDPOINT_RANGES,
  formOf,
  readEndpoint,
  SELF_HOSTED,
} from "../../../routing/table/zone/endpoint.ts";

/** By the field of a zone that says otherwise: what is called without it. */
export const DEFAULTS = {
  route53: {
    endpoint: "https://route53.amazonaws.com",
    sts_endpoint: "https://sts.us-east-1.amazonaws.com",
  },
  powerdns: {},
  rfc2136: {},
  cloudflare: { endpoint: "https://api.cloudflare.com/client/v4" },
  google: {
    endpoint: "https://dns.googleapis.com",
    token_uri: "https://oauth2.googleapis.com/token",
  },
  azure: {
    endpoint: "https://management.azure.com",
    authority: "https://login.microsoftonline.com",
  },
  // "The default recommended port for the provider endpoints is 8888, and should listen only on localhost".
  external_dns_webhook: { endpoint: "http://localhost:8888" },
} as const satisfies Record<ProviderKind, Readonly<Record<string, string>>>;

/** A URL without its path, or a host and a port with rfc2136. Refusal: what is wrong with the text, which is not told. */
export function originOf(provider: ProviderKind, text: string): Result<string, string> {
  const form = formOf(provider);
  const read = readEndpoint(form, text);
  if (!read.ok) return refuse(`It ${read.error}: write ${ENDPOINT_RANGES[form]}`);
  return ok(form === "url" ? new URL(read.value.canonical).origin : read.value.canonical);
}

/** Those of the vendor, which everybody's credentials go to; none where everybody has a server of his own. */
export const vendorOrigins = (provider: ProviderKind): readonly string[] =>
  SELF_HOSTED.has(provider)
    ? []
    : Object.values(DEFAULTS[provider]).map((url) => new URL(url).origin);

/** In the place of an origin: no zone that is accepted has such a text, and nothing is bound to it. */
const UNREADABLE = "an endpoint that is none";

/** Where the zone's credentials would go, as it is set up. */
export function calledOrigins({
  provider,
  endpoint,
  settings,
}: Pick<ZoneSync, "provider" | "endpoint" | "settings">): readonly string[] {
  const said = { ...DEFAULTS[provider], ...settings, ...(endpoint !== undefined && { endpoint }) };
  const isCalled = (field: string): boolean =>
    // Nobody asks STS for credentials that are there already.
    field === "sts_endpoint" ? settings["role_arn"] !== undefined : field in DEFAULTS[provider];
  const origins = Object.entries(said).flatMap(([field, text]) => {
    if (field !== "endpoint" && !isCalled(field)) return [];
    const origin = originOf(provider, String(text));
    return [origin.ok ? origin.value : UNREADABLE];
  });
  return [...new Set(origins)].sort();
}
