import { expect, test } from "vitest";
import { keyWithHash } from "../../../routing/replay/stand-in.ts";
import { seededRng } from "../../../routing/rng.ts";
import { hash32 } from "../../../routing/steer/hash32.ts";

test("every hash has a stand-in, which is neither empty nor the text itself", () => {
  const rng = seededRng(7);
  const hashes = [0, 1, 2 ** 31, 2 ** 32 - 1, hash32("192.0.2.1"), hash32("")];
  for (let count = 0; count < 500; count += 1) hashes.push(Math.floor(rng() * 2 ** 32));
  const wrong = hashes.filter((hash) => {
    const key = keyWithHash(hash);
    return hash32(key) !== hash || key.length !== 3;
  });
  expect(wrong).toEqual([]);
});
