/** A document with a zone of as many names as a test wants, of every kind that people have, and what the product's parser makes of it. */
import { type Intent, intentOf } from "../../../../routing/dns/intent.ts";
import { anyAddresses } from "../../../../routing/table/address.ts";
import { parseDocument } from "../../../../routing/table/parse.ts";
import type { TableVersion } from "../../../../routing/units.ts";

export const DOMAIN = "shop.test";
/** What the edge is called from outside. */
export const EDGE = "edge.example.net";

type Fields = Readonly<Record<string, unknown>>;

export interface DocumentOptions {
  readonly names: number;
  /** By the entry's name: where the zone is, and how it is kept. */
  readonly zones: Readonly<Record<string, Fields>>;
  /** Plain records only: what somebody has who never heard of load balancers. */
  readonly plain?: boolean;
}

interface Written {
  readonly name: string;
  readonly type: string;
  readonly ttl?: number;
  readonly values: readonly string[];
}

const LONG = "v=DKIM1; k=rsa; p=".padEnd(700, "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA");

const v4 = (at: number, net = 2) => `198.18.${(net * 64 + (at >> 8)) % 256}.${at % 256}`;
const v6 = (at: number) => `2001:db8::${(at + 1).toString(16)}`;

/** What is at one name, in turn. Of twenty names two are load balancers, which are not here. */
const KINDS: readonly ((name: string, at: number) => readonly Written[])[] = [
  (name, at) => [{ name, type: "A", values: [v4(at)] }],
  (name, at) => [{ name, type: "A", ttl: 60, values: [v4(at), v4(at, 3)] }],
  (name, at) => [{ name, type: "AAAA", values: [v6(at)] }],
  (name, at) => [
    { name, type: "A", values: [v4(at)] },
    { name, type: "AAAA", values: [v6(at)] },
  ],
  (name, at) => [{ name, type: "CNAME", values: [`target-${at}.example.net`] }],
  (name, at) => [{ name, type: "TXT", values: [`plain text of ${at}`] }],
  (name, at) => [{ name, type: "TXT", values: [`say "${at}", comma; semicolon`, "a second"] }],
  (name) => [{ name, type: "TXT", values: [LONG] }],
  (name) => [{ name, type: "MX", values: ["10 mx1.example.net", "20 mx2.example.net"] }],
  (name, at) => [
    {
      name: `_sip._tcp.${name}`,
      type: "SRV",
      values: [`10 5 ${5060 + (at % 100)} sip.example.net`],
    },
  ],
  (name) => [
    { name, type: "CAA", values: ['0 issue "ca.example.net"', '0 iodef "mailto:ca@shop.test"'] },
  ],
];

const APEX: readonly Written[] = [
  { name: "@", type: "MX", values: ["10 mx1.example.net"] },
  { name: "@", type: "TXT", values: ["v=spf1 -all"] },
  { name: `*.any.${DOMAIN}`, type: "CNAME", values: ["catch.example.net"] },
];

const BALANCED_OF_TEN = 1;
const POOLS: Readonly<Record<string, readonly Fields[]>> = {
  one: [{ address: "203.0.113.1" }],
  two: [{ address: "203.0.113.2" }, { address: "203.0.113.3" }],
  shares: [
    { address: "203.0.113.4", weight: 1 },
    { address: "203.0.113.5", weight: 0.25 },
  ],
  dual: [{ address: "203.0.113.6" }, { address: "2001:db8:1::6" }],
  named: [{ address: "origin.example.net" }],
  spare: [{ address: "203.0.113.9" }],
};
const BALANCED: readonly { readonly pool: string; readonly mode: string }[] = [
  { pool: "one", mode: "direct" },
  { pool: "two", mode: "direct" },
  { pool: "shares", mode: "direct" },
  { pool: "dual", mode: "direct" },
  { pool: "named", mode: "direct" },
  { pool: "two", mode: "edge_with_fallback" },
  { pool: "one", mode: "edge" },
];
/** Of those that the edge has with a fallback: Route 53 makes a check for each, and an account has 200. */
const WITH_FALLBACK_MAX = 10;

export function documentOf({ names, zones, plain = false }: DocumentOptions): Fields {
  const records: Written[] = [...APEX];
  const balancers: Record<string, Fields> = {};
  const publish: Record<string, string> = {};
  let withFallback = 0;
  for (let at = 0; at < names; at += 1) {
    const name = `n${at}.${at % 3 === 0 ? "eu." : ""}${DOMAIN}`;
    if (plain || at % 10 >= BALANCED_OF_TEN) {
      records.push(...(KINDS[at % KINDS.length]?.(name, at) ?? []));
      continue;
    }
    const kind = BALANCED[(at / 10) % BALANCED.length] ?? { pool: "one", mode: "direct" };
    const isFallback = kind.mode === "edge_with_fallback";
    if (isFallback) withFallback += 1;
    balancers[name] = { default_pools: [kind.pool], fallback_pool: "spare", ttl: 60 };
    publish[name] = isFallback && withFallback > WITH_FALLBACK_MAX ? "direct" : kind.mode;
  }
  return {
    monitors: { home: { type: "http", path: "/health" } },
    pools: plain
      ? {}
      : Object.fromEntries(
          Object.entries(POOLS).map(([name, origins]) => [
            name,
            {
              monitor: "home",
              origins: origins.map((origin, at) => ({ name: `${name}-${at}`, ...origin })),
            },
          ]),
        ),
    load_balancers: balancers,
    zones: Object.fromEntries(
      Object.entries(zones).map(([entry, fields]) => [
        entry,
        {
          domain: DOMAIN,
          mode: "apply",
          publish,
          records,
          edge: { name: EDGE, addresses: ["203.0.113.80", "2001:db8:1::80"] },
          ...fields,
        },
      ]),
    ),
  };
}

/** Errors: throws with every problem of the document. */
export function intentIn(document: Fields, entry: string, version = 1): Intent {
  let minted = 0;
  const parsed = parseDocument(document, {
    account: "default",
    version: version as TableVersion,
    previous: null,
    // The first twelve characters tell endpoints apart.
    mint: () => (++minted).toString(16).padStart(12, "0").padEnd(32, "0"),
    addresses: anyAddresses,
    nowMs: 0,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error.slice(0, 5), null, 1));
  const intent = intentOf(parsed.value.table, entry);
  if (intent === null) throw new Error(`${entry} is not kept in step`);
  return intent;
}
