/**
 * What traffic alone may take away: at most 34 % of a pool's endpoints, at least one, and never the last that may be used.
 */
import type { Push } from "../../routing/exchange.ts";
import { ejectedMax } from "../../routing/health/ejected-max.ts";
import type { EndpointId } from "../../routing/units.ts";
import { type Bench, type Said, saidIn } from "./bench.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

export class CheckEjections implements Watcher {
  readonly #bench: Bench;
  /** Region's object → pool → its endpoints, as they were last taken. */
  readonly #pools = new Map<string, Map<string, EndpointId[]>>();
  /** `object endpoint` → the end of the last ejection seen. */
  readonly #ends = new Map<string, number>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  served(call: ServedCall): void {
    const { object, method, args, result } = call;
    if (method === "push") this.#taken(object, args[0] as Push, result as { version: number });
    const said = saidIn(call);
    if (said !== null) this.#look(object, said);
  }

  #taken(object: string, push: Push, { version }: { readonly version: number }): void {
    if (version !== push.version) return;
    const pools = new Map<string, EndpointId[]>();
    for (const { endpoint, pool } of push.targets) {
      pools.set(pool, [...(pools.get(pool) ?? []), endpoint]);
    }
    this.#pools.set(object, pools);
  }

  #look(object: string, { ejected = {}, health, scope }: Said): void {
    const { kernel, luck, history, timeline, violated } = this.#bench;
    const nowMs = kernel.nowMs + luck.skewMs(object);
    for (const [endpoint, { untilMs, reason }] of Object.entries(ejected)) {
      const key = `${object} ${endpoint}`;
      if ((this.#ends.get(key) ?? 0) >= untilMs) continue;
      this.#ends.set(key, untilMs);
      const address = history.member(endpoint as EndpointId)?.address ?? endpoint;
      timeline.note("ejected by traffic", `${object} ${address} ${reason}`);
    }
    // A view of some pools says nothing of the others.
    if (scope !== undefined) return;
    for (const [pool, members] of this.#pools.get(object) ?? []) {
      const out = members.filter((one) => (ejected[one]?.untilMs ?? 0) > nowMs);
      if (out.length === 0) continue;
      const usable = members.filter((one) => health[one]?.healthy !== false && !out.includes(one));
      if (out.length > ejectedMax(members.length)) {
        violated(`${object} leaves out ${out.length} of the ${members.length} of pool ${pool}`);
      }
      if (usable.length === 0) violated(`${object} ejects the last one of pool ${pool}`);
    }
  }
}
