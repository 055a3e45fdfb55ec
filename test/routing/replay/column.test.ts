import { expect, test } from "vitest";
import { ByteReader } from "../../../routing/replay/bytes.ts";
import { columnOf, readColumn } from "../../../routing/replay/column.ts";
import { type Leaf, OBJECT } from "../../../routing/replay/reads.ts";
import { NOW } from "../steer/world.ts";

const PLACES = { nowMs: NOW, endpoints: [], pools: [] };
const thirty = (leaf: (at: number) => Leaf) => Array.from({ length: 30 }, (_, at) => leaf(at));

function again(leaves: readonly Leaf[]) {
  const { mode, values } = columnOf("x", leaves, PLACES);
  const from = new ByteReader(values.bytes);
  const read = readColumn(mode, from, leaves.length, PLACES);
  return { read, bytes: values.length, isOver: from.isOver };
}

test.each<[string, readonly Leaf[], number]>([
  ["equal ones once", thirty(() => 12.5), 4],
  ["of two values a bit each", thirty((at) => at % 3 === 0), 8],
  ["of three texts two bits each", thirty((at) => ["a", "b", "c"][at % 3]), 19],
  ["rounded times short", thirty((at) => at + 0.1), 111],
  ["measured times with all their digits", thirty((at) => at + 1 / 3), 240],
  ["times of the last minute in two bytes", thirty((at) => NOW - 2_000 * at), 61],
  ["small numbers in five bits", thirty((at) => at), 20],
  ["what has nothing in common", [0.5, "a", undefined, OBJECT, null, -7, NOW], 13],
  ["zeros of both signs", [0, -0, 0, -0], 20],
  ["no number at all", [Number.NaN, 1, Number.NaN], 13],
])("%s", (_name, leaves, bytes) => {
  expect(again(leaves)).toEqual({ read: leaves, bytes, isOver: true });
});

test("bytes of nobody's writing are refused", () => {
  expect(() => readColumn(9, new ByteReader(new Uint8Array()), 3, PLACES)).toThrow(RangeError);
});
