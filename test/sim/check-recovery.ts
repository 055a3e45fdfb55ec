/** When nothing is lost or killed any more, everything comes right: every region has the newest version and probes on. */
import type { RegionStatus } from "../../routing/exchange.ts";
import { REGIONS, regionObject } from "../../routing/names.ts";
import type { Bench } from "./check-answers.ts";
import { PROBE_INTERVAL_SECONDS } from "./documents.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

/** A round may just have begun, and lasts as long as a probe of a far endpoint. */
const ROUND_AGE_MS_MAX = 2 * PROBE_INTERVAL_SECONDS * 1_000;

export class CheckRecovery implements Watcher {
  readonly #bench: Bench;
  readonly #last = new Map<string, RegionStatus>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  served({ object, method, result }: ServedCall): void {
    if (method === "status") this.#last.set(object, result as RegionStatus);
  }

  end(): void {
    if (this.#bench.history.latest === 0) this.#bench.violated("no version was ever accepted");
    for (const region of REGIONS) this.#region(region, this.#last.get(regionObject(region)));
  }

  #region(region: string, status: RegionStatus | undefined): void {
    const { history, violated } = this.#bench;
    if (status === undefined) {
      violated(`${region} gave no status`);
      return;
    }
    if (status.version !== history.latest) {
      violated(`${region} has version ${status.version} and the newest is ${history.latest}`);
    }
    const age = status.asOfMs - (status.lastRoundAtMs ?? 0);
    if (age > ROUND_AGE_MS_MAX) violated(`${region} has not probed for ${age} ms`);
    if (status.nextAlarmAtMs === null) violated(`${region} has no alarm`);
    for (const [endpoint, { healthy, reason }] of Object.entries(status.health)) {
      if (!healthy) violated(`${region} calls ${endpoint} unhealthy, which is up: ${reason}`);
    }
  }
}
