/** `budgeted`: no request is tried more often than it may be, no endpoint probed and no region called more often than agreed. */
import { BEAT_MS_MIN, TRIES_MAX } from "../../routing/limits.ts";
import type { Bench } from "./bench.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

const WINDOW_MS = 15_000;
/**
 * In one window, of what the interval says. An instance that ends between a probe and its row probes again, and after every push
 * a new endpoint is probed at once; five times as often is neither.
 */
const PROBES_RATIO_MAX = 3;
/** The beat is jittered by a fifth. */
const BEAT_GAP_MS_MIN = 0.8 * BEAT_MS_MIN;

export class CheckBudget implements Watcher {
  readonly #bench: Bench;
  readonly #tries = new Map<number, number>();
  /** `object address` → when it was probed. */
  readonly #probes = new Map<string, number[]>();
  readonly #exchangedAtMs = new Map<string, number>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  tried(isolate: string, _address: string, visitNumber: number): void {
    const tries = (this.#tries.get(visitNumber) ?? 0) + 1;
    this.#tries.set(visitNumber, tries);
    if (tries <= TRIES_MAX) return;
    this.#bench.violated(`visit ${visitNumber} at ${isolate} was tried ${tries} times`);
  }

  answered({ number }: { readonly number: number }): void {
    this.#tries.delete(number);
  }

  probing(object: string, address: string): void {
    const { kernel, mix, violated } = this.#bench;
    const { interval, retries } = mix.monitor;
    const key = `${object} ${address}`;
    const probes = this.#probes.get(key) ?? [];
    this.#probes.set(key, probes);
    probes.push(kernel.nowMs);
    while ((probes[0] ?? 0) <= kernel.nowMs - WINDOW_MS) probes.shift();
    const expected = Math.ceil(WINDOW_MS / (interval * 1_000)) * (1 + retries);
    if (probes.length <= PROBES_RATIO_MAX * expected) return;
    violated(`${object} probed ${address} ${probes.length} times in ${WINDOW_MS / 1_000} s`);
  }

  asked({ caller, method }: Pick<ServedCall, "caller" | "method">): void {
    if (method !== "exchange") return;
    const { nowMs } = this.#bench.kernel;
    const gapMs = nowMs - (this.#exchangedAtMs.get(caller) ?? 0);
    this.#exchangedAtMs.set(caller, nowMs);
    if (gapMs >= BEAT_GAP_MS_MIN - 1) return;
    this.#bench.violated(`${caller} exchanged again after ${gapMs} ms`);
  }
}
