/** Canonical values of each type, generated. */
import fc from "fast-check";
import type { RecordType } from "../../../../routing/dns/record.ts";
import { txtOfBytes } from "../../../../routing/dns/txt.ts";
import { compressed } from "../../../../workers/central/dns/value.ts";

const label = fc.stringMatching(/^[a-z0-9_]{1,12}$/);
const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join("."));
const short = fc.integer({ min: 0, max: 65_535 });
const text = fc.stringMatching(/^[ -~]{0,30}$/).map((raw) => raw.replace(/["\\]/g, "\\$&"));
const parameters = fc
  .array(fc.tuple(fc.stringMatching(/^[a-z0-9-]{1,8}$/), fc.option(text)), { maxLength: 4 })
  .map((pairs) =>
    pairs.map(([key, value]) => (value === null ? key : `${key}="${value}"`)).join(" "),
  );
const service = fc
  .tuple(short, fc.oneof(name, fc.constant(".")), parameters)
  .map((parts) => parts.join(" ").trim());

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
