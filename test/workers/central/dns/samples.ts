/** Canonical values of each type, generated. */
import fc from "fast-check";
import type { RecordType } from "../../../../routing/dns/record.ts";
import { txtOfBytes } from "../../../../routing/dns/txt.ts";
import { canonicalValue } from "../../../../routing/dns/values.ts";
import { compressed } from "../../../../workers/central/dns/value.ts";

const label = fc.stringMatching(/^[a-z0-9_]{1,12}$/);
const name = fc
  .array(label, { minLength: 1, maxLength: 5 })
  // The last label is no number, or the name would be an address.
  .map((labels) => [...labels, "test"].join("."));
const short = fc.integer({ min: 0, max: 65_535 });
const text = fc.stringMatching(/^[ !#-[\]-~]{0,30}$/);
const parameters = fc
  .record(
    {
      alpn: fc.subarray(["h2", "h3", "http/1.1"], { minLength: 1 }).map((ids) => ids.join(",")),
      port: short.map(String),
      ipv4hint: fc.ipV4(),
      key65400: text.filter((value) => value !== ""),
    },
    { requiredKeys: [] },
  )
  .map((all) => Object.entries(all).map(([key, value]) => `${key}="${value}"`));
const service = fc
  .tuple(fc.integer({ min: 1, max: 65_535 }), fc.oneof(name, fc.constant(".")), parameters)
  .map(([priority, target, rest]) => [priority, target, ...rest].join(" "))
  .map((value) => {
    const canonical = canonicalValue("HTTPS", value);
    return canonical.ok ? canonical.value : value;
  });

export const VALUES: Readonly<Record<RecordType, fc.Arbitrary<string>>> = {
  A: fc.ipV4(),
  AAAA: fc.ipV6().map(compressed),
  CNAME: name,
  TXT: fc.uint8Array({ minLength: 1, maxLength: 400 }).map(txtOfBytes),
  MX: fc.tuple(short, name).map((parts) => parts.join(" ")),
  SRV: fc.tuple(short, short, short, name).map((parts) => parts.join(" ")),
  CAA: fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.constantFrom("issue", "issuewild", "iodef"), text)
    .map(([flags, tag, value]) => `${flags} ${tag} "${value}"`),
  HTTPS: service,
  SVCB: service,
};
