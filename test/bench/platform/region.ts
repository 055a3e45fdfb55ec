/** A real region on virtual time, whose endpoints are healthy: what it answers, stores and publishes. */
import { Region } from "../../../durable-objects/region/region.ts";
import type { Beat, ProbeTarget, Report } from "../../../routing/exchange.ts";
import type { ProbeShare } from "../../../routing/health/prober-report.ts";
import type { Endpoint, Pool } from "../../../routing/model.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import type { Compiled } from "../../../routing/table/compile.ts";
import type { TableVersion } from "../../../routing/units.ts";
import { monitorOf } from "../../durable-objects/plain/messages.ts";
import { ObjectWorld } from "../../helpers/object-ports.ts";

export interface Upkeep {
  readonly alarms: number;
  readonly rowsWritten: number;
  readonly kvWrites: number;
}

export class LiveRegion {
  readonly world = new ObjectWorld({
    fetch: async () => new Response(""),
    objects: {
      prober: (_region, prober) => ({ assign: (share) => this.#probeElsewhere(prober, share) }),
    },
  });
  readonly #region: Region;
  #rows = 0;
  #alarms = 0;

  /** Probes go out every `intervalS`. */
  private constructor() {
    const ports = this.world.ports();
    const { sql, alarm } = ports;
    this.#region = new Region(
      {
        ...ports,
        sql: {
          run: (statement, ...parameters) => {
            if (/^\s*INSERT/i.test(statement)) this.#rows += 1;
            return sql.run(statement, ...parameters);
          },
          transaction: (body) => sql.transaction(body),
        },
        alarm: {
          get: () => alarm.get(),
          set: (atMs) => {
            // The platform counts setting an alarm as a row.
            this.#rows += 1;
            return alarm.set(atMs);
          },
        },
      },
      { region: "weur", addresses: anyAddresses },
    );
  }

  static async start(
    compiled: Compiled,
    pools: readonly Pool[],
    intervalS: number,
  ): Promise<LiveRegion> {
    const live = new LiveRegion();
    const targets = pools.flatMap((pool) =>
      pool.origins.map((endpoint) => targetOf(pool, endpoint, intervalS)),
    );
    const version = 1 as TableVersion;
    await live.#region.push({ schema: 1, account: "default", version, ...compiled, targets });
    return live;
  }

  exchange(report: Report): Promise<Beat> {
    return this.#region.exchange(report);
  }

  async run(ms: number): Promise<void> {
    await this.world.run(ms, () => {
      this.#alarms += 1;
      return this.#region.alarm();
    });
  }

  /** A further prober, all of whose endpoints answer. */
  async #probeElsewhere(prober: number, { schema, hash: share, targets }: ProbeShare) {
    const counts = { sent: targets.length, succeeded: targets.length };
    const results = targets.map(
      ({ endpoint }) => ({ endpoint, round: 1, saw: "healthy", reason: "" }) as const,
    );
    await this.#region.probed({ schema, prober, share, blind: false, ...counts, results });
  }

  /** What KV has under this key. */
  published(key: string): string {
    return this.world.kv.get(key) ?? "";
  }

  /** Since it began. */
  get upkeep(): Upkeep {
    const kvWrites = this.world.kvCalls.length;
    return { alarms: this.#alarms, rowsWritten: this.#rows, kvWrites };
  }
}

const targetOf = (pool: Pool, endpoint: Endpoint, intervalS: number): ProbeTarget => ({
  endpoint: endpoint.id,
  pool: pool.name,
  name: endpoint.name,
  address: endpoint.address,
  port: 443,
  scheme: "https",
  monitor: monitorOf({ type: "https", interval: intervalS, consecutive_down: 2 }),
});
