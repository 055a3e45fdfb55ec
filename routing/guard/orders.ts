/** What operators order of a configuration and what they are told: the messages between central and ConfigStore about guards. */

import type { Result } from "../result.ts";
import type { Problem } from "../table/problem.ts";
import type { Ms } from "../units.ts";
import type { Drain } from "./drains.ts";
import type { Evacuation, EvacuationRefusal, UndoneRefusal } from "./evacuation.ts";
import type { Forecast } from "./forecast.ts";
import type { FreezePlace } from "./freeze.ts";
import type { Measured } from "./measured.ts";
import type { Capacity } from "./n-minus-one.ts";
import type { Objection } from "./objections.ts";
import type { Target } from "./places.ts";

/** What may stop any change of the table, whatever it is. */
export type ChangeRefusal =
  | { readonly reason: "guarded"; readonly objections: readonly Objection[] }
  | { readonly reason: "frozen"; readonly by: readonly FreezePlace[] };

/** What a change is judged by, and whether a person overrules what speaks against it. */
export interface Guard {
  readonly measured: Measured;
  readonly force: boolean;
}

/** Who makes a change and why. `guard` absent: nothing is measured, so nothing can speak against it. */
export interface By {
  readonly actor: string;
  readonly note: string;
  readonly guard?: Guard;
}

/** What a change would do, were it made now. */
export interface Outlook {
  readonly before: Forecast | null;
  readonly after: Forecast;
  readonly objections: readonly Objection[];
  /** Afterwards: losses that a pool or a hostname would not survive, and the worst one in any case; the worst first. */
  readonly losses: Capacity["losses"];
  readonly frozen: readonly FreezePlace[];
  readonly warnings: readonly Problem[];
}

export interface EvacuationOrder extends By {
  /** In one step; absent = in those of the governor. */
  readonly isAtOnce?: boolean;
  readonly target: Target;
}

/** `unchanged`: it stands already, by an order before this one. */
export interface Evacuating {
  readonly evacuation: Evacuation;
  readonly unchanged: boolean;
  readonly etag: string;
}

export type EvacuateRefusal =
  | EvacuationRefusal
  | ChangeRefusal
  | { readonly reason: "no-configuration" }
  | { readonly reason: "overlap"; readonly id: string; readonly target: Target };

export type UndoRefusal = ChangeRefusal | UndoneRefusal | { readonly reason: "unknown-evacuation" };

/** By whom the switch of the store is turned, and where any switch is. */
export interface FreezeState {
  readonly by: readonly FreezePlace[];
  readonly store: { readonly reason: string; readonly actor: string; readonly atMs: Ms } | null;
  /** KV did not answer, so what it says is not known. */
  readonly isKvSilent: boolean;
}

/** `isStanding`: something is still disabled by it. `changes`: what is no longer as it left it. */
export interface EvacuationState {
  readonly evacuation: Evacuation;
  readonly isStanding: boolean;
  readonly changes: readonly string[];
}

export interface EvacuationPreview extends Outlook {
  readonly target: Target;
  /** By hostname without an endpoint, the pools that residency forbids to take it over. */
  readonly forbidden: Readonly<Record<string, readonly string[]>>;
  /** Names of pools and `pool/endpoint` that would be disabled. */
  readonly disables: readonly string[];
}

/** What a ConfigStore does for operators beside keeping documents. */
export interface GuardRails {
  /** N-1 of the newest version; `null` before the first. */
  capacity(measured: Measured): Promise<Capacity | null>;
  /** What the newest version drains. */
  drains(): Promise<readonly Drain[]>;
  freezes(): Promise<FreezeState>;
  /** Turns the store's own switch: `null` back. Needs nobody else. */
  freeze(reason: string | null, actor: string): Promise<FreezeState>;
  evacuate(order: EvacuationOrder): Promise<Result<Evacuating, EvacuateRefusal>>;
  previewEvacuation(order: EvacuationOrder): Promise<Result<EvacuationPreview, EvacuateRefusal>>;
  /** Newest first. */
  evacuations(): Promise<readonly EvacuationState[]>;
  /** With `guard.force` what somebody changed since stays as it is, and the rest is undone. */
  undoEvacuation(id: string, by: By): Promise<Result<Evacuating, UndoRefusal>>;
}
