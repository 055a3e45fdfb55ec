/**
 * What the operator wants, version by version: names whose records say of which version they are, so that a checker can read from an answer
 * how old it is.
 */
import type { Intent } from "../../../routing/dns/intent.ts";
import type { StaticRecord, ZoneSync } from "../../../routing/dns/zone.ts";
import type { Rng } from "../../../routing/rng.ts";
import type { TableVersion } from "../../../routing/units.ts";
import { between, pick } from "../random.ts";

export const DOMAIN = "shop.test";
export const OWNER = "tw";
/** Always wanted: these must never be without an answer. */
export const NAMES = ["a", "b", "c", "d", "e", "f"].map((label) => `${label}.${DOMAIN}`);

/** Wanted in some versions; somebody else wants it too. */
export const GUEST = `guest.${DOMAIN}`;

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
  failback_hold_seconds: 300,
  limits: { update_ratio: 0.3, delete_ratio: 0.3, absent_listings: 3 },
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

  constructor(rng: Rng) {
    this.#rng = rng;
    this.propose();
  }

  get newest(): Intent {
    return this.#kept.at(-1) as Intent;
  }

  /** As it was `back` versions ago. */
  at(back: number): Intent {
    return this.#kept.at(-1 - Math.min(back, this.#kept.length - 1)) as Intent;
  }

  /** One to three names change; now and then one becomes a CNAME or an address again, or a name comes or goes. */
  propose(): void {
    const version = this.#kept.length + 1;
    const before = new Map((this.#kept.at(-1)?.sync.records ?? []).map((one) => [one.name, one]));
    const changed =
      version === 1
        ? NAMES
        : Array.from({ length: between(1, 3, this.#rng) }, () => pick(NAMES, this.#rng));
    for (const name of changed) before.set(name, this.#record(name, version));
    if (before.has(GUEST)) before.delete(GUEST);
    else if (this.#rng() < 0.3) before.set(GUEST, this.#record(GUEST, version));
    this.#kept.push({
      account: "default",
      version: version as TableVersion,
      name: DOMAIN,
      sync: { ...SYNC, records: [...before.values()] },
      publications: [],
      pools: [],
      monitors: [],
    });
  }

  #record(name: string, version: number): StaticRecord {
    return this.#rng() < 0.2
      ? { name, type: "CNAME", ttl: 60, values: [`v${version}.example.net`] }
      : { name, type: "A", ttl: 60, values: [addressOf(version)] };
  }
}

/** Of which version an answer is; `null`: it is not one of ours. */
export function versionOfAnswer(type: string, value: string): number | null {
  if (type === "A" && value.startsWith("10.0.")) return versionIn(value);
  const cname = type === "CNAME" ? /^v(\d+)\.example\.net$/.exec(value)?.[1] : undefined;
  return cname === undefined ? null : Number(cname);
}
