import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bytesOfTxt,
  quotedTxt,
  readQuotedTxt,
  txtOf,
  txtOfBytes,
} from "../../../routing/dns/txt.ts";

const bytes = fc.uint8Array({ maxLength: 700 });

describe("a text of bytes", () => {
  test("is safe characters that say every byte", () => {
    const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const canonical = txtOfBytes(every);
    expect(canonical).toMatch(/^[ -~]*$/);
    expect(bytesOfTxt(canonical)).toEqual(every);
    for (const byte of every) {
      expect([byte, ...bytesOfTxt(txtOfBytes(Uint8Array.of(byte)))]).toEqual([byte, byte]);
    }
  });

  test("comes back from its canonical form, and from quotes", () => {
    fc.assert(
      fc.property(bytes, (some) => {
        const canonical = txtOfBytes(some);
        expect(bytesOfTxt(canonical)).toEqual(some);
        expect(readQuotedTxt(quotedTxt(canonical))).toEqual({ ok: true, value: canonical });
      }),
      { numRuns: 500 },
    );
  });

  test("is cut into strings of at most 255 bytes, at least one", () => {
    fc.assert(
      fc.property(bytes, (some) => {
        const strings = quotedTxt(txtOfBytes(some)).match(/"(?:[^"\\]|\\.)*"/g) ?? [];
        expect(strings.length).toBe(Math.max(1, Math.ceil(some.length / 255)));
        const lengths = strings.map((string) => {
          const read = readQuotedTxt(string);
          return read.ok ? bytesOfTxt(read.value).length : -1;
        });
        expect(Math.max(...lengths)).toBeLessThanOrEqual(255);
        expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(some.length);
      }),
    );
  });

  test("is UTF-8 where a person wrote it", () => {
    expect(txtOf('a "b" \\ é')).toBe('a "b" \\\\ \\195\\169');
    expect(quotedTxt(txtOf('a "b" \\ é'))).toBe('"a \\"b\\" \\\\ \\195\\169"');
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(
          new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
            bytesOfTxt(txtOf(text)),
          ),
        ).toBe(text);
      }),
    );
  });
});

describe("what others wrote", () => {
  test.each([
    ['"a" "b"', "ab"],
    ['"a b"', "a b"],
    ["a b", "ab"],
    ["a\tb", "ab"],
    ['""', ""],
    ["", ""],
    ['"a;b"', "a;b"],
    ['"\\097\\"\\\\\\;"', 'a"\\\\;'],
    ['"é"', "\\195\\169"],
    // Two units of UTF-16, one character of four bytes, quoted, bare and escaped.
    ['"😀"', "\\240\\159\\152\\128"],
    ["😀", "\\240\\159\\152\\128"],
    ["\\😀", "\\240\\159\\152\\128"],
    ['"\\1234"', "{4"],
    ['"\\12"', "12"],
  ])("%j is %j", (written, canonical) => {
    expect(readQuotedTxt(written)).toEqual({ ok: true, value: canonical });
  });

  test.each([
    ['"a', "has a quote that does not end"],
    ['a"', "has a quote that does not end"],
    ['"a\\', "ends in a backslash"],
    ["a\\", "ends in a backslash"],
    ['"\\256"', "has \\256, no byte"],
  ])("%j is refused, because it %s", (written, why) => {
    expect(readQuotedTxt(written)).toEqual({ ok: false, error: why });
  });

  test("is read or refused, whatever it is, and never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const read = readQuotedTxt(text);
        if (read.ok) expect(readQuotedTxt(quotedTxt(read.value))).toEqual(read);
      }),
      { numRuns: 1_000 },
    );
  });
});
