/** The incident at the strict servers of vendors. */
import type { AzureServer } from "../../../vendors/azure/server.ts";
import { CloudflareServer } from "../../../vendors/cloudflare/server.ts";
import { ExternalDnsServer } from "../../../vendors/external-dns/server.ts";
import type { Calls, Faults } from "../../../vendors/faults.ts";
import { inputOf as azureInput, startServer as startAzure } from "../dns/azure/subject.ts";
import { inputOf as googleInput, startServer as startGoogle } from "../dns/google/subject.ts";
import { DOMAIN } from "./desired-zone.ts";
import { type IncidentSite, incident, type Weather } from "./incident.ts";

interface Strict {
  readonly faults: Faults;
  readonly calls: Calls;
  stop(): Promise<void>;
}

const LASTS = { times: Number.POSITIVE_INFINITY };

const siteAt = (
  server: Strict,
  { listing, writing }: { readonly listing: string; readonly writing: readonly string[] },
  input: {
    readonly provider: string;
    readonly endpoint: string;
    readonly settings: Readonly<Record<string, unknown>>;
    readonly credentials: unknown;
  },
  revoked?: unknown,
): IncidentSite => {
  const { provider, endpoint, settings, credentials } = input;
  return {
    fields: { provider, endpoint, settings, credentials: { env: "TW_CRED_TEST" } },
    credentials,
    ...(revoked === undefined ? {} : { revoked }),
    weather(weather: Weather) {
      const { faults } = server;
      faults.clear();
      if (weather === "throttled") faults.throttle({ ...LASTS, on: [listing] });
      if (weather === "empty") faults.emptyListing(LASTS);
      // As it was before the first change.
      if (weather === "bare") faults.staleListing(Number.MAX_SAFE_INTEGER, LASTS);
    },
    writes: () => writing.reduce((sum, operation) => sum + server.calls.count(operation), 0),
    stop: () => server.stop(),
  };
};

incident("Google Cloud DNS", {
  throttledAs: "throttled",
  emptyAs: "unreachable",
  async start() {
    const server = await startGoogle();
    return siteAt(
      server,
      { listing: "dns.resourceRecordSets.list", writing: ["dns.changes.create"] },
      { provider: "google", ...googleInput(server) },
      googleInput(server, { email: "nobody@shop-dns.iam.gserviceaccount.com" }).credentials,
    );
  },
});

incident("Azure DNS", {
  throttledAs: "throttled",
  emptyAs: "unreachable",
  async start() {
    const server: AzureServer = await startAzure();
    return siteAt(
      server,
      {
        listing: "RecordSets_ListByDnsZone",
        writing: ["RecordSets_CreateOrUpdate", "RecordSets_Delete"],
      },
      { provider: "azure", ...azureInput(server) },
      azureInput(server, { secret: "revoked" }).credentials,
    );
  },
});

incident("Cloudflare", {
  throttledAs: "throttled",
  emptyAs: null,
  async start() {
    const zone = { id: "a".repeat(32), name: DOMAIN, plan: "free" } as const;
    const tokens = [{ token: "a-token", permissions: ["DNS Read", "DNS Write"] }];
    const server = await new CloudflareServer({ zones: [zone], tokens }).start();
    return siteAt(
      server,
      { listing: "dns.records.list", writing: ["dns.records.batch"] },
      {
        provider: "cloudflare",
        endpoint: server.url,
        settings: { zone_id: zone.id },
        credentials: { api_token: "a-token" },
      },
      { api_token: "revoked" },
    );
  },
});

incident("an external-dns webhook", {
  // The protocol has no answer for that: a webhook whose vendor throttles it says that it failed.
  throttledAs: "unreachable",
  emptyAs: null,
  async start() {
    const server = await new ExternalDnsServer({ domains: [DOMAIN] }).start();
    return siteAt(
      server,
      { listing: "getRecords", writing: ["setRecords"] },
      {
        provider: "external_dns_webhook",
        endpoint: server.url,
        settings: {},
        credentials: {},
      },
    );
  },
});
