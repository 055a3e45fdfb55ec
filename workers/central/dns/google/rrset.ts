/**
 * A record set as Cloud DNS has it: names with their last dot, data as in a zone file (RFC 1035, section 5), and routing policies.
 *
 * Source: cloud.google.com/dns/docs/reference/rest/v1/resourceRecordSets.
 */
import { z } from "zod";
import {
  type Policy,
  RECORD_TYPES,
  type RecordSet,
  type RecordType,
} from "../../../../routing/dns/record.ts";
import { quotedTxt, readQuotedTxt } from "../../../../routing/dns/txt.ts";
import { canonicalValue } from "../../../../routing/dns/values.ts";
import { bareName } from "../value.ts";

export const rrsetSchema = z.object({
  name: z.string(),
  type: z.string(),
  ttl: z.number().default(0),
  rrdatas: z.array(z.string()).default([]),
  routingPolicy: z.record(z.string(), z.unknown()).optional(),
});
export type Rrset = z.output<typeof rrsetSchema>;

const dotted = (name: string): string => (name === "." ? name : `${name}.`);
/** The word of a value that is a name, by type: the last one, or the second one of HTTPS and SVCB. */
function withName(type: string, value: string, spell: (name: string) => string): string {
  const at = type === "HTTPS" || type === "SVCB" ? /(?<=^\S+\s+)\S+/ : /\S+$/;
  return value.replace(at, spell);
}

const NAMED = ["CNAME", "MX", "SRV", "HTTPS", "SVCB", "NS", "PTR", "ALIAS"];

/** A canonical value as `rrdata`. */
export function rrdataOf(type: string, value: string): string {
  if (type === "TXT") return quotedTxt(value);
  return NAMED.includes(type) ? withName(type, value, dotted) : value;
}

/** What it says, canonical; what has no canonical form is told as it is, but for the dots and the case of names. */
export function canonicalOf(type: string, rrdata: string): string {
  if (type === "TXT" || type === "SPF") {
    const read = readQuotedTxt(rrdata);
    return read.ok ? read.value : rrdata;
  }
  const read = isPublished(type) ? canonicalValue(type, rrdata) : null;
  if (read?.ok) return read.value;
  return NAMED.includes(type) ? withName(type, rrdata, bareName) : rrdata;
}

const isPublished = (type: string): type is RecordType =>
  RECORD_TYPES.some((each) => each === type);

export function rrsetOf({ name, type, ttl, values, policy }: RecordSet): Rrset {
  const rrdatas = (texts: readonly string[]) => texts.map((text) => rrdataOf(type, text));
  if (policy?.kind !== "weighted") {
    return { name: dotted(name), type, ttl, rrdatas: rrdatas(values) };
  }
  const items = policy.members.map((member) => ({
    weight: member.weight,
    rrdatas: rrdatas(member.values),
  }));
  return { name: dotted(name), type, ttl, rrdatas: [], routingPolicy: { wrr: { items } } };
}

export function setOf({ name, type, ttl, rrdatas, routingPolicy }: Rrset): RecordSet {
  const values = (texts: readonly string[]) => [
    ...new Set(texts.map((text) => canonicalOf(type, text)).sort()),
  ];
  return {
    name: bareName(name),
    type,
    ttl,
    values: values(rrdatas),
    ...(routingPolicy === undefined
      ? {}
      : { policy: weightedOf(routingPolicy, values) ?? opaqueOf(routingPolicy) }),
  };
}

/** With anything else in it, such as health checks of the Compute API, it is not one that we write. */
const wrrSchema = z.strictObject({
  kind: z.string().optional(),
  wrr: z.strictObject({
    kind: z.string().optional(),
    items: z
      .array(
        z.strictObject({
          kind: z.string().optional(),
          weight: z.number().int().min(0).max(255),
          rrdatas: z.array(z.string()).min(1),
          /** DNSSEC's, made by Google. */
          signatureRrdatas: z.array(z.string()).optional(),
        }),
      )
      .min(1),
  }),
});

function weightedOf(
  routingPolicy: unknown,
  values: (texts: readonly string[]) => string[],
): Policy | null {
  const read = wrrSchema.safeParse(routingPolicy);
  if (!read.success) return null;
  const members = read.data.wrr.items.map(({ weight, rrdatas }, at) => ({
    // Items have no names: their place stands for one.
    id: `${at + 1}`,
    weight,
    values: values(rrdatas),
  }));
  return { kind: "weighted", members };
}

const opaqueOf = (routingPolicy: unknown): Policy => ({
  kind: "opaque",
  text: JSON.stringify(routingPolicy),
});
