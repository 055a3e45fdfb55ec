/**
 * `fail-static`, and the flip rule: a region calls an endpoint down only after as many failures in a row as its monitor asks for,
 * and never because it reaches nobody.
 */
import type { EndpointId } from "../../routing/units.ts";
import { type Bench, type Said, saidIn } from "./bench.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

/** The round that a cut falls into has answers of its own kind, and its last probes end with their timeout. */
const INTO_DARKNESS_MS = 1_500;

/** What one instance of a region did. */
interface Probe {
  readonly atMs: number;
  readonly generation: number;
}

interface Probes {
  readonly sent: Probe[];
  readonly well: Probe[];
}

interface Darkness {
  readonly fromMs: number;
  untilMs: number;
}

export class CheckSight implements Watcher {
  readonly #bench: Bench;
  readonly #darkness = new Map<string, Darkness[]>();
  /** `object address` → when it was probed, and when that went well. */
  readonly #probes = new Map<string, Probes>();
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

  probing(object: string, address: string, generation: number): void {
    this.#of(object, address).sent.push({ atMs: this.#bench.kernel.nowMs, generation });
  }

  probed(object: string, address: string, status: number, generation: number): void {
    if (status !== 200) return;
    this.#of(object, address).well.push({ atMs: this.#bench.kernel.nowMs, generation });
  }

  served(call: ServedCall): void {
    const said = saidIn(call);
    if (said !== null) this.#look(call.object, said);
  }

  #look(object: string, { health }: Said): void {
    for (const [endpoint, { healthy, changedAtMs }] of Object.entries(health)) {
      const key = `${object} ${endpoint}`;
      // What edges are told of one that is held has no flip in it, and what people are told has the one that was looked at.
      if (changedAtMs === 0 || this.#flips.get(key) === changedAtMs) continue;
      this.#flips.set(key, changedAtMs);
      this.#flipped(object, endpoint as EndpointId, healthy, changedAtMs);
    }
  }

  #flipped(object: string, endpoint: EndpointId, healthy: boolean, changedAtMs: number): void {
    const { history, luck, mix, timeline, violated } = this.#bench;
    const address = history.member(endpoint)?.address ?? endpoint;
    timeline.note(healthy ? "verdict up" : "verdict down", `${object} ${address}`);
    if (healthy) return;
    const atMs = changedAtMs - luck.skewMs(object);
    const failed = this.#failedBefore(object, address, atMs);
    if (failed < mix.monitor.consecutive_down) {
      violated(`${object} called ${address} down after ${failed} probes`);
    }
    const dark = this.#darkness
      .get(object)
      ?.find(
        ({ fromMs, untilMs }) =>
          atMs > fromMs + mix.monitor.timeout * 1_000 + INTO_DARKNESS_MS && atMs < untilMs,
      );
    if (dark !== undefined) {
      violated(
        `${object} reached nobody and called ${address} down ${atMs - dark.fromMs} ms into it`,
      );
    }
  }

  /**
   * Those sent since the last one that went well: at least as many as have failed in a row. What went well is forgotten with an
   * instance that ends before its round does, and what does so in the millisecond of the flip may have come after it.
   */
  #failedBefore(object: string, address: string, atMs: number): number {
    const { sent, well } = this.#of(object, address);
    const before = sent.filter((probe) => probe.atMs <= atMs);
    const last = before.at(-1);
    const isKept = (one: Probe) =>
      one.generation === last?.generation ||
      before.some((probe) => probe.generation === one.generation && probe.atMs > one.atMs);
    const wellAtMs = well.findLast((one) => one.atMs < atMs && isKept(one))?.atMs ?? 0;
    return before.filter((probe) => probe.atMs > wellAtMs).length;
  }

  #of(object: string, address: string): Probes {
    const key = `${object} ${address}`;
    const known = this.#probes.get(key) ?? { sent: [], well: [] };
    this.#probes.set(key, known);
    return known;
  }
}
