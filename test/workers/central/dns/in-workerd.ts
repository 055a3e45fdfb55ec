/** A worker that does with providers what a ledger does, and tells what came of it: `workerd.test.ts` runs it. */
import { fenceOf } from "../../../../routing/dns/stamp.ts";
import { azureProvider } from "../../../../workers/central/dns/azure.ts";
import { cloudflareProvider } from "../../../../workers/central/dns/cloudflare.ts";
import { externalDnsWebhookProvider } from "../../../../workers/central/dns/external_dns_webhook.ts";
import { googleProvider } from "../../../../workers/central/dns/google.ts";
import type { Provider } from "../../../../workers/central/dns/provider.ts";
import { realPorts } from "./real-ports.ts";

/** Where the servers are. */
export interface Asked {
  readonly zone: string;
  readonly zoneId: string;
  readonly token: string;
  readonly cloudflare: string;
  readonly webhook: string;
  readonly google: Pick<
    Parameters<typeof googleProvider>[0],
    "endpoint" | "settings" | "credentials"
  >;
  readonly azure: Pick<
    Parameters<typeof azureProvider>[0],
    "endpoint" | "settings" | "credentials"
  >;
}

async function told(provider: Provider, zone: string): Promise<unknown> {
  const never = new AbortController().signal;
  const after = { name: `a.${zone}`, type: "A", ttl: 60, values: ["192.0.2.1", "192.0.2.2"] };
  const batch = {
    fence: fenceOf(zone, undefined, { owner: "o", version: 1, sequence: 1 }),
    changes: [{ kind: "create", after } as const],
  };
  const kinds: string[] = [];
  for (const signal of [never, never, AbortSignal.abort()]) {
    const written = await provider.write(batch, signal);
    kinds.push(written.ok ? "written" : written.error.kind);
  }
  const listed = await provider.populate(never);
  const sets = listed.ok
    ? listed.value.sets
        .filter(({ type }) => type !== "NS")
        .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    : listed.error.detail;
  return { kinds, sets };
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { zone, zoneId, token, cloudflare, webhook, google, azure } = await request.json<Asked>();
    const common = { zone, owner: "o" };
    const providers = {
      cloudflare: cloudflareProvider(
        {
          ...common,
          endpoint: cloudflare,
          settings: { zone_id: zoneId },
          credentials: { api_token: token },
        },
        realPorts,
      ),
      webhook: externalDnsWebhookProvider(
        { ...common, endpoint: webhook, settings: {}, credentials: {} },
        realPorts,
      ),
      google: googleProvider({ ...common, ...google }, realPorts),
      azure: azureProvider({ ...common, ...azure }, realPorts),
    };
    return Response.json({
      cloudflare: await told(providers.cloudflare, zone),
      webhook: await told(providers.webhook, zone),
      google: await told(providers.google, zone),
      azure: await told(providers.azure, zone),
    });
  },
};
