/**
 * Endpoints of external-dns's webhook protocol as sets and back.
 *
 * Source: https://kubernetes-sigs.github.io/external-dns/latest/docs/tutorials/webhook-provider/ and the type `endpoint.Endpoint` that it serialises.
 */
import { z } from "zod";
import { type RecordSet, type RecordType, setKey } from "../../../../routing/dns/record.ts";
import { quotedTxt, readQuotedTxt, txtOf } from "../../../../routing/dns/txt.ts";
import { canonicalValue } from "../../../../routing/dns/values.ts";
import { invariant } from "../../../../routing/result.ts";
import { bareName, listedValue } from "../value.ts";

/** Every field may be left out, as Go leaves out what is empty; fields that we do not know are kept and sent back. */
export const listedEndpoint = z.looseObject({
  dnsName: z.string().default(""),
  recordType: z.string().default(""),
  targets: z.array(z.string()).nullish(),
  setIdentifier: z.string().nullish(),
  /** Seconds; 0 = not configured. */
  recordTTL: z.number().nullish(),
});
export type ListedEndpoint = z.output<typeof listedEndpoint>;

/** A set with the endpoints that it is made of. */
export interface ListedSet {
  readonly set: RecordSet;
  readonly endpoints: readonly ListedEndpoint[];
}

/** All sets, by `setKey`. */
export function setsOf(endpoints: readonly ListedEndpoint[]): ReadonlyMap<string, ListedSet> {
  const groups = new Map<string, ListedEndpoint[]>();
  for (const endpoint of endpoints) {
    if (endpoint.recordType === "SOA") continue;
    const key = setKey({ name: bareName(endpoint.dnsName), type: endpoint.recordType });
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [endpoint]);
    else group.push(endpoint);
  }
  return new Map([...groups].map(([key, group]) => [key, { set: setOf(group), endpoints: group }]));
}

function setOf(group: readonly ListedEndpoint[]): RecordSet {
  const [first] = group;
  invariant(first !== undefined, "a group of endpoints has one");
  const type = first.recordType;
  const targets = group.flatMap((endpoint) => endpoint.targets ?? []);
  const common = {
    name: bareName(first.dnsName),
    type,
    ttl: Math.min(...group.map(({ recordTTL }) => recordTTL ?? 0)),
  };
  if (!group.some(isSaidElsewhere)) {
    return {
      ...common,
      values: [...new Set(targets.map((one) => valueOfTarget(type, one)))].sort(),
    };
  }
  const text = JSON.stringify(group.map((endpoint) => JSON.stringify(endpoint)).sort());
  return { ...common, values: [], policy: { kind: "opaque", text } };
}

/** One of several answers (`setIdentifier`), or an alias: an address record that names something else. */
const isSaidElsewhere = ({ setIdentifier, recordType, targets }: ListedEndpoint): boolean =>
  (setIdentifier ?? "") !== "" ||
  (isAddressType(recordType) && (targets ?? []).some((one) => !canonicalValue(recordType, one).ok));

const isAddressType = (type: string): type is "A" | "AAAA" => type === "A" || type === "AAAA";

/** Canonical where the type is one of ours, else as the server writes it. */
export const valueOfTarget = (type: string, target: string): string =>
  listedValue(type, type === "TXT" ? txtText(target) : target);

/** external-dns quotes what it writes and takes both; without quotes the target is the text. */
function txtText(target: string): string {
  const read = /^".*"$/s.test(target) ? readQuotedTxt(target) : null;
  return read?.ok ? read.value : txtOf(target);
}

function targetOf(type: RecordType, value: string): string {
  if (type === "TXT") return quotedTxt(value);
  // "Target host does not end with a dot" is an error of external-dns's own check, of SRV alone.
  return type === "SRV" && !value.endsWith(".") ? `${value}.` : value;
}

/** The set as an endpoint; what the endpoints before it have beside our fields stays. `set` has passed `whyNotSent`. */
export function endpointOf(set: RecordSet, before: readonly ListedEndpoint[] = []): ListedEndpoint {
  const type = set.type as RecordType;
  return {
    ...before[0],
    dnsName: set.name,
    recordType: type,
    targets: set.values.map((value) => targetOf(type, value)),
    recordTTL: set.ttl,
  };
}

/** Several endpoints of one set as the one that they would be. */
export function joined(endpoints: readonly ListedEndpoint[]): ListedEndpoint {
  const [first] = endpoints;
  invariant(first !== undefined, "a listed set has an endpoint");
  if (endpoints.length === 1) return first;
  return { ...first, targets: [...new Set(endpoints.flatMap(({ targets }) => targets ?? []))] };
}
