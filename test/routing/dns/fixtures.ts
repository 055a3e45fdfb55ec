/** Intents made by the product's own parser, and abilities to try them on. */
import type { Abilities } from "../../../routing/dns/abilities.ts";
import { type Intent, intentOf } from "../../../routing/dns/intent.ts";
import type { RecordSet } from "../../../routing/dns/record.ts";
import type { ZoneSync } from "../../../routing/dns/zone.ts";
import { invariant } from "../../../routing/result.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import { parseDocument } from "../../../routing/table/parse.ts";
import type { TableVersion } from "../../../routing/units.ts";

export const SYNC: ZoneSync = {
  domain: "shop.test",
  provider: "route53",
  settings: {},
  mode: "apply",
  interval: 60,
  owner: "tw",
  edge: { name: "edge.example.net", addresses: [] },
  records: [],
  drift: "repair",
  takeover: [],
  endpoint_names: false,
  failback_hold_seconds: 300,
  limits: { update_ratio: 0.3, delete_ratio: 0.3, absent_listings: 3 },
};

/** Everything that a provider of records can have. */
export const ABLE: Abilities = {
  types: ["A", "AAAA", "CNAME", "TXT", "MX", "SRV", "CAA", "HTTPS", "SVCB"],
  policies: ["failover", "weighted", "latency", "geo"],
  checks: true,
  atomic: "batch",
  fence: "provider",
  apexCname: false,
  ttl: { min: 1, max: 86_400 },
  batch: { changesMax: 100, charactersMax: 32_000, updateCountsTwice: false },
  valuesMax: 100,
};

/** Plain records and nothing else. */
export const PLAIN: Abilities = { ...ABLE, policies: [], checks: false };

type Origins = readonly (
  | string
  | { readonly address: string; readonly [field: string]: unknown }
)[];

export interface Shop {
  readonly pools?: Readonly<Record<string, Origins | { readonly origins: Origins }>>;
  readonly balancers?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly monitors?: Readonly<Record<string, unknown>>;
  readonly sync?: Partial<ZoneSync>;
  readonly version?: number;
}

const POOLS: NonNullable<Shop["pools"]> = {
  main: ["192.0.2.1", "192.0.2.2"],
  spare: ["198.51.100.1"],
};

/** `www.shop.test` over the pools in their order, unless `balancers` says otherwise. */
export function shop({
  pools = POOLS,
  balancers,
  monitors = {},
  sync = {},
  version = 1,
}: Shop = {}): Intent {
  const names = Object.keys(pools);
  const lists = { default_pools: names, fallback_pool: names.at(-1) };
  const given = balancers ?? { "www.shop.test": {} };
  let minted = 0;
  const parsed = parseDocument(
    {
      monitors,
      pools: Object.fromEntries(
        Object.entries(pools).map(([name, pool]) => {
          const { origins, ...rest } = "origins" in pool ? pool : { origins: pool };
          return [
            name,
            {
              ...rest,
              origins: origins.map((one, at) => ({
                name: `${name}-${at}`,
                ...(typeof one === "string" ? { address: one } : one),
              })),
            },
          ];
        }),
      ),
      load_balancers: Object.fromEntries(
        Object.entries(given).map(([name, fields]) => [name, { ...lists, ...fields }]),
      ),
      zones: { "shop.test": {} },
    },
    {
      account: "default",
      version: version as TableVersion,
      previous: null,
      mint: () => (++minted).toString(16).padStart(12, "0").padEnd(32, "0"),
      addresses: anyAddresses,
      nowMs: 0,
    },
  );
  invariant(parsed.ok, JSON.stringify(parsed));
  const { table } = parsed.value;
  const zones = table.zones.map((zone) => ({ ...zone, sync: { ...SYNC, ...sync } }));
  const intent = intentOf({ ...table, zones }, "shop.test");
  invariant(intent !== null, "the zone is kept in step");
  return intent;
}

export const set = (
  name: string,
  type: string,
  values: readonly string[],
  ttl = 30,
): RecordSet => ({ name: `${name}.shop.test`, type, ttl, values });
