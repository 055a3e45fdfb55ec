/**
 * A record set as Azure DNS has it: a relative name, and a list of objects per type, API version 2018-05-01.
 *
 * Source: Azure/azure-rest-api-specs, dns/resource-manager/Microsoft.Network/stable/2018-05-01/dns.json; learn.microsoft.com/azure/dns/dns-zones-records.
 */
import { z } from "zod";
import type { RecordSet, RecordType } from "../../../../routing/dns/record.ts";
import { bytesOfTxt, txtOf } from "../../../../routing/dns/txt.ts";
import { ok, type Result, refuse } from "../../../../routing/result.ts";
import { bareName, caaText, compressed, readCaa, readMx, readSrv } from "../value.ts";

export const recordsetSchema = z.object({
  /** Relative; `@` is the apex. */
  name: z.string(),
  /** `Microsoft.Network/dnszones/A`. */
  type: z.string(),
  etag: z.string(),
  properties: z.record(z.string(), z.unknown()),
});
export type Recordset = z.output<typeof recordsetSchema>;

export const typeOf = ({ type }: Pick<Recordset, "type">): string =>
  type.slice(type.lastIndexOf("/") + 1);

export const relativeName = (name: string, zone: string): string =>
  name === zone ? "@" : name.slice(0, -zone.length - 1);

const name = z.string().transform(bareName);
const number = z.number().int();

/** The canonical values of a set, by type. */
const READ: Readonly<Record<string, z.ZodType<readonly string[]>>> = {
  A: z
    .object({ ARecords: z.array(z.object({ ipv4Address: z.string() })) })
    .transform(({ ARecords }) => ARecords.map(({ ipv4Address }) => ipv4Address)),
  AAAA: z
    .object({ AAAARecords: z.array(z.object({ ipv6Address: z.string() })) })
    .transform(({ AAAARecords }) => AAAARecords.map(({ ipv6Address }) => compressed(ipv6Address))),
  CNAME: z
    .object({ CNAMERecord: z.object({ cname: name }) })
    .transform(({ CNAMERecord }) => [CNAMERecord.cname]),
  TXT: z
    .object({ TXTRecords: z.array(z.object({ value: z.array(z.string()) })) })
    .transform(({ TXTRecords }) => TXTRecords.map(({ value }) => txtOf(value.join("")))),
  MX: z
    .object({ MXRecords: z.array(z.object({ preference: number, exchange: name })) })
    .transform(({ MXRecords }) => MXRecords.map((mx) => `${mx.preference} ${mx.exchange}`)),
  SRV: z
    .object({
      SRVRecords: z.array(
        z.object({ priority: number, weight: number, port: number, target: name }),
      ),
    })
    .transform(({ SRVRecords }) =>
      SRVRecords.map((srv) => `${srv.priority} ${srv.weight} ${srv.port} ${srv.target}`),
    ),
  CAA: z
    .object({
      caaRecords: z.array(z.object({ flags: number, tag: z.string(), value: z.string() })),
    })
    .transform(({ caaRecords }) =>
      caaRecords.map(({ flags, tag, value }) => caaText({ flags, tag, value })),
    ),
  NS: z
    .object({ NSRecords: z.array(z.object({ nsdname: name })) })
    .transform(({ NSRecords }) => NSRecords.map(({ nsdname }) => nsdname)),
  PTR: z
    .object({ PTRRecords: z.array(z.object({ ptrdname: name })) })
    .transform(({ PTRRecords }) => PTRRecords.map(({ ptrdname }) => ptrdname)),
};

/** An alias record set answers with the addresses of an Azure resource. */
const aliasSchema = z.object({ targetResource: z.object({ id: z.string().min(1) }) });

/** A set that this model cannot say, an alias or one of another type, is opaque and stays visible. */
export function setOf(recordset: Recordset, zone: string): RecordSet {
  const { properties } = recordset;
  const type = typeOf(recordset);
  const relative = recordset.name.toLowerCase();
  const ttl = z.number().safeParse(properties["TTL"]);
  const values = READ[type]?.safeParse(properties);
  const alias = aliasSchema.safeParse(properties);
  const isSaid = values?.success === true && !alias.success;
  const opaque = alias.success ? alias.data.targetResource.id : JSON.stringify(properties);
  return {
    name: relative === "@" ? zone : `${relative}.${zone}`,
    type,
    ttl: ttl.success ? ttl.data : 0,
    values: [...new Set(values?.data ?? [])].sort(),
    ...(isSaid ? {} : { policy: { kind: "opaque", text: opaque } }),
  };
}

/** "Azure DNS supports a total string length of up to 4,096 characters in each TXT record set (across all records combined)." */
export const TXT_CHARACTERS_MAX = 4_096;

const WRITE: Readonly<Partial<Record<RecordType, (values: readonly string[]) => object>>> = {
  A: (values) => ({ ARecords: values.map((ipv4Address) => ({ ipv4Address })) }),
  AAAA: (values) => ({ AAAARecords: values.map((ipv6Address) => ({ ipv6Address })) }),
  CNAME: ([cname]) => ({ CNAMERecord: { cname } }),
  // "[...] multiple strings, each of which can be up to 255 characters in length [...] you need to specify each TXT string separately."
  TXT: (values) => ({
    TXTRecords: values.map((value) => ({
      value: plainText(value).match(/.{1,255}/g) ?? [],
    })),
  }),
  MX: (values) => ({
    MXRecords: values.map(readMx).map((mx) => ({ preference: mx?.priority, exchange: mx?.target })),
  }),
  SRV: (values) => ({ SRVRecords: values.map(readSrv) }),
  CAA: (values) => ({
    caaRecords: values.map(readCaa),
  }),
};

/** Only of printable ASCII. */
const plainText = (canonical: string): string =>
  Array.from(bytesOfTxt(canonical), (byte) => String.fromCharCode(byte)).join("");

/** The properties of a set that is well formed. Refusal: why Azure would not take it, as the second half of a sentence. */
export function propertiesOf(set: RecordSet): Result<object, string> {
  const write = WRITE[set.type as RecordType];
  if (write === undefined) return refuse("is of a type that Azure DNS does not have");
  const flaw = set.type === "TXT" ? flawOfTxt(set.values) : flawOf(set);
  return flaw === null ? ok({ TTL: set.ttl, ...write(set.values) }) : refuse(flaw);
}

/** "Tag: an ASCII string that can be one of the following". */
const CAA_TAGS = ["issue", "issuewild", "iodef"];

function flawOf({ type, values }: RecordSet): string | null {
  if (type === "CNAME" && values.length > 1) return "has more than one value";
  // Of MX seen by DNSControl's provider for Azure, as is the empty text below (providers/azuredns/auditrecords.go).
  if (values.some((value) => value.endsWith(" ."))) {
    return "leads to the root, which Azure DNS does not take";
  }
  const caas = type === "CAA" ? values.map(readCaa) : [];
  if (caas.some((caa) => !CAA_TAGS.includes(caa?.tag ?? ""))) {
    return `has a tag that Azure DNS does not take: it takes ${CAA_TAGS.join(", ")}`;
  }
  return caas.some((caa) => caa?.value === "") ? "has an empty value" : null;
}

/** A string is JSON text and stands for itself; how a byte that is no printable ASCII would be written is documented nowhere. */
function flawOfTxt(values: readonly string[]): string | null {
  const texts = values.map(plainText);
  if (texts.some((text) => text === "")) return "has an empty text, which Azure DNS does not take";
  if (texts.some((text) => !/^[ -~]*$/.test(text))) {
    return "has a byte that is not printable ASCII, and Azure DNS has no way to write one";
  }
  const characters = texts.join("").length;
  return characters > TXT_CHARACTERS_MAX
    ? `has ${characters} characters, and Azure DNS takes ${TXT_CHARACTERS_MAX} in a record set`
    : null;
}
