import { expect, test } from "vitest";
import { fuzz } from "./fuzz.ts";

const COUNT = 5_000;
/** `FUZZ_SEED=… npx vitest …` replays one. */
const SEED = Number(process.env["FUZZ_SEED"] ?? Math.floor(Date.now() % 1_000_000));

test(`${COUNT} expressions by chance neither throw nor contradict themselves, seed ${SEED}`, () => {
  const { accepted, refused, positive } = fuzz(COUNT, SEED);
  // Otherwise only the refusals, or only the trivial answers, were tried.
  expect(accepted).toBeGreaterThan(COUNT / 10);
  expect(refused).toBeGreaterThan(COUNT / 10);
  expect(positive).toBeGreaterThan(COUNT / 20);
});
