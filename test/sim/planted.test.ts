import { expect, test } from "vitest";
import { PLANTED } from "./planted.ts";
import { simulate } from "./simulate.ts";

/** A seed has several evictions, kills and versions: what needs more than these is as good as not found. */
const SEEDS_MAX = 12;

test.each(PLANTED)("found: $name", async ({ foundBy, parts }) => {
  const said: string[] = [];
  for (let seed = 1; seed <= SEEDS_MAX; seed += 1) {
    const { violations } = await simulate({ seed, parts });
    said.push(...violations.map((violation) => `seed ${seed}: ${violation}`));
    if (violations.some((violation) => foundBy.test(violation))) return;
  }
  expect.fail(`not found in ${SEEDS_MAX} seeds; said instead: ${said.join("; ") || "nothing"}`);
});
