/** No eviction loses a verdict: while the version stays, what a region has told is there and never older. */
import type { Beat, Report } from "../../routing/exchange.ts";
import type { Bench } from "./bench.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

export class CheckVerdicts implements Watcher {
  readonly #bench: Bench;
  readonly #last = new Map<string, Beat>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  served({ object, method, args, result }: ServedCall): void {
    if (method !== "exchange") return;
    const beat = result as Beat;
    const [{ shards }] = args as [Report];
    // A view speaks of the shards of its reporter: those of the same ones are compared, and those of everything.
    const series = `${object} ${beat.view.scope === undefined ? "whole" : JSON.stringify(shards)}`;
    const last = this.#last.get(series);
    this.#last.set(series, beat);
    if (last?.manifestHash === beat.manifestHash) this.#compare(object, last.view, beat.view);
  }

  #compare(object: string, last: Beat["view"], now: Beat["view"]): void {
    const later = new Map(Object.entries(now.health));
    for (const [endpoint, { changedAtMs }] of Object.entries(last.health)) {
      const verdict = later.get(endpoint);
      if (verdict !== undefined && verdict.changedAtMs >= changedAtMs) continue;
      // Held by the governor, or spared by it: for edges it was never away.
      if (verdict?.healthy === true && verdict.changedAtMs === 0) continue;
      this.#bench.violated(`${object} lost its verdict about ${endpoint}`);
    }
  }
}
