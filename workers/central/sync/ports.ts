/** What a zone's ledger is given, and what it answers. */

import type { ProviderKind } from "../../../routing/dns/abilities.ts";
import type { Objection } from "../../../routing/dns/guard.ts";
import type { Intent } from "../../../routing/dns/intent.ts";
import type { Plan } from "../../../routing/dns/plan.ts";
import type { Held } from "../../../routing/dns/standing.ts";
import type { ZoneSync } from "../../../routing/dns/zone.ts";
import type { EventFilter } from "../../../routing/event-evidence.ts";
import type { Event } from "../../../routing/exchange.ts";
import type { Result } from "../../../routing/result.ts";
import type { Ms } from "../../../routing/units.ts";
import type {
  Alarm,
  Chance,
  Clock,
  DialPort,
  FetchPort,
  Objects,
  Sql,
  Timers,
} from "../../ports.ts";
import type { Failure, Provider } from "../dns/provider.ts";

export interface LedgerPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly chance: Chance;
  readonly sql: Sql;
  readonly alarm: Alarm;
  readonly fetch: FetchPort;
  readonly dial: DialPort;
  readonly objects: Pick<Objects, "region" | "config">;
  /** Opened for one look and forgotten; the refusal is for an operator and names no secret. */
  readonly credentials: (
    sync: Pick<ZoneSync, "provider" | "credentials" | "endpoint" | "settings">,
  ) => Promise<Result<unknown, string>>;
  /** The freeze switch that needs no object: a variable of the script. */
  readonly isFrozen: () => boolean;
}

/** Makes a zone's provider from what the operator wrote and the opened credentials. */
export type ProviderMaker = (
  intent: Intent,
  credentials: unknown,
  ports: Pick<LedgerPorts, "clock" | "timers" | "fetch" | "dial">,
) => Result<Provider, Failure>;

/** Where the freeze switch stands; any one of them stops every automatic and every ordered write. */
export type Freeze = "ledger" | "script" | "zone";

/** What the ledger saw when it last looked. */
export interface Look {
  readonly atMs: Ms;
  /** `null`: no plan could be made; `failure` or `blind` says why. */
  readonly plan: Plan | null;
  readonly objections: readonly Objection[];
  readonly held: readonly Held[];
  readonly frozen: readonly Freeze[];
  readonly failure: Failure | null;
  /** Why nothing is known of what is wanted; empty when it is known. */
  readonly blind: string;
}

export interface ZoneStatus {
  readonly zone: string;
  /** As of the last look; `null`: it has not looked since it was loaded, or could not tell. */
  readonly intent: Pick<Intent, "version" | "sync"> | null;
  readonly look: Look | null;
  /** Now, but for the zone's own switch, which is as of the last look. */
  readonly frozen: readonly Freeze[];
  /** Of our sets as they were last written. */
  readonly sets: number;
  readonly nextLookAtMs: Ms | null;
  readonly failures: number;
  /** Why what is wanted was not written, or not all of it, when that was last tried; empty: it was. */
  readonly unwritten: string;
}

export interface Order {
  readonly actor: string;
  /** Of the plan that was reviewed. */
  readonly checksum: string;
  /** Of objections, as they are told. */
  readonly confirmations: readonly string[];
  /** Also what undoes edits that the zone's rule respects. */
  readonly includeRespected: boolean;
}

export type OrderRefusal =
  | { readonly reason: "frozen"; readonly by: readonly Freeze[] }
  | { readonly reason: "no-plan"; readonly look: Look }
  | { readonly reason: "stale-plan"; readonly checksum: string }
  | { readonly reason: "guarded"; readonly objections: readonly Objection[] }
  | { readonly reason: "unknown-entry" }
  | { readonly reason: "nothing-to-undo"; readonly detail: string }
  | { readonly reason: "failed"; readonly failure: Failure; readonly entry: HistoryEntry };

/** One plan that was begun. */
export interface HistoryEntry {
  readonly sequence: number;
  readonly at: Ms;
  readonly actor: string;
  readonly version: number;
  readonly checksum: string;
  /** Batches written, of those that there were. */
  readonly written: number;
  /** Batches that may have been written: the answer was lost, or nobody lived to hear it. */
  readonly unknown: number;
  readonly batches: number;
  readonly outcome: "writing" | "done" | "stopped";
  readonly detail: string;
  /** How often in a row it stopped the same way with nothing written; it is one entry, the newest. */
  readonly times: number;
  /** How many changes were written, or may have been. */
  readonly changed: number;
  /** The first hundred of those, unless the entry was asked for by its sequence. */
  readonly changes: readonly { readonly kind: string; readonly key: string }[];
}

export interface LedgerObject {
  /** Also the outside waker: a ledger that has never looked, or lost its alarm, looks soon. */
  poke(): Promise<void>;
  status(): Promise<ZoneStatus>;
  /** Looks now. */
  look(): Promise<Look>;
  apply(order: Order): Promise<Result<HistoryEntry, OrderRefusal>>;
  /**
   * Writes the inverse of an entry where the zone is as it left it, under the same guards. Freezes the zone first, or automation would do it
   * again; that freeze, and one that stood there already, does not stop it.
   */
  undo(
    sequence: number,
    order: Pick<Order, "actor" | "confirmations">,
  ): Promise<Result<HistoryEntry, OrderRefusal>>;
  freeze(frozen: boolean, actor: string): Promise<void>;
  /** Newest first; with a sequence that entry alone, with all its changes, or none. */
  history(sequence?: number): Promise<readonly HistoryEntry[]>;
  events(after: number, filter?: EventFilter): Promise<readonly Event[]>;
}

/** Credentials as they are told: everything but what they say. */
export interface SealedCredentials {
  /** 32 hex characters: what the operator's document names. */
  readonly id: string;
  readonly provider: string;
  /** Where they may be sent, as `calledOrigins` has it. */
  readonly origins: readonly string[];
  /** The name of the key that they are sealed with. */
  readonly key: string;
  readonly createdAtMs: Ms;
}

export interface Rotation {
  /** The newest key, with which everything is sealed now but what is in `failed`. */
  readonly key: string;
  readonly resealed: number;
  /** Those that were sealed with it before. */
  readonly already: number;
  readonly failed: readonly { readonly id: string; readonly detail: string }[];
}

/** The other half of a zone's object: what goes in never comes out. */
export interface CredentialsObject {
  /** `credentials` have passed the provider's schema; `origins` is where they may be sent. Refusal: why nothing can be sealed, for an operator. */
  sealCredentials(
    provider: ProviderKind,
    credentials: unknown,
    origins: readonly string[],
  ): Promise<Result<SealedCredentials, string>>;
  /** Oldest first. */
  listCredentials(): Promise<readonly SealedCredentials[]>;
  /** Whether they were there. */
  removeCredentials(id: string): Promise<boolean>;
  /** Seals everything again with the newest key. */
  rotateCredentials(): Promise<Result<Rotation, string>>;
}
