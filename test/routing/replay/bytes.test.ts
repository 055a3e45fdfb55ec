import { expect, test } from "vitest";
import { ByteReader, ByteWriter } from "../../../routing/replay/bytes.ts";

const WHOLES = [0, 1, 127, 128, 300, 2 ** 31, 2 ** 32 + 7, Number.MAX_SAFE_INTEGER];
const SIGNED = [0, -1, 1, -64, 63, 64, -(2 ** 40), 2 ** 51];
const DOUBLES = [0, -0, 0.1, Number.NaN, Number.POSITIVE_INFINITY, Number.MIN_VALUE];
const BITS = [true, false, false, true, true, false, true, false, true];

test("what was written is read", () => {
  const to = new ByteWriter();
  to.byte(255);
  for (const value of WHOLES) to.whole(value);
  for (const value of SIGNED) to.signed(value);
  for (const value of DOUBLES) to.double(value);
  to.text("Zürich ☂");
  to.bits(BITS);
  to.packed(WHOLES);
  to.packed([0, 0]);
  expect(to.bytes.length).toBe(to.length);
  const from = new ByteReader(to.bytes);
  expect(from.byte()).toBe(255);
  expect(WHOLES.map(() => from.whole())).toEqual(WHOLES);
  expect(SIGNED.map(() => from.signed())).toEqual(SIGNED);
  expect(DOUBLES.map(() => from.double())).toEqual(DOUBLES);
  expect(from.text()).toBe("Zürich ☂");
  expect(from.bits(BITS.length)).toEqual(BITS);
  expect(from.packed(WHOLES.length)).toEqual(WHOLES);
  expect([from.isOver, from.packed(2), from.isOver]).toEqual([false, [0, 0], true]);
});

test.each([
  ["a byte", (from: ByteReader) => from.byte(), []],
  ["a double", (from: ByteReader) => from.double(), [1, 2, 3]],
  ["a text", (from: ByteReader) => from.text(), [9, 65]],
  ["bits", (from: ByteReader) => from.bits(9), [255]],
  ["a number without an end", (from: ByteReader) => from.whole(), new Array(12).fill(255)],
])("%s beyond the end is refused", (_name, read, bytes) => {
  expect(() => read(new ByteReader(Uint8Array.from(bytes)))).toThrow(RangeError);
});
