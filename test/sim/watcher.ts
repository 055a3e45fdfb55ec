/** What a checker is told: everything that crosses between shells, as it happens. */
import type { Life } from "./kernel.ts";

/** A call of an object. `generation` counts the object's instances. */
export interface ServedCall {
  readonly caller: string;
  readonly object: string;
  readonly generation: number;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly result: unknown;
}

/** The newest version in the storage of ConfigStore. */
export interface StoredVersion {
  readonly version: number;
  readonly etag: string;
  readonly document: unknown;
}

/** `isPrompt`: before its caller can have gone on. */
export type HeardCall = Omit<ServedCall, "generation"> & { readonly isPrompt: boolean };

/** A user's request on its way. */
export interface Visit {
  readonly number: number;
  readonly host: string;
  readonly colo: string;
  /** Which isolate of the colo, and which of its lives. */
  readonly isolate: string;
  readonly arrivedMs: number;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface Watcher {
  /** A call leaves its caller. */
  asked?(call: Omit<ServedCall, "result" | "generation">): void;
  /** The object has done it; the answer may still be lost. */
  served?(call: ServedCall): void;
  /** The caller has the answer. */
  heard?(call: HeardCall): void;
  arrived?(visit: Visit): void;
  answered?(visit: Visit, answer: Answer): void;
  /** An isolate sends a user's request to the endpoint at `address`. */
  tried?(isolate: string, address: string, visitNumber: number): void;
  /** A region sends a probe. */
  probing?(object: string, address: string, generation: number): void;
  /** The region has its answer. */
  probed?(object: string, address: string, status: number, generation: number): void;
  /** From now on a region's prober reaches nobody, or no longer. */
  blinded?(object: string, isBlind: boolean): void;
  /** ConfigStore sends a manifest to KV, as it is stored there. */
  publishing?(stored: string): void;
  /** It knows that it is there. */
  published?(stored: string): void;
  /** An isolate has read a manifest, as it is stored, from its colo's cache or from KV. */
  learnt?(isolate: string, stored: string): void;
  /** What ConfigStore holds after its instance ended. */
  stored?(state: StoredVersion): void;
  /** A message of `from` was lost, or is late; `what` was asked of `to`. */
  lost?(message: { readonly from: string; readonly to: string; readonly what: string }): void;
  /** Work of users, operators or isolates ended in an error. */
  failed?(what: string, error: unknown): void;
  /** After every step of virtual time. */
  step?(): void;
  /** From here on nothing is lost, killed or changed any more. */
  quiet?(): void;
  end?(): void;
}

/** One that is told, and tells all the others. */
export function everyone(watchers: readonly Watcher[]): Required<Watcher> {
  return {
    asked: (call) => watchers.forEach((one) => void one.asked?.(call)),
    served: (call) => watchers.forEach((one) => void one.served?.(call)),
    heard: (call) => watchers.forEach((one) => void one.heard?.(call)),
    arrived: (visit) => watchers.forEach((one) => void one.arrived?.(visit)),
    answered: (visit, answer) => watchers.forEach((one) => void one.answered?.(visit, answer)),
    tried: (isolate, address, number) =>
      watchers.forEach((one) => void one.tried?.(isolate, address, number)),
    probing: (...probe) => watchers.forEach((one) => void one.probing?.(...probe)),
    probed: (...probe) => watchers.forEach((one) => void one.probed?.(...probe)),
    blinded: (object, isBlind) => watchers.forEach((one) => void one.blinded?.(object, isBlind)),
    publishing: (stored) => watchers.forEach((one) => void one.publishing?.(stored)),
    published: (stored) => watchers.forEach((one) => void one.published?.(stored)),
    learnt: (isolate, stored) => watchers.forEach((one) => void one.learnt?.(isolate, stored)),
    stored: (state) => watchers.forEach((one) => void one.stored?.(state)),
    lost: (message) => watchers.forEach((one) => void one.lost?.(message)),
    failed: (what, error) => watchers.forEach((one) => void one.failed?.(what, error)),
    step: () => watchers.forEach((one) => void one.step?.()),
    quiet: () => watchers.forEach((one) => void one.quiet?.()),
    end: () => watchers.forEach((one) => void one.end?.()),
  };
}

/** Whoever calls: an isolate or an object's instance. */
export interface Caller {
  readonly name: string;
  readonly life: Life;
  /** Which of an object's instances. */
  readonly generation?: number;
}
