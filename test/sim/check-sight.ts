/**
 * `fail-static`, and the flip rule: a region calls an endpoint down only after as many failures in a row as its monitor asks for,
 * and never because it reaches nobody.
 */
import type { EndpointId } from "../../routing/units.ts";
import { type Bench, type Said, saidIn } from "./bench.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

/** The round that a cut falls into has answers of its own kind, and its last probes end with their timeout. */
const INTO_DARKNESS_MS = 1_500;

interface Darkness {
  readonly fromMs: number;
  untilMs: number;
}

export class CheckSight implements Watcher {
  readonly #bench: Bench;
  readonly #darkness = new Map<string, Darkness[]>();
  /** `object address` → probes sent since the last one that went well: at least as many as have failed in a row. */
  readonly #unanswered = new Map<string, number>();
  /** `object endpoint` → the last flip that was looked at. */
  readonly #flips = new Map<string, number>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  blinded(object: string, isBlind: boolean): void {
    const { nowMs } = this.#bench.kernel;
    const known = this.#darkness.get(object) ?? [];
    this.#darkness.set(object, known);
    if (isBlind) known.push({ fromMs: nowMs, untilMs: Number.POSITIVE_INFINITY });
    const last = known.at(-1);
    if (!isBlind && last !== undefined) last.untilMs = nowMs;
  }

  probing(object: string, address: string): void {
    const key = `${object} ${address}`;
    this.#unanswered.set(key, (this.#unanswered.get(key) ?? 0) + 1);
  }

  probed(object: string, address: string, status: number): void {
    if (status === 200) this.#unanswered.set(`${object} ${address}`, 0);
  }

  served(call: ServedCall): void {
    const said = saidIn(call);
    if (said !== null) this.#look(call.object, said);
  }

  #look(object: string, { health }: Said): void {
    for (const [endpoint, { healthy, changedAtMs }] of Object.entries(health)) {
      const key = `${object} ${endpoint}`;
      if (this.#flips.get(key) === changedAtMs) continue;
      this.#flips.set(key, changedAtMs);
      if (changedAtMs > 0) this.#flipped(object, endpoint as EndpointId, healthy, changedAtMs);
    }
  }

  #flipped(object: string, endpoint: EndpointId, healthy: boolean, changedAtMs: number): void {
    const { history, luck, mix, timeline, violated } = this.#bench;
    const address = history.member(endpoint)?.address ?? endpoint;
    timeline.note(healthy ? "verdict up" : "verdict down", `${object} ${address}`);
    if (healthy) return;
    const failed = this.#unanswered.get(`${object} ${address}`) ?? 0;
    const needed = mix.monitor.consecutive_down;
    // A flip is seen with the next exchange; one that has been answered since tells nothing any more.
    if (failed > 0 && failed < needed) {
      violated(`${object} calls ${address} down after ${failed} probes of ${needed}`);
    }
    const atMs = changedAtMs - luck.skewMs(object);
    const dark = this.#darkness.get(object)?.find(
      ({ fromMs, untilMs }) =>
        atMs > fromMs + mix.monitor.timeout * 1_000 + INTO_DARKNESS_MS && atMs < untilMs,
    );
    if (dark !== undefined) violated(`${object} reaches nobody and calls ${address} down`);
  }
}
