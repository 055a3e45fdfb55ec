import { expect, test } from "vitest";
import { runShare } from "../batch.ts";
import { missing } from "../coverage.ts";
import { PLANTED_DNS } from "./planted.ts";
import { DNS_MUST_HAPPEN, simulateDns } from "./simulate.ts";

const SEEDS = 40;
/** What needs more than these is as good as not found. */
const PLANTED_SEEDS_MAX = 120;

test("one seed is one timeline", async () => {
  const [first, again] = [await simulateDns({ seed: 5 }), await simulateDns({ seed: 5 })];
  expect(again.digest).toBe(first.digest);
});

test(`${SEEDS} seeds of three syncers: no version goes back, no name is emptied, nothing foreign is touched, and all of it is in step two periods after the last fault`, async () => {
  const share = { scenario: "dns", first: 1, end: 1 + SEEDS, stride: 1 } as const;
  const { failed, counts } = await runShare(share);
  expect(failed.map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
  expect(missing(counts, DNS_MUST_HAPPEN)).toEqual([]);
});

test.each(PLANTED_DNS)("found: $name", async ({ foundBy, plant }) => {
  const said: string[] = [];
  for (let seed = 1; seed <= PLANTED_SEEDS_MAX; seed += 1) {
    const { violations } = await simulateDns({ seed, ...plant });
    said.push(...violations);
    if (violations.some((violation) => foundBy.test(violation))) return;
  }
  expect.fail(
    `not found in ${PLANTED_SEEDS_MAX} seeds; said instead: ${said.join("; ") || "nothing"}`,
  );
});
