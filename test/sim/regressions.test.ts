import { expect, test } from "vitest";
import { MIXES, type Mix } from "./mixes.ts";
import { simulate } from "./simulate.ts";

/** Versions come so fast that one is still on its way to KV when ConfigStore's next instance brings out the one after it. */
const FAST_VERSIONS: Mix = {
  ...MIXES.planet,
  possible: [],
  certain: ["second instance", "KV slow", "operators race"],
  proposalEveryMs: 700,
};

test.each([64, 152, 182, 196, 212])(
  "seed %i: a superseded ConfigStore does not put its version over a newer one in KV",
  async (seed) => {
    const { violations, counts } = await simulate({ seed, mix: FAST_VERSIONS });
    expect(violations).toEqual([]);
    expect(counts["superseded"]).toBeGreaterThan(0);
  },
);

test("seed 100027: who has spent what was saved for retries owes a visitor one try, and the checkers know it", async () => {
  expect((await simulate({ seed: 100_027 })).violations).toEqual([]);
});

test.each([771, 2950])(
  "seed %i: a failure that waited for another's answer does not count after its endpoint was well again",
  async (seed) => {
    expect((await simulate({ seed })).violations).toEqual([]);
  },
);
