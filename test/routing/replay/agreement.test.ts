/** 2,000 decisions by chance; `node test/routing/replay/agreement.ts` is the same with more. */
import { expect, test } from "vitest";
import { agreement } from "./agreement.ts";

const COUNT = 2_000;

test("every record, written and read, leads to the same answer, byte for byte, and to no other look", () => {
  const { sizes, whole, tooLarge, ...found } = agreement(COUNT, 1, 30);
  expect(found).toEqual({
    decisions: COUNT,
    agreed: COUNT - tooLarge,
    same: COUNT,
    violations: 0,
    unread: 0,
    wrong: [],
  });
  // Thirty endpoints with their measured times and their loads, all of them read; the record says that it is none.
  expect(tooLarge).toBeLessThanOrEqual(COUNT / 500);
  expect(sizes.at(-1)).toBeLessThanOrEqual(1_024);
  expect(whole).toBeGreaterThan(COUNT / 2);
});
