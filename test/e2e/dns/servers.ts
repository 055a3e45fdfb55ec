/** The three DNS servers of a test, each with the zone `shop.test`, and what each of them answers. */
import {
  ListHealthChecksCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { type Bind, startBind } from "../../servers/bind.ts";
import { ask } from "../../servers/dig.ts";
import { MOTO_REGION, type Moto, startMoto } from "../../servers/moto.ts";
import { type PowerDns, startPowerDns } from "../../servers/powerdns.ts";
import { type Route53Proxy, startRoute53Proxy } from "../../servers/route53-proxy.ts";
import { answersOf } from "../../workers/central/dns/route53/evaluation.ts";
import { CANARY } from "./canary.ts";

export const DOMAIN = "shop.test";

/** A zone's entry of the document, and the variable with its credentials. */
export interface Entry {
  readonly zone: Readonly<Record<string, unknown>>;
  readonly variable: Readonly<Record<string, string>>;
}

export interface DnsPlace {
  readonly entry: Entry;
  /** Every secret that its entry hands to central. */
  readonly secrets: readonly string[];
  /** What a visitor is told: addresses, or the name outside the zone that a CNAME leads to. Sorted. */
  addresses(name: string): Promise<readonly string[]>;
  /** Of TXT records: stamps and marks. */
  texts(name: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export interface PowerDnsPlace extends DnsPlace {
  readonly server: PowerDns;
}

export async function powerDnsPlace(options: { lua?: boolean } = {}): Promise<PowerDnsPlace> {
  const server = await startPowerDns({ zones: [DOMAIN] });
  const variable = options.lua === true ? "TW_CRED_PDNS_LUA" : "TW_CRED_PDNS";
  return {
    server,
    entry: {
      zone: {
        provider: "powerdns",
        endpoint: server.endpoint,
        settings: { lua_records: options.lua === true },
        credentials: { env: variable },
      },
      variable: { [variable]: JSON.stringify({ api_key: server.apiKey }) },
    },
    secrets: [server.apiKey],
    addresses: (name) => askedAt(server.dnsPort, name),
    texts: (name) => textsAt(server.dnsPort, name),
    stop: () => server.stop(),
  };
}

export async function bindPlace(): Promise<DnsPlace & { readonly server: Bind }> {
  const server = await startBind({ zones: [DOMAIN] });
  const { name, algorithm, secret } = server.key;
  return {
    server,
    entry: {
      zone: {
        provider: "rfc2136",
        endpoint: `${server.host}:${server.port}`,
        settings: { tsig_key_name: name, tsig_algorithm: algorithm },
        credentials: { env: "TW_CRED_BIND" },
      },
      variable: { TW_CRED_BIND: JSON.stringify({ tsig_secret: secret }) },
    },
    secrets: [secret],
    addresses: (host) => askedAt(server.port, host),
    texts: (host) => textsAt(server.port, host),
    stop: () => server.stop(),
  };
}

/** Route 53 answers nobody here: what it would answer is its documentation's word on the record sets that it holds. */
export interface Route53Place extends DnsPlace {
  readonly moto: Moto;
  readonly proxy: Route53Proxy;
  sets(): Promise<readonly ResourceRecordSet[]>;
  /** Ids of all health checks of the account. */
  checks(): Promise<readonly string[]>;
  /** What visitors are told while these checks fail. */
  addressesWhile(failing: readonly string[], name: string): Promise<readonly string[]>;
}

export async function route53Place(): Promise<Route53Place> {
  const moto = await startMoto();
  const proxy = await startRoute53Proxy({ moto });
  const zoneId = await moto.createZone(DOMAIN);
  const credentials = { accessKeyId: CANARY.accessKeyId, secretAccessKey: CANARY.secretAccessKey };
  const client = new Route53Client({ endpoint: moto.endpoint, region: MOTO_REGION, credentials });
  const sets = async () => {
    const command = new ListResourceRecordSetsCommand({ HostedZoneId: zoneId });
    return (await client.send(command)).ResourceRecordSets ?? [];
  };
  const addressesWhile = async (failing: readonly string[], name: string) => {
    const all = await sets();
    const answer = (type: string, at: string) => [
      ...new Set(
        answersOf(all, (id) => !failing.includes(id), { name: at, type }).flatMap((one) =>
          one.share > 0 ? one.values : [],
        ),
      ),
    ];
    for (let at = name; ; ) {
      const found = answer("A", at);
      if (found.length > 0) return found.sort();
      const [target] = answer("CNAME", at).map((value) => value.replace(/\.$/, ""));
      if (target === undefined) return at === name ? [] : [at];
      at = target;
    }
  };
  return {
    moto,
    proxy,
    entry: {
      zone: {
        provider: "route53",
        endpoint: proxy.endpoint,
        settings: { hosted_zone_id: zoneId },
        credentials: { env: "TW_CRED_ROUTE53" },
      },
      variable: {
        TW_CRED_ROUTE53: JSON.stringify({
          access_key_id: credentials.accessKeyId,
          secret_access_key: credentials.secretAccessKey,
        }),
      },
    },
    secrets: [credentials.accessKeyId, credentials.secretAccessKey],
    sets,
    async checks() {
      const { HealthChecks = [] } = await client.send(new ListHealthChecksCommand({}));
      return HealthChecks.map(({ Id = "" }) => Id);
    },
    addressesWhile,
    addresses: (name) => addressesWhile([], name),
    texts: async (name) =>
      (await sets())
        .filter(({ Name, Type }) => Name === `${name}.` && Type === "TXT")
        .flatMap(({ ResourceRecords = [] }) => ResourceRecords.map(({ Value = "" }) => Value)),
    async stop() {
      client.destroy();
      await proxy.stop();
      await moto.stop();
    },
  };
}

export const secretsOf = (places: Readonly<Record<string, DnsPlace>>): readonly string[] =>
  Object.values(places).flatMap(({ secrets }) => secrets);

async function askedAt(port: number, name: string): Promise<readonly string[]> {
  const { answers } = await ask({ port, name, type: "A" });
  const addresses = answers.filter(({ type }) => type === "A").map(({ data }) => data);
  if (addresses.length > 0) return addresses.sort();
  const targets = new Map(answers.map((each) => [each.name, each.data]));
  let at = name;
  for (let next = targets.get(at); next !== undefined; next = targets.get(at)) at = next;
  return at === name ? [] : [at];
}

const textsAt = async (port: number, name: string): Promise<readonly string[]> =>
  (await ask({ port, name, type: "TXT" })).answers.map(({ data }) => data);
