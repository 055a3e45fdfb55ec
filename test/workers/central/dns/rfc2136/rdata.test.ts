import { decode as decodePacket, encode as encodePacket, type Packet } from "dns-packet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { txtOfBytes } from "../../../../../routing/dns/txt.ts";
import { readMessage } from "../../../../../workers/central/dns/rfc2136/message.ts";
import {
  canonicalText,
  rdataOf,
  textOf,
} from "../../../../../workers/central/dns/rfc2136/rdata.ts";
import { typeNumber } from "../../../../../workers/central/dns/rfc2136/types.ts";
import { SAMPLES } from "../contract.ts";
import { badValues, values } from "./arbitraries.ts";

const bytesOf = (type: string, value: string): Uint8Array => {
  const read = rdataOf(type, value);
  if (!read.ok) throw new Error(`${type} ${value} ${read.error}`);
  return read.value;
};
const number = (type: string) => typeNumber(type) ?? 0;

describe("what records say", () => {
  test.each(Object.entries(values))("any %s comes back from its bytes", (type, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (value) => {
        expect(textOf(number(type), bytesOf(type, value))).toBe(value);
      }),
      { numRuns: 300 },
    );
  });

  test.each(Object.entries(badValues))(
    "a malformed %s is refused with a reason",
    (type, arbitrary) => {
      fc.assert(
        fc.property(arbitrary, (value) => {
          const read = rdataOf(type, value);
          expect(read).toMatchObject({ ok: false });
          expect(read.ok ? "" : read.error).toMatch(/^(?:has|is|lacks|ends) /);
        }),
        { numRuns: 300 },
      );
    },
  );

  test.each(Object.entries(SAMPLES).filter(([type]) => type !== "HTTPS" && type !== "SVCB"))(
    "another library reads our %s, and we read what it wrote",
    (type, sets) => {
      for (const value of sets.flatMap((set) => set.values)) {
        const rdata = bytesOf(type, value);
        const header = [0, 1, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        const record = [0, number(type) >> 8, number(type) & 255, 0, 1, 0, 0, 0, 60];
        const message = [...header, ...record, rdata.length >> 8, rdata.length & 255, ...rdata];
        const packet = decodePacket(Buffer.from(message));
        const again = encodePacket({ type: "response", answers: packet.answers } as Packet);
        const read = readMessage(again);
        const [answer] = read.ok ? read.value.answers : [];
        expect(answer && textOf(number(type), answer.rdata)).toBe(value);
      }
    },
  );

  test.each([
    ["A", "192.0.2.1", [192, 0, 2, 1]],
    ["MX", "10 a.test", [0, 10, 1, 97, 4, 116, 101, 115, 116, 0]],
    ["TXT", "", [0]],
    ["CAA", '0 issue "a"', [0, 5, 105, 115, 115, 117, 101, 97]],
    // RFC 9460, appendix D: the figures of its test vectors.
    [
      "SVCB",
      "0 foo.example.com",
      [0, 0, 3, 102, 111, 111, 7, ..."example"]
        .map((c) => (typeof c === "string" ? c.charCodeAt(0) : c))
        .concat([3, 99, 111, 109, 0]),
    ],
    ["SVCB", "1 .", [0, 1, 0]],
    ["SVCB", '16 . port="53"', [0, 16, 0, 0, 3, 0, 2, 0, 53]],
    ["SVCB", '1 . key667="hello"', [0, 1, 0, 0x02, 0x9b, 0, 5, 0x68, 0x65, 0x6c, 0x6c, 0x6f]],
    [
      "SVCB",
      '1 . key667="hello\\210qoo"',
      [0, 1, 0, 2, 0x9b, 0, 9, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0xd2, 0x71, 0x6f, 0x6f],
    ],
    [
      "SVCB",
      '16 . mandatory="alpn,ipv4hint" alpn="h2,h3-19" ipv4hint="192.0.2.1"',
      [
        0, 16, 0, 0, 0, 0, 4, 0, 1, 0, 4, 0, 1, 0, 9, 2, 0x68, 0x32, 5, 0x68, 0x33, 0x2d, 0x31,
        0x39, 0, 4, 0, 4, 192, 0, 2, 1,
      ],
    ],
    [
      "SVCB",
      '16 . alpn="f\\\\\\\\oo\\\\,bar,h2"',
      [0, 16, 0, 0, 1, 0, 12, 8, 0x66, 0x5c, 0x6f, 0x6f, 0x2c, 0x62, 0x61, 0x72, 2, 0x68, 0x32],
    ],
  ])("%s %s has its bytes", (type, value, bytes) => {
    expect([...bytesOf(type, value)]).toEqual(bytes);
    expect(textOf(number(type), Uint8Array.from(bytes as number[]))).toBe(value);
  });

  test.each([
    ["AAAA", "2001:DB8:0:0::1", "2001:db8::1"],
    ["AAAA", "::ffff:192.0.2.1", "::ffff:c000:201"],
    ["MX", "10 Mail.Shop.Test.", "10 mail.shop.test"],
    ["CNAME", "A.test.", "a.test"],
    ["CAA", "0 Issue ca.test", '0 issue "ca.test"'],
    ["HTTPS", "1 . port=443 alpn=h2,h3", '1 . alpn="h2,h3" port="443"'],
    ["HTTPS", "1 svc.test. no-default-alpn alpn=h3", '1 svc.test alpn="h3" no-default-alpn'],
    ["NS", "NS1.Test.", "ns1.test"],
    // What cannot be read is seen as it is.
    ["A", "nonsense", "nonsense"],
    ["HTTPS", "1 . port=x", "1 . port=x"],
    ["LOC", "52 N", "52 N"],
  ])("%s %s is canonical as %s", (type, value, canonical) => {
    expect(canonicalText(type, value)).toBe(canonical);
  });

  test("strings of a TXT are one text, however they were cut", () => {
    const rdata = Uint8Array.from([2, 0x61, 0x22, 0, 1, 0xff]);
    expect(textOf(number("TXT"), rdata)).toBe(txtOfBytes(Uint8Array.from([0x61, 0x22, 0xff])));
  });

  test("bytes that are no such record, and types that nobody knows, are told in hex", () => {
    expect(textOf(number("A"), Uint8Array.from([1, 2, 3]))).toBe("\\# 3 010203");
    expect(textOf(number("TXT"), new Uint8Array())).toBe("\\# 0");
    expect(textOf(number("CAA"), Uint8Array.from([0, 2, 0x2d, 0x2d]))).toBe("\\# 4 00022d2d");
    expect(textOf(65_400, Uint8Array.from([255]))).toBe("\\# 1 ff");
  });

  test("any bytes as any type have a text, and what can be read of it again is the same", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(values), "NS", "LOC"),
        fc.uint8Array({ maxLength: 40 }),
        (type, rdata) => {
          const text = textOf(number(type), rdata);
          const read = rdataOf(type, text);
          // Hex in a TXT would be read as a text.
          if (read.ok && !text.startsWith("\\#"))
            expect(textOf(number(type), read.value)).toBe(text);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
