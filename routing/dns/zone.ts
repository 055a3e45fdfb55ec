/** What an operator says of a zone that is kept in step: whose servers, what is published there, and how far we may go by ourselves. */
import type { ProviderKind } from "./abilities.ts";
import type { RecordType } from "./record.ts";

/** `observe` reads and tells, `propose` waits for an operator with every plan, `apply` waits only with what a guard stopped. */
export const SYNC_MODES = ["observe", "propose", "apply"] as const;
export type SyncMode = (typeof SYNC_MODES)[number];

/**
 * Where a load balancer's hostname leads: to its available endpoints, to the edge, or to the edge as long as it answers and else to the
 * endpoints.
 */
export const PUBLISH_MODES = ["direct", "edge", "edge_with_fallback"] as const;
export type PublishMode = (typeof PUBLISH_MODES)[number];

/** What is done when somebody changed a set of ours: write it again, or tell and leave it until an operator applies. */
export const DRIFT_RULES = ["repair", "respect"] as const;
export type DriftRule = (typeof DRIFT_RULES)[number];

/** A record set that is published as it is written here. */
export interface StaticRecord {
  /** Of the zone, canonical as in `record.ts`. */
  readonly name: string;
  readonly type: RecordType;
  readonly ttl: number;
  /** Canonical. */
  readonly values: readonly string[];
}

/** Where the secret is: in a variable of the script, whose name begins with `TW_CRED_`, or sealed in the zone's ledger under an id. */
export type CredentialsRef = { readonly env: string } | { readonly sealed: string };

export interface ZoneSync {
  readonly provider: ProviderKind;
  /** Which zone of the DNS it is, canonical. The document's key may be another: one zone at three providers has three entries. */
  readonly domain: string;
  /** A URL, with rfc2136 `host:port`; absent = the vendor's own. */
  readonly endpoint?: string;
  /** Has passed `SETTINGS[provider]`. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credentials?: CredentialsRef;
  /** By hostname; absent = every load balancer of the zone as `edge_with_fallback`. */
  readonly publish?: Readonly<Record<string, PublishMode>>;
  readonly mode: SyncMode;
  /** Seconds between two looks. */
  readonly interval: number;
  /** What the edge is called from outside; needed by every mode but `direct`. */
  readonly edge?: {
    readonly name: string;
    readonly addresses: readonly string[];
    /**
     * What we ask where the provider does not; absent = `https://{name}/.tw/healthz`. Where it leads to the name or an address of the edge, the provider's
     * checks have its protocol, port and path too.
     */
    readonly health_url?: string;
  };
  /** Our mark in the zone: lower-case letters, digits and hyphens. Two installations that share a zone have two. */
  readonly owner: string;
  readonly records: readonly StaticRecord[];
  readonly drift: DriftRule;
  /** Names whose existing record sets become ours. */
  readonly takeover: readonly string[];
  /** Endpoints given as an address get a stable name in this zone. */
  readonly endpoint_names: boolean;
  /** For this long an endpoint or the edge must be healthy until answers go back to it. */
  readonly failback_hold_seconds: number;
  readonly limits: {
    /** Shares of our sets that a plan may change, and delete, without an operator; counts from 10 sets on. */
    readonly update_ratio: number;
    readonly delete_ratio: number;
    /** Complete listings in a row in which a set was not wanted, until it is deleted. */
    readonly absent_listings: number;
  };
}
