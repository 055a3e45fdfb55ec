/** A zone that a production ledger keeps in step with what a plane's regions see, before a model of a provider. */
import { intentOf } from "../../routing/dns/intent.ts";
import { ok } from "../../routing/result.ts";
import type { Provider } from "../../workers/central/dns/provider.ts";
import { Ledger } from "../../workers/central/sync/ledger.ts";
import type { RegionObject, Sql } from "../../workers/ports.ts";
import { tableFrom } from "../bench/ours.ts";
import { ObjectHost } from "../sim/object-host.ts";
import { chanceFrom, rngFor } from "../sim/random.ts";
import { Timeline } from "../sim/timeline.ts";
import { ModelZone, modelProvider } from "../workers/central/dns/model-zone.ts";
import type { Plane } from "./plane.ts";

export const DOMAIN = "shop.test";
export const WWW = `www.${DOMAIN}`;

/** The entry of a zone that publishes `WWW` by the health of its endpoints. */
export const zoneOf = (more: object = {}) => ({
  [DOMAIN]: {
    provider: "powerdns",
    endpoint: "http://127.0.0.1:8081",
    credentials: { env: "TW_CRED_PDNS" },
    mode: "apply",
    publish: { [WWW]: "direct" },
    ...more,
  },
});

export interface KeptZoneOptions {
  readonly document: unknown;
  readonly seed: number;
  readonly zone?: ModelZone;
  /** A guard is taken out here. */
  readonly provider?: (shipped: Provider) => Provider;
  readonly sql?: (shipped: Sql) => Sql;
}

export class KeptZone {
  readonly zone: ModelZone;
  readonly ledger: ObjectHost<Ledger>;

  constructor(plane: Plane, options: KeptZoneOptions) {
    const { kernel } = plane;
    const { document, seed, zone, provider = (same) => same } = options;
    this.zone = zone ?? new ModelZone();
    const intent = intentOf(tableFrom(document), DOMAIN);
    const made = provider(modelProvider(this.zone));
    this.ledger = new ObjectHost("zone", kernel, new Timeline(kernel, null), (body) => {
      const { life, sql, alarm } = body;
      return new Ledger(
        {
          sql: options.sql?.(sql) ?? sql,
          alarm,
          clock: kernel.clock,
          timers: kernel.timers(life),
          chance: chanceFrom(rngFor(seed, "ledger")),
          fetch: () => Promise.reject(new Error("nobody asks the edge here")),
          dial: () => Promise.reject(new Error("nobody dials here")),
          objects: {
            region: (name) =>
              ({
                status: async () => {
                  const host = plane.regions.get(name as never);
                  if (host === undefined) throw new Error(`There is no region ${name}.`);
                  return host.call((region) => region.status());
                },
              }) as RegionObject,
            config: () => ({ intent: async () => intent }) as never,
          },
          credentials: async () => ok(null),
          isFrozen: () => false,
        },
        { account: "default", zone: DOMAIN, makeProvider: () => ok(made) },
      );
    });
  }

  begin(): Promise<unknown> {
    return this.ledger.call((ledger) => ledger.poke());
  }

  values(type = "A"): readonly string[] {
    return this.zone.sets.get(`${WWW} ${type}`)?.values ?? [];
  }

  async told(): Promise<readonly string[]> {
    const events = await this.ledger.call((ledger) => ledger.events(0));
    return events.map(({ detail }) => detail);
  }
}
