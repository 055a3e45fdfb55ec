import { expect, test } from "vitest";
import { ByteReader, ByteWriter } from "../../../routing/replay/bytes.ts";
import { readPath, writePath } from "../../../routing/replay/paths.ts";

const POOLS = ["a".repeat(32), "b".repeat(32)];

test.each([
  ["load.pending", 1],
  ["shared.atMs", 1],
  ["a.signal.of.a.newer.release", 29],
  [`spills.${"b".repeat(32)}.asked`, 17],
])("%s takes %i bytes and comes back", (path, bytes) => {
  const to = new ByteWriter();
  writePath(path, POOLS, to);
  expect([readPath(new ByteReader(to.bytes), POOLS), to.length]).toEqual([path, bytes]);
});

test("the place of a path that only a newer release knows is refused", () => {
  expect(() => readPath(new ByteReader(Uint8Array.from([120])), POOLS)).toThrow("newer release");
});

/** Records outlive a release, so places never change: this list only ever grows. */
test("places are as they were released", () => {
  const released = ["triesMax", "preferred", "hold", "hold.key"];
  const places = released.map((path) => {
    const to = new ByteWriter();
    writePath(path, POOLS, to);
    return to.bytes[0];
  });
  expect(places).toEqual([1, 2, 3, 4]);
});
