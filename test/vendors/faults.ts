/**
 * What a test makes a vendor's server do wrong, and what it saw. A fault is for the next calls, of any
 * operation or of the ones named. Faults are an object and not HTTP: a client cannot tell them from a bad day.
 */
export type Fault =
  /** Refused for too many requests; the client may come back after so many seconds. */
  | { readonly kind: "throttle"; readonly retryAfterS: number }
  | { readonly kind: "error"; readonly status: number }
  | { readonly kind: "delay"; readonly ms: number }
  /** The connection ends before anything was done. */
  | { readonly kind: "drop" }
  /** All is done, and the connection ends before a byte of the answer. */
  | { readonly kind: "apply-then-drop" }
  /** All is done, and the connection ends in the middle of the answer. */
  | { readonly kind: "cut" }
  | Listing;

/** A listing is one read of all pages: what its first page shows, its further pages show too. */
export type Listing =
  | { readonly kind: "empty" }
  /** Page `page` (from 1) has half of its records and says that it is the last. */
  | { readonly kind: "truncated"; readonly page: number }
  /** The records as they were `back` changes ago. */
  | { readonly kind: "stale"; readonly back: number };

export interface Aim {
  /** How many calls it is for; 1 when not said. */
  readonly times?: number;
  /** Ids of operations; any when not said. */
  readonly on?: readonly string[];
}

interface Armed {
  readonly fault: Fault;
  readonly on: readonly string[] | undefined;
  left: number;
}

const LISTINGS: readonly Fault["kind"][] = ["empty", "truncated", "stale"];

export class Faults {
  #armed: Armed[] = [];

  throttle(aim: Aim & { readonly retryAfterS?: number } = {}): void {
    this.#arm({ kind: "throttle", retryAfterS: aim.retryAfterS ?? 1 }, aim);
  }

  error(aim: Aim & { readonly status?: number } = {}): void {
    this.#arm({ kind: "error", status: aim.status ?? 500 }, aim);
  }

  delay(ms: number, aim: Aim = {}): void {
    this.#arm({ kind: "delay", ms }, aim);
  }

  drop(aim: Aim = {}): void {
    this.#arm({ kind: "drop" }, aim);
  }

  applyThenDrop(aim: Aim = {}): void {
    this.#arm({ kind: "apply-then-drop" }, aim);
  }

  cut(aim: Aim = {}): void {
    this.#arm({ kind: "cut" }, aim);
  }

  emptyListing(aim: Aim = {}): void {
    this.#arm({ kind: "empty" }, aim);
  }

  truncatedListing(page: number, aim: Aim = {}): void {
    this.#arm({ kind: "truncated", page }, aim);
  }

  staleListing(back: number, aim: Aim = {}): void {
    this.#arm({ kind: "stale", back }, aim);
  }

  /** Whatever was armed and not met yet is forgotten. */
  clear(): void {
    this.#armed = [];
  }

  /** The faults that a call of an operation meets now, one of a kind; each has one time fewer left. */
  meet(operation: string): readonly Exclude<Fault, Listing>[] {
    return this.#take(operation, (kind) => !LISTINGS.includes(kind)) as Exclude<Fault, Listing>[];
  }

  /** The fault that a listing which begins now shows. */
  meetListing(operation: string): Listing | undefined {
    return this.#take(operation, (kind) => LISTINGS.includes(kind))[0] as Listing | undefined;
  }

  #arm(fault: Fault, aim: Aim): void {
    this.#armed.push({ fault, on: aim.on, left: aim.times ?? 1 });
  }

  #take(operation: string, wanted: (kind: Fault["kind"]) => boolean): readonly Fault[] {
    const met = new Map<Fault["kind"], Fault>();
    for (const armed of this.#armed) {
      const { kind } = armed.fault;
      if (!wanted(kind) || met.has(kind)) continue;
      if (armed.on !== undefined && !armed.on.includes(operation)) continue;
      met.set(kind, armed.fault);
      armed.left -= 1;
    }
    this.#armed = this.#armed.filter((armed) => armed.left > 0);
    return [...met.values()];
  }
}

export interface Call {
  /** `-` when the request named no operation. */
  readonly operation: string;
  readonly permission: string;
  readonly method: string;
  /** With the query; headers and bodies are not kept, so neither is any token. */
  readonly path: string;
  /** `null` while it is under way, and when the connection ended without an answer. */
  status: number | null;
}

/** Every request in its order, for counts and for what a client needs the right to do. */
export class Calls {
  readonly all: Call[] = [];

  count(operation?: string): number {
    return operation === undefined
      ? this.all.length
      : this.all.filter((call) => call.operation === operation).length;
  }

  /** The permissions that the answered calls used, each once. */
  permissions(): readonly string[] {
    const used = this.all.filter((call) => call.status !== null && call.status < 400);
    return [...new Set(used.map((call) => call.permission))].sort();
  }

  clear(): void {
    this.all.length = 0;
  }
}
