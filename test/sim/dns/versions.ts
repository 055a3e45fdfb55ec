/**
 * What the operator wants, version by version: names whose records say of which version they are, so that a checker can read from an answer
 * how old it is, and beside them hostnames that lead to the endpoints of pools.
 */
import type { Intent } from "../../../routing/dns/intent.ts";
import type { StaticRecord, ZoneSync } from "../../../routing/dns/zone.ts";
import type { Pool } from "../../../routing/model.ts";
import type { Rng } from "../../../routing/rng.ts";
import type { TableVersion } from "../../../routing/units.ts";
import { intentIn } from "../../workers/central/sync/desired-zone.ts";
import { between, pick } from "../random.ts";

export const DOMAIN = "shop.test";
export const OWNER = "tw";
/** Always wanted: these must never be without an answer. */
export const NAMES = ["a", "b", "c", "d", "e", "f"].map((label) => `${label}.${DOMAIN}`);

/** Wanted in some versions; somebody else wants it too. */
export const GUEST = `guest.${DOMAIN}`;

/** Published, always: these must never be without an answer, nor lose a family that their pool has. */
export const HOSTS = ["www", "app"].map((label) => `${label}.${DOMAIN}`);

const POOLS = {
  main: ["192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8:1::1", "2001:db8:1::2"],
  spare: ["198.51.100.1", "198.51.100.2", "2001:db8:2::1"],
  old: ["198.51.100.101"],
};
/** Of the pool that has no IPv6 address. */
export const oneFamily = (address: string): boolean => POOLS.old.includes(address);

const BALANCERS: Readonly<Record<string, readonly (keyof typeof POOLS)[]>> = {
  [`www.${DOMAIN}`]: ["main", "spare"],
  [`app.${DOMAIN}`]: ["spare", "old"],
};

/** Parsed once: versions differ in who is enabled. */
const BALANCED = intentIn(
  {
    monitors: { home: { type: "http", path: "/health" } },
    pools: Object.fromEntries(
      Object.entries(POOLS).map(([name, addresses]) => [
        name,
        {
          monitor: "home",
          origins: addresses.map((address, at) => ({ name: `${name}-${at}`, address })),
        },
      ]),
    ),
    load_balancers: Object.fromEntries(
      Object.entries(BALANCERS).map(([name, pools]) => [
        name,
        { default_pools: pools, fallback_pool: pools.at(-1), ttl: 60 },
      ]),
    ),
    zones: {
      [DOMAIN]: {
        provider: "powerdns",
        endpoint: "http://127.0.0.1:8081",
        credentials: { env: "TW_CRED_PDNS" },
        mode: "apply",
        publish: Object.fromEntries(HOSTS.map((host) => [host, "direct"])),
      },
    },
  },
  DOMAIN,
);
export const ENDPOINTS = BALANCED.pools.flatMap(({ origins }) => origins);

const SYNC: ZoneSync = {
  domain: DOMAIN,
  provider: "powerdns",
  settings: {},
  mode: "apply",
  interval: 60,
  owner: OWNER,
  publish: {},
  records: [],
  drift: "repair",
  takeover: [],
  endpoint_names: false,
  failback_hold_seconds: 60,
  // Whoever is many versions late changes most names at once.
  limits: { update_ratio: 2, delete_ratio: 0.3, absent_listings: 3 },
};

/** The version that made an address: `10.0.1.2` is version 258. */
export const versionIn = (address: string): number => {
  const [, , high = 0, low = 0] = address.split(".").map(Number);
  return 256 * high + low;
};
const addressOf = (version: number): string => `10.0.${version >> 8}.${version & 255}`;

export class Versions {
  readonly #kept: Intent[] = [];
  readonly #rng: Rng;
  #sync: ZoneSync;

  constructor(rng: Rng, sync: Partial<ZoneSync> = {}) {
    this.#rng = rng;
    this.#sync = { ...SYNC, ...sync };
    this.propose();
  }

  get newest(): Intent {
    return this.#kept.at(-1) as Intent;
  }

  /** As it was `back` versions ago. */
  at(back: number): Intent {
    return this.#kept.at(-1 - Math.min(back, this.#kept.length - 1)) as Intent;
  }

  /** A version that differs in who may have a name, and in nothing else. */
  handOver(names: readonly string[]): void {
    this.#sync = { ...this.#sync, takeover: [...new Set([...this.#sync.takeover, ...names])] };
    const { version, sync } = this.newest;
    const { takeover } = this.#sync;
    this.#kept.push({
      ...this.newest,
      version: (version + 1) as TableVersion,
      sync: { ...sync, takeover },
    });
  }

  /** One to three names change; now and then one becomes a CNAME or an address again, a name comes or goes, or an endpoint is switched. */
  propose(): void {
    const version = this.#kept.length + 1;
    const last = this.#kept.at(-1);
    const before = new Map((last?.sync.records ?? []).map((one) => [one.name, one]));
    const changed =
      version === 1
        ? NAMES
        : Array.from({ length: between(1, 3, this.#rng) }, () => pick(NAMES, this.#rng));
    for (const name of changed) before.set(name, this.#record(name, version));
    if (before.has(GUEST)) before.delete(GUEST);
    else if (this.#rng() < 0.3) before.set(GUEST, this.#record(GUEST, version));
    const pools = last?.pools ?? BALANCED.pools;
    this.#kept.push({
      ...BALANCED,
      account: "default",
      version: version as TableVersion,
      name: DOMAIN,
      sync: { ...this.#sync, records: [...before.values()] },
      pools: this.#rng() < 0.3 ? switched(pools, this.#rng) : pools,
    });
  }

  #record(name: string, version: number): StaticRecord {
    return this.#rng() < 0.2
      ? { name, type: "CNAME", ttl: 60, values: [`v${version}.example.net`] }
      : { name, type: "A", ttl: 60, values: [addressOf(version)] };
  }
}

/** One endpoint is taken out, or comes back; the first of each family stays, so that a pool's families do. */
function switched(pools: readonly Pool[], rng: Rng): readonly Pool[] {
  const { id } = pick(
    ENDPOINTS.filter(({ address }) => !/[.:]1(01)?\]?$/.test(address)),
    rng,
  );
  return pools.map((pool) => ({
    ...pool,
    origins: pool.origins.map((one) => (one.id === id ? { ...one, enabled: !one.enabled } : one)),
  }));
}

/** Of which version an answer is; `null`: it is not one of ours. */
export function versionOfAnswer(type: string, value: string): number | null {
  if (type === "A" && value.startsWith("10.0.")) return versionIn(value);
  const cname = type === "CNAME" ? /^v(\d+)\.example\.net$/.exec(value)?.[1] : undefined;
  return cname === undefined ? null : Number(cname);
}
