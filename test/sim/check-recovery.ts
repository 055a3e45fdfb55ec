/**
 * When nothing is lost or killed any more, everything comes right: every region has the newest version and probes on, sees, and
 * calls down exactly what is down; ConfigStore owes nobody anything.
 */

import { regionObject } from "../../routing/names.ts";
import type { RegionStatus } from "../../routing/region-status.ts";
import type { EndpointId } from "../../routing/units.ts";
import type { ConfigObject } from "../../workers/config-object.ts";
import type { Bench } from "./bench.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

type Pushes = Awaited<ReturnType<ConfigObject["pushes"]>>;

/** A round may just have begun, and lasts as long as a probe of a far endpoint. */
const ROUNDS = 2;

export class CheckRecovery implements Watcher {
  readonly #bench: Bench;
  readonly #last = new Map<string, RegionStatus>();
  #pushes: Pushes = {};

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  served({ object, method, result }: ServedCall): void {
    if (method === "status") this.#last.set(object, result as RegionStatus);
    if (method === "pushes") this.#pushes = result as Pushes;
  }

  end(): void {
    const { history, violated } = this.#bench;
    if (history.latest === 0) violated("no version was ever accepted");
    for (const region of this.#bench.planet().regions) {
      this.#region(region, this.#last.get(regionObject(region)));
      const acked = this.#pushes[region]?.acked ?? null;
      if (acked !== history.latest) {
        violated(
          `ConfigStore knows of version ${acked} at ${region}, and ${history.latest} is newest`,
        );
      }
    }
  }

  #region(region: string, status: RegionStatus | undefined): void {
    const { history, mix, violated } = this.#bench;
    if (status === undefined) {
      violated(`${region} gave no status`);
      return;
    }
    if (status.version !== history.latest) {
      violated(`${region} has version ${status.version} and the newest is ${history.latest}`);
    }
    const age = status.asOfMs - (status.lastRoundAtMs ?? 0);
    if (age > ROUNDS * mix.monitor.interval * 1_000)
      violated(`${region} has not probed for ${age} ms`);
    if (status.nextAlarmAtMs === null) violated(`${region} has no alarm`);
    if (status.blind) violated(`${region} is blind and nothing is in its way`);
    this.#health(region, status);
  }

  #health(region: string, { health }: RegionStatus): void {
    const { history, origins, violated } = this.#bench;
    for (const [endpoint, { healthy, reason }] of Object.entries(health)) {
      const address = history.member(endpoint as EndpointId)?.address ?? endpoint;
      const isDead = origins.isDead(address);
      if (healthy && isDead) violated(`${region} calls ${address} healthy, which is dead`);
      // Who fell twice in ten minutes is held down for longer than this phase lasts, whatever made it fall.
      const isHeldDown = origins.hasFlapped(address) || reason.startsWith("held down");
      if (!healthy && !isDead && !isHeldDown) {
        violated(`${region} calls ${address} unhealthy, which is up: ${reason}`);
      }
    }
  }
}
