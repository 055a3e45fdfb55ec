/** A ledger before a model of a provider, on virtual time: what an account wants and what regions see is the test's to say. */
import type { Guard } from "../../../../routing/dns/guard.ts";
import { type Intent, intentOf } from "../../../../routing/dns/intent.ts";
import type { RecordSet } from "../../../../routing/dns/record.ts";
import type { ZoneSync } from "../../../../routing/dns/zone.ts";
import { ok } from "../../../../routing/result.ts";
import { anyAddresses } from "../../../../routing/table/address.ts";
import { parseDocument } from "../../../../routing/table/parse.ts";
import type { EndpointId, TableVersion } from "../../../../routing/units.ts";
import type { Provider } from "../../../../workers/central/dns/provider.ts";
import { Ledger } from "../../../../workers/central/sync/ledger.ts";
import { ObjectWorld } from "../../../helpers/object-ports.ts";
import { ModelZone, modelProvider } from "../dns/model-zone.ts";

export const SYNC: ZoneSync = {
  domain: "shop.test",
  provider: "powerdns",
  settings: {},
  mode: "apply",
  interval: 60,
  owner: "tw",
  records: [],
  drift: "repair",
  takeover: [],
  endpoint_names: false,
  failback_hold_seconds: 0,
  limits: { update_ratio: 0.3, delete_ratio: 0.3, absent_listings: 3 },
};

const document = (pools: Record<string, readonly string[]>, hosts: readonly string[]) => ({
  pools: Object.fromEntries(
    Object.entries(pools).map(([name, addresses]) => [
      name,
      { origins: addresses.map((address, at) => ({ name: `${name}-${at}`, address })) },
    ]),
  ),
  load_balancers: Object.fromEntries(
    hosts.map((host) => [
      host,
      { default_pools: Object.keys(pools), fallback_pool: Object.keys(pools).at(-1) },
    ]),
  ),
  zones: { "shop.test": {} },
});

export interface BenchOptions {
  readonly pools?: Record<string, readonly string[]>;
  readonly sync?: Partial<ZoneSync>;
  readonly guards?: readonly Guard[];
  readonly hosts?: readonly string[];
  /** In place of that of the model's zone. */
  readonly provider?: Provider;
}

export class BenchZone {
  readonly world: ObjectWorld;
  readonly zone = new ModelZone();
  readonly #guards: readonly Guard[] | undefined;
  readonly #hosts: readonly string[];
  readonly #provider: Provider | undefined;
  pools: Record<string, readonly string[]>;
  sync: ZoneSync;
  version = 1;
  configDown = false;
  scriptFrozen = false;
  /** Addresses that every region that sees calls unhealthy. */
  readonly down = new Set<string>();
  /** Regions that see nothing. */
  readonly blind = new Set<string>();
  ledger: Ledger;

  constructor({
    pools = { main: ["192.0.2.1", "192.0.2.2", "192.0.2.3"], spare: ["198.51.100.1"] },
    sync = {},
    guards,
    hosts = ["www.shop.test"],
    provider,
  }: BenchOptions = {}) {
    this.pools = pools;
    const publish = Object.fromEntries(hosts.map((host) => [host, "direct" as const]));
    this.sync = { ...SYNC, publish, ...sync };
    this.#guards = guards;
    this.#hosts = hosts;
    this.#provider = provider;
    this.world = new ObjectWorld();
    this.ledger = this.restart();
  }

  /** A new instance over what the one before has stored. */
  restart(): Ledger {
    const { sql, alarm, clock, timers, chance, fetch } = this.world.ports();
    this.ledger = new Ledger(
      {
        sql,
        alarm,
        clock,
        timers,
        chance,
        fetch,
        dial: () => Promise.reject(new Error("this test dials nobody")),
        objects: {
          region: (region) => ({ status: async () => this.#status(region) }) as never,
          config: () => ({ intent: async () => this.#intent() }) as never,
        },
        credentials: async () => ok(null),
        isFrozen: () => this.scriptFrozen,
      },
      {
        account: "default",
        zone: "shop.test",
        makeProvider: () => ok(this.#provider ?? modelProvider(this.zone)),
        ...(this.#guards === undefined ? {} : { guards: this.#guards }),
      },
    );
    return this.ledger;
  }

  /** Alarm after alarm for so long. */
  run(seconds: number): Promise<void> {
    return this.world.run(seconds * 1_000, () => this.ledger.alarm());
  }

  values(name: string, type: string): readonly string[] | undefined {
    return this.zone.sets.get(`${name} ${type}`)?.values;
  }

  foreign(set: Partial<RecordSet> & Pick<RecordSet, "name">): void {
    this.zone.put({ type: "A", ttl: 300, values: ["203.0.113.9"], ...set });
  }

  async told(): Promise<readonly string[]> {
    return (await this.ledger.events(0)).map(({ detail }) => detail);
  }

  #intent(): Intent | null {
    if (this.configDown) throw new Error("the configuration store is down");
    const parsed = parseDocument(document(this.pools, this.#hosts), {
      account: "default",
      version: this.version as TableVersion,
      previous: null,
      mint: mint(),
      addresses: anyAddresses,
      nowMs: 0,
    });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
    const { table } = parsed.value;
    const zones = table.zones.map((zone) => ({ ...zone, sync: this.sync }));
    return intentOf({ ...table, zones }, "shop.test");
  }

  #status(region: string) {
    const isBlind = this.blind.has(region);
    const intent = this.#intent();
    const health = Object.fromEntries(
      (intent?.pools ?? []).flatMap(({ origins }) =>
        origins.map(({ id, address }) => [id as EndpointId, { healthy: !this.down.has(address) }]),
      ),
    );
    return { region, blind: isBlind, lastRoundAtMs: this.world.kernel.nowMs, health };
  }
}

/** The same endpoints get the same ids at every look. */
function mint(): () => string {
  let minted = 0;
  return () => String(++minted).padStart(32, "0");
}
