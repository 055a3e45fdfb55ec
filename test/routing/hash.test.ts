import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hashOf } from "../../routing/hash.ts";

test("the published vector of FIPS 180-4 holds", () => {
  expect(hashOf("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("any text hashes as it does elsewhere", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(hashOf(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
    }),
  );
});
