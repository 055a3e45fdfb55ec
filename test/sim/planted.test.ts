import { expect, test } from "vitest";
import { MIXES } from "./mixes.ts";
import { PLANTED } from "./planted.ts";
import { simulate } from "./simulate.ts";

/** A seed has several evictions, kills and versions. `node test/sim/find-planted.ts` finds the rare ones too, and says how many seeds each takes. */
const SEEDS_MAX = 12;

const FREQUENT = PLANTED.filter(({ isRare }) => isRare !== true);

test.each(FREQUENT)("found: $name", async ({ foundBy, parts, mix = MIXES.planet }) => {
  const said: string[] = [];
  for (let seed = 1; seed <= SEEDS_MAX; seed += 1) {
    const { violations } = await simulate({ seed, parts, mix });
    said.push(...violations.map((violation) => `seed ${seed}: ${violation}`));
    if (violations.some((violation) => foundBy.test(violation))) return;
  }
  expect.fail(`not found in ${SEEDS_MAX} seeds; said instead: ${said.join("; ") || "nothing"}`);
});
