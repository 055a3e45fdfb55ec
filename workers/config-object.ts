/** What a ConfigStore is asked and answers: plain data, checked where it comes in. */
import type { Intent } from "../routing/dns/intent.ts";
import type { EventFilter } from "../routing/event-evidence.ts";
import type { Event } from "../routing/exchange.ts";
import type { FreezePlace } from "../routing/guard/freeze.ts";
import type { By, ChangeRefusal, GuardRails, Outlook } from "../routing/guard/orders.ts";
import type { PreviewPlan, PreviewQuestion, PreviewRefusal } from "../routing/preview.ts";
import type { Result } from "../routing/result.ts";
import type { Hash, Sealed } from "../routing/snapshot.ts";
import type { Problem } from "../routing/table/problem.ts";
import type { Ms, TableVersion } from "../routing/units.ts";

export interface Accepted {
  readonly version: TableVersion;
  /** Differs for every version; what `ETag` carries. */
  readonly etag: string;
  readonly warnings: readonly Problem[];
}

export type ProposeRefusal =
  | { readonly reason: "invalid"; readonly problems: readonly Problem[] }
  | { readonly reason: "stale"; readonly expected: string; readonly current: string }
  | { readonly reason: "hostname-taken"; readonly hostnames: readonly string[] }
  | ChangeRefusal;

export interface Proposal extends By {
  /** The document as it came: unknown until parsed. Plain JSON, depth already capped. */
  readonly document: unknown;
  /** The `ETag` the operator last saw; absent = last write wins. */
  readonly expected?: string;
}

export interface VersionSummary {
  readonly version: TableVersion;
  readonly etag: string;
  readonly at: Ms;
  readonly actor: string;
  readonly note: string;
  readonly counts: Readonly<
    Record<"monitors" | "pools" | "load_balancers" | "zones" | "http_routes", number>
  > & { readonly monitor_groups?: number };
}

export const AUDIT_ACTIONS = [
  "propose",
  "restore",
  "trust",
  "evacuate",
  "undo",
  "freeze",
  "thaw",
] as const;

export interface AuditRow {
  readonly sequence: number;
  readonly at: Ms;
  readonly actor: string;
  readonly action: (typeof AUDIT_ACTIONS)[number];
  readonly version: TableVersion;
  readonly note: string;
  readonly prev_hash: Hash;
  readonly hash: Hash;
}

export type Trusted =
  | { readonly version: TableVersion }
  | { readonly frozen: readonly FreezePlace[] };

/** Everything by which requests to one host are decided, as edges are given it. */
export interface HostSnapshot {
  readonly manifest: Sealed;
  /** By the keys of the manifest; empty when it names none of the host's. */
  readonly parts: Readonly<Record<string, Sealed>>;
}

export interface ConfigObject extends GuardRails {
  /** The current document, references by name; `null` before the first version. */
  current(): Promise<{ document: unknown; version: TableVersion; etag: string } | null>;
  propose(proposal: Proposal): Promise<Result<Accepted, ProposeRefusal>>;
  /** Newest first. */
  versions(): Promise<readonly VersionSummary[]>;
  version(version: number): Promise<{ document: unknown; etag: string } | null>;
  restore(
    version: number,
    by: Omit<Proposal, "document">,
  ): Promise<Result<Accepted, ProposeRefusal | { readonly reason: "unknown-version" }>>;
  /** What a proposal would do. Only its document can be refused. */
  preview(proposal: Proposal): Promise<Result<Outlook, ProposeRefusal>>;
  /** Of the newest version; `null` before the first. `host` as `RequestFacts.host`. */
  snapshot(host: string): Promise<HostSnapshot | null>;
  /**
   * From the answered version on the manifest carries this public key of explain tickets. One that it has already costs
   * nothing, a new one a version with the same content, unless that is frozen. `null` before the first version.
   */
  trust(
    key: string,
    by: { readonly actor: string; readonly note: string },
  ): Promise<Trusted | null>;
  audit(after: number): Promise<readonly AuditRow[]>;
  /** Whom a preview asks, as the probers would be told; `null` before the first version. */
  previewTargets(question: PreviewQuestion): Promise<Result<PreviewPlan, PreviewRefusal> | null>;
  /** What a zone of the newest version is to publish; `null`: there is no such zone, or nobody keeps it in step. */
  intent(zone: string): Promise<Intent | null>;
  /** The zones of the newest version that are kept in step. */
  syncedZones(): Promise<readonly string[]>;
  /** Which regions confirmed which version, and what is still owed. */
  pushes(): Promise<Readonly<Record<string, { acked: TableVersion | null; failures: number }>>>;
  events(after: number, filter?: EventFilter): Promise<readonly Event[]>;
}
