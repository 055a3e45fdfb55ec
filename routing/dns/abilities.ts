/** What a provider can do, declared and not discovered: a plan degrades by a stated rule, or refuses, before anything is sent. */
import type { PolicyKind, RecordType } from "./record.ts";

export const PROVIDERS = [
  "route53",
  "powerdns",
  "rfc2136",
  "cloudflare",
  "google",
  "azure",
  "external_dns_webhook",
] as const;
export type ProviderKind = (typeof PROVIDERS)[number];

export interface Abilities {
  readonly types: readonly RecordType[];
  readonly policies: readonly PolicyKind[];
  /** The types that a policy can be of; absent = all that it has. */
  readonly policyTypes?: readonly RecordType[];
  /** It asks endpoints itself, so that answers move while we are down. */
  readonly checks: boolean;
  /** A check that connects to a name sends that name as the host, and no other. */
  readonly checksByOwnName?: true;
  /** A check of an IPv6 address is a connection and no more. */
  readonly checksIpv6ByTcp?: true;
  /** The most members of a set that have a check; absent = all may. */
  readonly checkedMembersMax?: number;
  /** `batch`: a batch happens whole or not at all. `set`: each record set by itself. */
  readonly atomic: "batch" | "set";
  /**
   * Who compares the stamp. `provider`: in the call that writes, so that no second writer fits between. `reader`: the stamp is read right
   * before the write, and what comes between the two is not seen until the next listing.
   */
  readonly fence: "provider" | "reader";
  /** It answers a CNAME at the apex of the zone as addresses. */
  readonly apexCname: boolean;
  /** A TXT holds printable ASCII only. */
  readonly asciiTxt?: true;
  /** Seconds. */
  readonly ttl: { readonly min: number; readonly max: number };
  /** Of one batch, the stamp not counted. */
  readonly batch: {
    readonly changesMax: number;
    /** Characters of all values. */
    readonly charactersMax: number;
    /** An update takes two of `changesMax` and twice its characters (Route 53's UPSERT). */
    readonly updateCountsTwice: boolean;
    /** Values of all sets, of an update's two sets the more; absent = a set counts as one, whatever it has. */
    readonly valuesMax?: number;
  };
  /** The most values that one set may have. */
  readonly valuesMax: number;
}

/** Whether the provider can be given a set of this type with this policy. */
export const canSay = (
  { policies, policyTypes }: Pick<Abilities, "policies" | "policyTypes">,
  policy: PolicyKind,
  type: RecordType,
): boolean => policies.includes(policy) && (policyTypes?.includes(type) ?? true);
