/** Canonical values of every type that we write, and values that are none. */
import fc from "fast-check";
import type { RecordType } from "../../../../../routing/dns/record.ts";
import { txtOfBytes } from "../../../../../routing/dns/txt.ts";
import { ip4Text, ip6Text } from "../../../../../workers/central/dns/rfc2136/addresses.ts";
import { quotedString } from "../../../../../workers/central/dns/rfc2136/strings.ts";

const label = fc.stringMatching(/^[a-z0-9_]([a-z0-9-]{0,20}[a-z0-9])?$/);
export const name = fc
  .array(label, { minLength: 1, maxLength: 5 })
  .map((labels) => labels.join("."));
const target = fc.oneof({ weight: 1, arbitrary: fc.constant(".") }, { weight: 9, arbitrary: name });
const u16 = fc.integer({ min: 0, max: 65_535 });
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

const ip4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map(ip4Text);
const ip6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(ip6Text);
const some = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: 1, maxLength: 3 });
const escaped = (text: string) => text.replaceAll(/[\\,]/g, "\\$&");
const asString = (text: string) =>
  quotedString(Uint8Array.from(text, (character) => character.charCodeAt(0)));

/** In the order of the wire. */
const params = fc
  .tuple(
    fc.option(some(fc.uint8Array({ minLength: 1, maxLength: 12 }))),
    fc.boolean(),
    fc.option(u16),
    fc.option(some(ip4)),
    fc.option(fc.uint8Array({ minLength: 1, maxLength: 30 })),
    fc.option(some(ip6)),
    fc.option(fc.uint8Array({ minLength: 1, maxLength: 30 })),
  )
  .map(([alpn, noDefault, port, hint4, ech, hint6, unknown]) => {
    const ids = alpn?.map((id) => escaped(String.fromCharCode(...id))).join(",");
    return [
      ids === undefined ? "" : `alpn=${asString(ids)}`,
      noDefault ? "no-default-alpn" : "",
      port === null ? "" : `port="${port}"`,
      hint4 === null ? "" : `ipv4hint="${hint4.join(",")}"`,
      ech === null ? "" : `ech="${btoa(String.fromCharCode(...ech))}"`,
      hint6 === null ? "" : `ipv6hint="${hint6.join(",")}"`,
      unknown === null ? "" : `key999=${quotedString(unknown)}`,
    ].filter((param) => param !== "");
  });
const service = fc
  .tuple(u16, target, params)
  .map(([priority, to, list]) => [priority, to, ...list].join(" "));

export const values: Readonly<Record<RecordType, fc.Arbitrary<string>>> = {
  A: ip4,
  AAAA: ip6,
  CNAME: name,
  TXT: bytes(700).map(txtOfBytes),
  MX: fc.tuple(u16, target).map((fields) => fields.join(" ")),
  SRV: fc.tuple(u16, u16, u16, target).map((fields) => fields.join(" ")),
  CAA: fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.stringMatching(/^[a-z0-9]{1,15}$/), bytes(80))
    .map(([flags, tag, value]) => `${flags} ${tag} ${quotedString(value)}`),
  HTTPS: service,
  SVCB: service,
};

const badName = fc.oneof(
  fc.constantFrom("", "a..b", ".a", "a b", "-\u00e9", "a\\999", "x".repeat(64), "a.\n"),
  fc.stringMatching(/^[a-z]{64,80}$/),
  fc.array(fc.constant("abcdefghij"), { minLength: 30, maxLength: 40 }).map((all) => all.join(".")),
);
const badNumber = fc.oneof(
  fc.constantFrom("-1", "1.5", "x", "0x10", "99999999999"),
  fc.integer({ min: 65_536, max: 999_999 }).map(String),
);

export const badNames = badName;

/** None of them can be read as its type. A TXT has no malformed value but one that stands for no byte. */
export const badValues: Readonly<Record<RecordType, fc.Arbitrary<string>>> = {
  A: fc.oneof(
    ip6,
    name.map((text) => `x${text}`),
    fc
      .constantFrom("", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "0x7f.1.1.1")
      .filter((text) => text !== "1.2.3.4 "),
  ),
  AAAA: fc.oneof(
    ip4,
    fc.constantFrom("", ":::", "1::2::3", "12345::", "fe80::1%eth0", "[::1]", "::1/64", "g::"),
  ),
  CNAME: badName,
  TXT: fc.integer({ min: 256, max: 999 }).map((code) => `text \\${code}`),
  MX: fc.oneof(
    fc.tuple(badNumber, name).map((fields) => fields.join(" ")),
    fc.tuple(u16, badName).map((fields) => fields.join(" ")),
    name,
  ),
  SRV: fc.oneof(
    fc.tuple(u16, badNumber, u16, name).map((fields) => fields.join(" ")),
    fc.tuple(u16, u16, name).map((fields) => fields.join(" ")),
    fc.tuple(u16, u16, u16, name, name).map((fields) => fields.join(" ")),
  ),
  CAA: fc.constantFrom(
    "",
    "0",
    '0 issue-it "a"',
    '256 issue "a"',
    '0 issue "a',
    `0 ${"x".repeat(256)} "a"`,
  ),
  HTTPS: fc.oneof(
    fc.tuple(badNumber, name).map((fields) => fields.join(" ")),
    fc
      .constantFrom(
        'port="65536"',
        'port="x"',
        "port",
        'nobody="1"',
        'key65535="1"',
        'alpn=""',
        'alpn="h2" alpn="h3"',
        'no-default-alpn="1"',
        'ipv4hint="::1"',
        'ipv6hint="1.2.3.4"',
        'ech="?"',
        'mandatory="nobody"',
        'alpn="h2',
        "alpn=h2 =",
      )
      .map((param) => `1 . ${param}`),
  ),
  SVCB: fc.constantFrom("", "1", "x .", '1 . alpn="\\999"', "1 a..b"),
};
