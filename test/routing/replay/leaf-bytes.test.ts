import { describe, expect, test } from "vitest";
import { ByteReader, ByteWriter } from "../../../routing/replay/bytes.ts";
import {
  isNear,
  type Places,
  placeIn,
  readLeaf,
  writeLeaf,
} from "../../../routing/replay/leaf-bytes.ts";
import { type Leaf, OBJECT } from "../../../routing/replay/reads.ts";
import { hash32 } from "../../../routing/steer/hash32.ts";
import { NOW } from "../steer/world.ts";

const PLACES: Places = { nowMs: NOW, endpoints: ["e0", "e1"], pools: ["p0"] };

function again(leaf: Leaf, path = "x", places = PLACES) {
  const to = new ByteWriter();
  writeLeaf(path, leaf, places, to);
  return { leaf: readLeaf(new ByteReader(to.bytes), places), bytes: to.length };
}

describe("a leaf", () => {
  test.each<[Leaf, number]>([
    [undefined, 1],
    [null, 1],
    [true, 1],
    [false, 1],
    [OBJECT, 1],
    [0, 1],
    [199, 1],
    [200, 3],
    [-5, 2],
    [-0, 9],
    [12.5, 4],
    [-0.125, 3],
    [12.50001, 9],
    [1 / 3, 9],
    [Number.NaN, 9],
    [Number.NEGATIVE_INFINITY, 9],
    [NOW - 5_000, 3],
    [NOW + 90_000, 4],
    ["", 2],
    ["FRA", 5],
    ["e1", 2],
    ["p0", 2],
  ])("%s takes few bytes and comes back as it was", (leaf, bytes) => {
    expect(again(leaf)).toEqual({ leaf, bytes });
  });

  test("a time is exact by a clock that is broken too", () => {
    for (const nowMs of [Number.NaN, 0, -3, 1.5, Number.MAX_VALUE]) {
      for (const leaf of [NOW, -NOW, 1e300]) {
        expect(again(leaf, "x", { ...PLACES, nowMs }).leaf).toBe(leaf);
      }
    }
  });
});

test("of the key of a client only the hash is written", () => {
  const { leaf } = again("192.0.2.1", "asker.clientKey");
  expect(leaf).not.toBe("192.0.2.1");
  expect(hash32(String(leaf))).toBe(hash32("192.0.2.1"));
  expect(again("cookie value", "hold.key").leaf).not.toBe("cookie value");
  expect(again("", "hold.key").leaf).toBe("");
});

test("what is no plain data cannot be written", () => {
  expect(() => again((() => 1) as unknown as Leaf)).toThrow("plain data");
});

test("bytes of nobody's writing are refused", () => {
  for (const bytes of [[255], [], [210, 9]]) {
    expect(() => readLeaf(new ByteReader(Uint8Array.from(bytes)), PLACES)).toThrow(RangeError);
  }
});

test("a place beyond the shard is refused, and a time near 0 is not near now", () => {
  expect(() => placeIn(["a"], 1)).toThrow("no place 1");
  expect([isNear(NOW - 1, NOW), isNear(5, NOW), isNear(5, Number.NaN)]).toEqual([
    true,
    false,
    false,
  ]);
});
