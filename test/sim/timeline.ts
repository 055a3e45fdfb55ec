import { createHash } from "node:crypto";
import { BEGIN_MS, type Kernel } from "./kernel.ts";

/** One thing that happened. */
export interface Happening {
  readonly atMs: number;
  readonly what: string;
  readonly detail: string;
}

/**
 * Everything that happened, in order: printed or drawn when asked for, and always folded into one hash, by which two
 * runs are the same or not.
 */
export class Timeline {
  readonly #kernel: Kernel;
  readonly #print: ((line: string) => void) | null;
  readonly #record: ((happening: Happening) => void) | null;
  readonly #hash = createHash("sha256");
  readonly #counts = new Map<string, number>();
  #unhashed = "";

  constructor(
    kernel: Kernel,
    print: ((line: string) => void) | null,
    record: ((happening: Happening) => void) | null = null,
  ) {
    this.#kernel = kernel;
    this.#print = print;
    this.#record = record;
  }

  /** `what` is counted for the coverage; `detail` tells it apart from others of its kind. */
  note(what: string, detail: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
    this.#tell(what, detail);
  }

  /** A thing that lasts: counted once, until `ends` is told the same words. */
  begins(what: string, detail: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
    this.#tell(`${what} begins`, detail);
  }

  ends(what: string, detail: string): void {
    this.#tell(`${what} ends`, detail);
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
    return this.#hash.update(this.#unhashed).digest("hex");
  }

  #tell(what: string, detail: string): void {
    const { nowMs } = this.#kernel;
    // One call of the hash for many lines: each call costs more than what it hashes.
    this.#unhashed += `${nowMs} ${what}: ${detail}\n`;
    if (this.#unhashed.length > HASHED_AT) {
      this.#hash.update(this.#unhashed);
      this.#unhashed = "";
    }
    this.#print?.(`${this.#time()}  ${what}: ${detail}`);
    this.#record?.({ atMs: nowMs, what, detail });
  }

  #time(): string {
    return `${((this.#kernel.nowMs - BEGIN_MS) / 1000).toFixed(3).padStart(8)} s`;
  }
}

const HASHED_AT = 16_384;
