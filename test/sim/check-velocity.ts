/**
 * `velocity-limit`: automation removes at most 34 % of a pool's endpoints within five minutes, at least one; beyond that only what
 * traffic agrees about, which in here is: only what is wrong in truth.
 */
import type { EndpointHealth, Push } from "../../routing/exchange.ts";
import { ejectedMax } from "../../routing/health/ejected-max.ts";
import type { EndpointId } from "../../routing/units.ts";
import { type Bench, type Said, saidIn } from "./bench.ts";
import { visitOf } from "./planet.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

const WINDOW_MS = 300_000;
/** What was wrong so recently that probes and traffic may still speak of it. */
const MEMORY_MS = 60_000;

export class CheckVelocity implements Watcher {
  readonly #bench: Bench;
  readonly #pools = new Map<string, Map<string, EndpointId[]>>();
  /** `object endpoint` → when it was last taken away without a reason in truth. */
  readonly #removed = new Map<string, number>();
  /** Address → when something was last wrong with it. */
  readonly #wrong = new Map<string, number>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** Traffic has seen something: a visit to it was lost or late. A lost probe is no word of traffic's. */
  lost({ to, what }: { readonly to: string; readonly what: string }): void {
    if (visitOf(what) !== null) this.#wrong.set(to, this.#bench.kernel.nowMs);
  }

  served(call: ServedCall): void {
    if (call.method === "push") this.#taken(call.object, call.args[0] as Push);
    const said = saidIn(call);
    if (said !== null) this.#look(call.object, said);
  }

  #taken(object: string, { targets }: Push): void {
    const pools = new Map<string, EndpointId[]>();
    for (const { endpoint, pool } of targets) {
      pools.set(pool, [...(pools.get(pool) ?? []), endpoint]);
    }
    this.#pools.set(object, pools);
  }

  #look(object: string, { health, ejected = {}, asOfMs }: Said): void {
    const { nowMs } = this.#bench.kernel;
    const isOut = (one: EndpointId) =>
      health[one]?.healthy === false || (ejected[one]?.untilMs ?? 0) > asOfMs;
    for (const [pool, members] of this.#pools.get(object) ?? []) {
      for (const one of members) {
        const key = `${object} ${one}`;
        if (!isOut(one)) continue;
        if (!this.#isWrong(one, nowMs, health[one])) this.#removed.set(key, nowMs);
      }
      const removed = members.filter(
        (one) => nowMs - (this.#removed.get(`${object} ${one}`) ?? -WINDOW_MS) < WINDOW_MS,
      );
      if (removed.length <= ejectedMax(members.length)) continue;
      this.#bench.violated(
        `${object} removed ${removed.length} of ${members.length} sound endpoints of ${pool} in five minutes`,
      );
    }
  }

  #isWrong(endpoint: EndpointId, nowMs: number, health: EndpointHealth | undefined): boolean {
    const { history, origins } = this.#bench;
    const address = history.member(endpoint)?.address ?? endpoint;
    if (origins.ailmentOf(address) !== null) this.#wrong.set(address, nowMs);
    const sinceMs = nowMs - (this.#wrong.get(address) ?? Number.NEGATIVE_INFINITY);
    return sinceMs < MEMORY_MS || (health?.healthy === false && origins.wasSick(address));
  }
}
