/**
 * A record set as every provider's is told: one name, one type, canonical values.
 *
 * What a provider calls it, and how it quotes, pages and nests, stays in its file under `workers/central/dns/`. Two sets are the same
 * when `isSameSet` says so; nothing else compares records.
 */

/** What we publish. */
export const RECORD_TYPES = [
  "A",
  "AAAA",
  "CNAME",
  "TXT",
  "MX",
  "SRV",
  "CAA",
  "HTTPS",
  "SVCB",
] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

/**
 * Canonical values, by type; every name in lower case without the last dot:
 * A and AAAA an address as a URL writes it (AAAA compressed, RFC 5952, no brackets) · CNAME a name · TXT the text in the form of `txt.ts` ·
 * MX `10 mail.shop.test` · SRV `10 5 443 a.shop.test` · CAA `0 issue "ca.test"` · HTTPS and SVCB `1 . alpn="h2"`, a target `.` stays.
 */
export interface RecordSet {
  /** Lower case, no last dot; a wildcard begins with `*.`. */
  readonly name: string;
  /** Also one of `RECORD_TYPES`; a listing has others too, which nobody here ever writes. */
  readonly type: string;
  /** Seconds. */
  readonly ttl: number;
  /** Sorted, none twice. With a `policy` empty: the values are in it. */
  readonly values: readonly string[];
  /** How one of several answers is chosen; absent = all values are the answer. */
  readonly policy?: Policy;
}

/** The kinds that we publish; which of them a provider has is in its `Abilities`. */
export const POLICY_KINDS = ["failover", "weighted", "latency", "geo"] as const;
export type PolicyKind = (typeof POLICY_KINDS)[number];

export type Policy =
  /** `secondary` answers while the check of the primary fails. */
  | {
      readonly kind: "failover";
      readonly primary: Member;
      readonly secondary: Omit<Member, "check">;
    }
  /** Shares by `weight`, an integer of 0..255 (Route 53: "an integer between 0 and 255"). */
  | {
      readonly kind: "weighted";
      readonly members: readonly (Member & { readonly weight: number })[];
    }
  /** The nearest by the provider's measurements; `place` is a region of the provider's cloud, such as `eu-west-1`. */
  | { readonly kind: "latency"; readonly members: readonly (Member & Placed)[] }
  /** By where the visitor is; `place` is `*` (everywhere else), `continent/EU` or `country/DE`. One member is `*`. */
  | { readonly kind: "geo"; readonly members: readonly (Member & Placed)[] }
  /** Somebody else's, which this model cannot say: its text only tells whether it changed. Never written. */
  | { readonly kind: "opaque"; readonly text: string };

interface Placed {
  readonly place: string;
}

export interface Member {
  /** Names the member among its siblings: letters, digits and hyphens, at most 64. */
  readonly id: string;
  readonly values: readonly string[];
  /** While it fails, the member is left out. */
  readonly check?: Check;
}

/** What a provider with health checks of its own is asked to ask. */
export interface Check {
  readonly protocol: "http" | "https" | "tcp";
  /** A name or an address that the check connects to. */
  readonly target: string;
  /** The Host and SNI; absent = the target. */
  readonly host?: string;
  readonly port: number;
  /** With http and https. */
  readonly path?: string;
  /** Seconds between two asks of one checker: 10 or 30, as providers have them. */
  readonly interval: 10 | 30;
  /** Failures in a row until it counts as failed, 1..10. */
  readonly failures: number;
}

/** Identity of a set in its zone. */
export const setKey = ({ name, type }: Pick<RecordSet, "name" | "type">): string =>
  `${name} ${type}`;

export const isSameSet = (a: RecordSet, b: RecordSet): boolean => setText(a) === setText(b);

/**
 * One text per content, whatever the order in which members and fields were written. The ids of members are not content: what answers is the
 * same without, and not every provider has a place for them.
 */
export const setText = (set: RecordSet): string =>
  JSON.stringify([set.name, set.type, set.ttl, [...set.values].sort(), policyText(set.policy)]);

function policyText(policy: Policy | undefined): unknown {
  if (policy === undefined) return null;
  switch (policy.kind) {
    case "failover":
      return [policy.kind, memberText(policy.primary), memberText(policy.secondary)];
    case "opaque":
      return [policy.kind, policy.text];
    default:
      return [
        policy.kind,
        policy.members
          .map((member) =>
            JSON.stringify([
              memberText(member),
              "weight" in member ? member.weight : null,
              "place" in member ? member.place : null,
            ]),
          )
          .sort(),
      ];
  }
}

const memberText = ({ values, check }: Member): unknown => [
  [...values].sort(),
  check === undefined ? null : checkText(check),
];

/** One text per check: what two checks that are the same have in common. */
export const checkText = (check: Check): string =>
  JSON.stringify([
    check.protocol,
    check.target,
    check.host ?? check.target,
    check.port,
    check.path ?? "",
    check.interval,
    check.failures,
  ]);

/** Every value of the set, those of its policy too. */
export const valuesOf = (set: Pick<RecordSet, "values" | "policy">): readonly string[] => [
  ...new Set(writtenValuesOf(set)),
];

/** The same as it is written: each member has its own, and two may have the same. */
export function writtenValuesOf({
  values,
  policy,
}: Pick<RecordSet, "values" | "policy">): readonly string[] {
  if (policy === undefined || policy.kind === "opaque") return values;
  const members = policy.kind === "failover" ? [policy.primary, policy.secondary] : policy.members;
  return members.flatMap((member) => member.values);
}

/** Every check of the set. */
export function checksOf({ policy }: RecordSet): readonly Check[] {
  if (policy === undefined || policy.kind === "opaque") return [];
  const members: readonly Member[] = policy.kind === "failover" ? [policy.primary] : policy.members;
  return members.flatMap(({ check }) => (check === undefined ? [] : [check]));
}
