/** R17: however an endpoint flaps, a region moves its traffic away from it at most twice an hour. */
import type { EndpointId } from "../../routing/units.ts";
import { type Bench, type Said, saidIn } from "./bench.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

export const FAILOVERS_PER_HOUR_MAX = 2;
const HOUR_MS = 3_600_000;

export class CheckFlaps implements Watcher {
  readonly #bench: Bench;
  /** `object endpoint` → when it was taken out, in the last hour. */
  readonly #failovers = new Map<string, number[]>();
  readonly #out = new Set<string>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  served(call: ServedCall): void {
    const said = saidIn(call);
    if (said !== null) this.#look(call.object, said);
  }

  #look(object: string, said: Said): void {
    for (const endpoint of Object.keys(said.health)) {
      const key = `${object} ${endpoint}`;
      if (!isOut(said, endpoint as EndpointId)) this.#out.delete(key);
      else if (!this.#out.has(key)) this.#moved(key);
    }
  }

  #moved(key: string): void {
    const { kernel, timeline, violated } = this.#bench;
    this.#out.add(key);
    timeline.note("failover of a region", key);
    const times = [...(this.#failovers.get(key) ?? []), kernel.nowMs];
    const recent = times.filter((atMs) => kernel.nowMs - atMs < HOUR_MS);
    this.#failovers.set(key, recent);
    if (recent.length <= FAILOVERS_PER_HOUR_MAX) return;
    violated(`${key} failed over ${recent.length} times within an hour`);
  }
}

const isOut = ({ health, ejected = {}, asOfMs }: Said, endpoint: EndpointId): boolean =>
  health[endpoint]?.healthy === false || (ejected[endpoint]?.untilMs ?? 0) > asOfMs;
