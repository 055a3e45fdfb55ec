/**
 * A region's object, as far as steering reads it: the production classes for estimates and verdicts, fed by reports and by
 * probes of its own. Its storage, its tables and the doubt in its own sight are tested elsewhere.
 *
 * Probes do not stand in an endpoint's line, as health checks seldom do: they see whether a region is there, not how busy it is.
 */
import { Estimates } from "../../../durable-objects/region/estimates.ts";
import { Health } from "../../../durable-objects/region/health.ts";
import type { ProbeTarget, RegionView } from "../../../routing/exchange.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import type { Monitor, Pool } from "../../../routing/model.ts";
import type { Region } from "../../../routing/names.ts";
import type { Rng } from "../../../routing/rng.ts";
import type { Colo, EndpointId, Ms } from "../../../routing/units.ts";
import type { Clock } from "./clock.ts";
import type { Sites } from "./sites.ts";
import type { World } from "./world.ts";

/** As in the README's example: two probes of five seconds turn a verdict. */
const MONITOR: Monitor = {
  id: "e".repeat(32),
  name: "web",
  description: "",
  type: "http",
  method: "GET",
  path: "/healthz",
  port: 0,
  interval: 5,
  timeout: 2,
  retries: 0,
  consecutive_up: 2,
  consecutive_down: 2,
  expected_codes: "200",
  expected_body: "",
  header: {},
  follow_redirects: false,
};

export interface Reported {
  readonly endpoint: EndpointId;
  readonly ms: Ms;
  readonly requests: number;
}

export class RegionSim {
  readonly #region: Region;
  readonly #clock: Clock;
  readonly #estimates = new Estimates([]);
  readonly #health = new Health({});

  constructor(region: Region, clock: Clock) {
    this.#region = region;
    this.#clock = clock;
  }

  /** Each endpoint at its own moment of the interval, every interval until `endMs`. */
  probe(world: World, pools: readonly Pool[], sites: Sites, endMs: Ms, rng: Rng): void {
    const intervalMs = MONITOR.interval * 1_000;
    for (const [site, pool] of pools.entries()) {
      const rttMs = world.probeRttMs.get(this.#region)?.[site] ?? 0;
      for (const target of targetsOf(pool)) {
        const again = () => {
          if (this.#clock.nowMs >= endMs) return;
          const isDead = sites.isDead(site, this.#clock.nowMs + rttMs / 2);
          this.#clock.in(rttMs, () => this.#settle(target, isDead));
          this.#clock.in(intervalMs, again);
        };
        this.#clock.in(rng() * intervalMs, again);
      }
    }
  }

  isHealthy(endpoint: EndpointId): boolean {
    return this.#health.isHealthy(endpoint);
  }

  fold(colo: Colo, reported: readonly Reported[]): void {
    for (const sample of reported) this.#estimates.fold({ ...sample, colo }, this.#clock.nowMs);
  }

  viewFor(colo: Colo): RegionView {
    return {
      schema: SCHEMA,
      region: this.#region,
      asOfMs: this.#clock.nowMs,
      health: this.#health.view(),
      latencyMs: this.#estimates.of(colo),
    };
  }

  #settle(target: ProbeTarget, isDead: boolean): void {
    const saw = isDead
      ? ({ saw: "nothing", reason: "connection failed" } as const)
      : ({ saw: "healthy", reason: "" } as const);
    this.#health.fold({ ...saw, endpoint: target.endpoint, round: 0 }, target, this.#clock.nowMs);
  }
}

const targetsOf = (pool: Pool): readonly ProbeTarget[] =>
  pool.origins.map(({ id, name, address, port, scheme }) => ({
    endpoint: id,
    pool: pool.name,
    name,
    address,
    port,
    scheme,
    monitor: MONITOR,
  }));
