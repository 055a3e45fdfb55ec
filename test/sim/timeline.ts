import { createHash } from "node:crypto";
import { BEGIN_MS, type Kernel } from "./kernel.ts";

/**
 * Everything that happened, in order: printed when asked for, and always folded into one hash, by which two
 * runs are the same or not.
 */
export class Timeline {
  readonly #kernel: Kernel;
  readonly #print: ((line: string) => void) | null;
  readonly #hash = createHash("sha256");
  readonly #counts = new Map<string, number>();

  constructor(kernel: Kernel, print: ((line: string) => void) | null) {
    this.#kernel = kernel;
    this.#print = print;
  }

  /** `what` is counted for the coverage; `detail` tells it apart from others of its kind. */
  note(what: string, detail: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
    const line = `${this.#time()}  ${what}: ${detail}`;
    this.#hash.update(line).update("\n");
    this.#print?.(line);
  }

  /** Only for the eyes of who replays a seed: neither counted nor part of the hash. */
  trace(tell: () => string): void {
    this.#print?.(`${this.#time()}    · ${tell()}`);
  }

  /** How often each kind of thing happened. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  /** Ends the timeline: nothing can be noted after it. */
  digest(): string {
    return this.#hash.digest("hex");
  }

  #time(): string {
    return `${((this.#kernel.nowMs - BEGIN_MS) / 1000).toFixed(3).padStart(8)} s`;
  }
}
