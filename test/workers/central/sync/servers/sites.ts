/** The zone at three real providers, each an entry of one document, and what an operator does there past the ledger. */
import {
  ChangeResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
} from "@aws-sdk/client-route-53";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { wireOf } from "../../../../../workers/central/dns/route53/sets.ts";
import { startBind } from "../../../../servers/bind.ts";
import { MOTO_CREDENTIALS, MOTO_REGION, startMoto } from "../../../../servers/moto.ts";
import type { OctoDnsTarget } from "../../../../servers/octodns.ts";
import { startPowerDns } from "../../../../servers/powerdns.ts";
import { startRoute53Proxy } from "../../../../servers/route53-proxy.ts";
import { add, nsupdate } from "../../dns/servers/bind-zone.ts";
import { patch, rrsetOf } from "../../dns/servers/powerdns-zone.ts";
import { DOMAIN } from "../desired-zone.ts";

export interface Site {
  /** The name of its entry. */
  readonly entry: string;
  /** What the entry says of the provider. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly credentials: unknown;
  readonly octodns: OctoDnsTarget;
  /** What the zone holds before anybody wrote there, without SOA and NS. */
  readonly own: readonly RecordSet[];
  /** Somebody else writes the set over whatever is there. */
  foreign(set: RecordSet): Promise<void>;
  stop(): Promise<void>;
}

/** Errors: throws where the servers are not installed. */
export const startSites = (): Promise<readonly Site[]> =>
  Promise.all([startRoute53(), startPowerDnsSite(), startBindSite()]);

const withEnv = { credentials: { env: "TW_CRED_TEST" } };

async function startRoute53(): Promise<Site> {
  const moto = await startMoto();
  const id = await moto.createZone(DOMAIN);
  const proxy = await startRoute53Proxy({ moto, pendingPolls: 1 });
  const region = MOTO_REGION;
  const somebody = new Route53Client({
    endpoint: proxy.endpoint,
    region,
    credentials: MOTO_CREDENTIALS,
  });
  const { accessKeyId, secretAccessKey } = MOTO_CREDENTIALS;
  return {
    entry: "route53.test",
    fields: {
      provider: "route53",
      endpoint: proxy.endpoint,
      settings: { hosted_zone_id: id },
      ...withEnv,
    },
    credentials: { access_key_id: accessKeyId, secret_access_key: secretAccessKey },
    octodns: { kind: "route53", endpoint: proxy.endpoint },
    own: [],
    async foreign(set) {
      const [ResourceRecordSet] = wireOf(set, () => "") as [ResourceRecordSet];
      const Changes = [{ Action: "UPSERT" as const, ResourceRecordSet }];
      const command = { HostedZoneId: id, ChangeBatch: { Changes } };
      await somebody.send(new ChangeResourceRecordSetsCommand(command));
    },
    async stop() {
      somebody.destroy();
      await proxy.stop();
      await moto.stop();
    },
  };
}

async function startPowerDnsSite(): Promise<Site> {
  const server = await startPowerDns({ zones: [DOMAIN] });
  return {
    entry: "powerdns.test",
    fields: {
      provider: "powerdns",
      endpoint: server.endpoint,
      settings: { lua_records: true },
      ...withEnv,
    },
    credentials: { api_key: server.apiKey },
    octodns: { kind: "powerdns", server },
    own: [],
    foreign: (set) => patch(server, [rrsetOf(set)]),
    stop: () => server.stop(),
  };
}

async function startBindSite(): Promise<Site> {
  const server = await startBind({ zones: [DOMAIN] });
  const { key, host, port } = server;
  return {
    entry: "bind.test",
    fields: {
      provider: "rfc2136",
      endpoint: `${host}:${port}`,
      settings: { tsig_key_name: key.name, tsig_algorithm: key.algorithm },
      ...withEnv,
    },
    credentials: { tsig_secret: key.secret },
    octodns: { kind: "rfc2136", server },
    own: [{ name: `ns1.${DOMAIN}`, type: "A", ttl: 60, values: [host] }],
    foreign: (set) => nsupdate(server, [`update delete ${set.name}. ${set.type}`, ...add(set)]),
    stop: () => server.stop(),
  };
}
