import { expect, test } from "vitest";
import { hash32, joined } from "../../../routing/steer/hash32.ts";

const N = 20_000;
/** Chi-squared with 63 degrees of freedom is below this in 99.99 % of fair spreads. */
const CHI_SQUARED_MAX = 112;

function chiSquared(hashes: readonly number[]): number {
  const buckets = new Array<number>(64).fill(0);
  for (const hash of hashes) {
    const bucket = hash % 64;
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  const fair = hashes.length / 64;
  return buckets.reduce((sum, count) => sum + (count - fair) ** 2 / fair, 0);
}

test("the same text has the same 32 bits, always", () => {
  expect(hash32("192.0.2.1")).toBe(hash32("192.0.2.1"));
  expect(hash32("")).toBeGreaterThanOrEqual(0);
  expect(hash32("x")).toBeLessThan(2 ** 32);
});

test("neighbouring addresses spread evenly", () => {
  const hashes = Array.from({ length: N }, (_, i) => hash32(`10.0.${i >> 8}.${i & 255}`));
  expect(new Set(hashes).size).toBeGreaterThan(N - 5);
  expect(chiSquared(hashes)).toBeLessThan(CHI_SQUARED_MAX);
});

test("joining with each of a few endpoints spreads evenly too, and order matters", () => {
  const endpoints = ["a", "b"].map(hash32);
  for (const endpoint of endpoints) {
    const hashes = Array.from({ length: N }, (_, i) => joined(hash32(`client ${i}`), endpoint));
    expect(chiSquared(hashes)).toBeLessThan(CHI_SQUARED_MAX);
  }
  expect(joined(1, 2)).not.toBe(joined(2, 1));
});
