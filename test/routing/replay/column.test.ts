import { expect, test } from "vitest";
import { ByteReader, ByteWriter } from "../../../routing/replay/bytes.ts";
import { readColumn, writeColumn } from "../../../routing/replay/column.ts";
import { type Leaf, OBJECT } from "../../../routing/replay/reads.ts";
import { NOW } from "../steer/world.ts";

const PLACES = { nowMs: NOW, endpoints: [], pools: [] };
const thirty = (leaf: (at: number) => Leaf) => Array.from({ length: 30 }, (_, at) => leaf(at));

function again(leaves: readonly Leaf[]) {
  const to = new ByteWriter();
  writeColumn("x", leaves, PLACES, to);
  const from = new ByteReader(to.bytes);
  const read = readColumn(from, leaves.length, PLACES);
  return { read, bytes: to.length, isOver: from.isOver };
}

test.each<[string, readonly Leaf[], number]>([
  ["equal ones once", thirty(() => 12.5), 5],
  ["of two values a bit each", thirty((at) => at % 3 === 0), 9],
  ["of three texts two bits each", thirty((at) => ["a", "b", "c"][at % 3]), 20],
  ["rounded times short", thirty((at) => at + 0.1), 112],
  ["measured times with all their digits", thirty((at) => at + 1 / 3), 241],
  ["times of the last minute in two bytes", thirty((at) => NOW - 2_000 * at), 62],
  ["small numbers in five bits", thirty((at) => at), 21],
  ["what has nothing in common", [0.5, "a", undefined, OBJECT, null, -7, NOW], 14],
  ["zeros of both signs", [0, -0, 0, -0], 21],
  ["no number at all", [Number.NaN, 1, Number.NaN], 14],
])("%s", (_name, leaves, bytes) => {
  expect(again(leaves)).toEqual({ read: leaves, bytes, isOver: true });
});

test("bytes of nobody's writing are refused", () => {
  expect(() => readColumn(new ByteReader(Uint8Array.from([9])), 3, PLACES)).toThrow(RangeError);
});
