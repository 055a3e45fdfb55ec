/**
 * The contract of a DNS provider: one small file each, all held to it by `test/workers/central/dns/contract.ts`.
 *
 * A provider lists and writes; it decides nothing. What it is given has passed every check of the plan, and what it cannot do it has declared
 * in its abilities, so a set that it is asked to write is one that it can.
 */
import type { Abilities } from "../../../routing/dns/abilities.ts";
import type { Batch } from "../../../routing/dns/change.ts";
import type { RecordSet } from "../../../routing/dns/record.ts";
import type { Result } from "../../../routing/result.ts";
import type { Ms } from "../../../routing/units.ts";
import type { Clock, DialPort, FetchPort, Timers } from "../../ports.ts";

export interface Listing {
  /** In any order, of the whole zone, foreign ones too. SOA is left out. */
  readonly sets: readonly RecordSet[];
  /** False: a page is missing, so what is not in it may be there all the same. */
  readonly complete: boolean;
}

/** What the world did, classified once, here; how each is met is in `FailureKind`. */
export interface Failure {
  readonly kind: FailureKind;
  /** For an operator: the reason and the next step, in the provider's words where it has any. Never a credential. */
  readonly detail: string;
  /** How long the provider asked to be left alone. */
  readonly retryAfterMs?: Ms;
}

export type FailureKind =
  /** Too many calls: later. */
  | "throttled"
  /** The credentials are wrong or may not do this: an operator. */
  | "unauthorized"
  /** The zone is not there: an operator. */
  | "no-zone"
  /** The stamp, or a set that was to be replaced, is another by now; nothing was written: list again. */
  | "fenced"
  /** It refuses the content, and would again; nothing was written: an operator. */
  | "rejected"
  /** Nothing was written, or a failure of the provider's own: later. */
  | "unreachable"
  /** The answer was lost or is not understood; it may have been written: list again before anything else. */
  | "unknown";

/** What the provider did not take of a batch that it wrote otherwise, the stamp too; only where sets are written one by one. */
export interface Refusals {
  readonly refused: readonly Refused[];
}

export interface Refused {
  /** As `changeKey` has it. */
  readonly key: string;
  /** For an operator, as in `Failure`. */
  readonly detail: string;
}

export interface Provider {
  readonly abilities: Abilities;
  /** The whole zone, page by page. Cost: `calls` tells. */
  populate(signal: AbortSignal): Promise<Result<Listing, Failure>>;
  /**
   * Writes one batch, its stamp in the same call where it can, and returns when the provider's servers answer it as far as the provider
   * tells (Route 53 INSYNC, Google `done`). Sets to delete or replace must still be as `before`, where the provider can compare. Doing it again is harmless.
   * Where sets are written one by one (`atomic: "set"`), what the provider refuses keeps nothing else out and is in `Refusals`; any other failure
   * in the middle tells in its `detail` how far it came.
   */
  write(batch: Batch, signal: AbortSignal): Promise<Result<Refusals | null, Failure>>;
  /** Calls to the provider since this object was made, retries within the provider's file too. */
  readonly calls: number;
}

export interface ProviderPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly fetch: FetchPort;
  readonly dial: DialPort;
}

/** What a provider is made of: `settings` and `credentials` have passed the provider's schema in `routing/dns/settings.ts`. */
export interface ProviderInput<Settings, Credentials> {
  /** The zone, lower case without the last dot. */
  readonly zone: string;
  /** Our mark, as in `ownership.ts`: what is made beside record sets (health checks) is marked with it too. */
  readonly owner: string;
  /** Where the provider's API is; absent = the vendor's own. */
  readonly endpoint?: string;
  readonly settings: Settings;
  readonly credentials: Credentials;
}
