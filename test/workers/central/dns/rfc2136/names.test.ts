import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteReader, Malformed } from "../../../../../workers/central/dns/rfc2136/bytes.ts";
import { nameBytes, readName } from "../../../../../workers/central/dns/rfc2136/names.ts";

const read = (bytes: readonly number[], at = 0) =>
  readName(new ByteReader(Uint8Array.from(bytes), at));
const ascii = (text: string) => Array.from(text, (character) => character.charCodeAt(0));

/** Labels of any bytes, within what a name can have. */
const labels = fc
  .array(fc.uint8Array({ minLength: 1, maxLength: 63 }), { minLength: 1, maxLength: 6 })
  .filter((all) => all.reduce((sum, { length }) => sum + length + 1, 1) <= 255);

const wireOf = (all: readonly Uint8Array[]) => [
  ...all.flatMap((label) => [label.length, ...label]),
  0,
];

const lower = (byte: number) => (byte >= 65 && byte <= 90 ? byte + 32 : byte);

describe("names", () => {
  test("any name comes back from its text, in lower case", () => {
    fc.assert(
      fc.property(labels, (all) => {
        const text = read(wireOf(all));
        expect(nameBytes(text)).toEqual(wireOf(all.map((label) => label.map(lower))));
        expect(text).toMatch(/^[!-~]+$/);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["www.shop.test", [3, ...ascii("www"), 4, ...ascii("shop"), 4, ...ascii("test"), 0]],
    ["WWW.Test.", [3, ...ascii("www"), 4, ...ascii("test"), 0]],
    [".", [0]],
    ["*.test", [1, 42, 4, ...ascii("test"), 0]],
    ["a\\.b.test", [3, ...ascii("a.b"), 4, ...ascii("test"), 0]],
    ["a\\\\.", [2, ...ascii("a\\"), 0]],
    ["a\\032b", [3, ...ascii("a b"), 0]],
  ])("%s has its bytes", (text, bytes) => {
    expect(nameBytes(text)).toEqual(bytes);
  });

  test.each([
    ["", "has an empty label"],
    ["a..b", "has an empty label"],
    [".a", "has an empty label"],
    ["a b", "has a character that is no visible ASCII"],
    ["é.test", "has a character that is no visible ASCII"],
    ["a\\256", "has a backslash that escapes no byte"],
    ["a\\", "has a backslash that escapes no byte"],
    ["x".repeat(64), "has a label of more than 63 bytes"],
    [Array.from({ length: 128 }, () => "a").join("."), "has 257 bytes, and a name 255 at most"],
  ])("%s is no name", (text, why) => {
    expect(() => nameBytes(text)).toThrow(new Malformed(why));
  });

  test("pointers are followed backwards", () => {
    const bytes = [
      4,
      ...ascii("test"),
      0,
      4,
      ...ascii("shop"),
      0xc0,
      0,
      3,
      ...ascii("www"),
      0xc0,
      6,
    ];
    const reader = new ByteReader(Uint8Array.from(bytes), 13);
    expect(readName(reader)).toBe("www.shop.test");
    expect(reader.at).toBe(bytes.length);
  });

  test.each([
    ["to itself", [0xc0, 0], 0, "has a name whose pointer goes forward"],
    [
      "to the beginning of its own labels",
      [1, 97, 0xc0, 0],
      0,
      "has a name whose pointer goes forward",
    ],
    ["forwards", [0xc0, 2, 1, 97, 0], 0, "has a name whose pointer goes forward"],
    ["and two of them in a ring", [0xc0, 2, 0xc0, 0], 2, "has a name whose pointer goes forward"],
    ["past the end", [0xff, 0xff], 0, "has a name whose pointer goes forward"],
    ["cut in two", [0xc0], 0, "ends in the middle of a name"],
    ["of a kind that is none", [0x80, 0], 0, "has a label of an unknown kind"],
    ["and no end", [1, 97], 0, "ends in the middle of a name"],
    ["and a label past the end", [9, 97], 0, "ends in the middle of a name"],
  ])("a pointer %s is refused", (_title, bytes, at, why) => {
    expect(() => read(bytes, at)).toThrow(new Malformed(why));
  });

  test("a name that pointers make longer than 255 bytes is refused", () => {
    const label = [63, ...Array<number>(63).fill(97)];
    const bytes = [...label, 0, ...label, 0xc0, 0, ...label, 0xc0, 65, ...label, 0xc0, 131];
    expect(read(bytes, 131)).toHaveLength(63 * 3 + 2);
    expect(() => read(bytes, 197)).toThrow(new Malformed("has a name of more than 255 bytes"));
  });
});
