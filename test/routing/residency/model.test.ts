import { describe, expect, test } from "vitest";
import { runModel } from "./model.ts";

const TABLES = 600;
/** `RESIDENCY_SEED=… npx vitest …` replays one. */
const SEED = Number(process.env["RESIDENCY_SEED"] ?? Math.floor(Date.now() % 1_000_000));

describe(`residency is never violated, ${TABLES} tables and histories from seed ${SEED}`, () => {
  const { offences, seen } = runModel({ tables: TABLES, seed: SEED });

  test("no candidate of any way is outside, and none is another than without those outside", () => {
    expect(offences).toEqual([]);
  });

  // Otherwise a generator that meets nothing would look like a law that holds.
  test.each([
    ...["decide", "mirror", "fail-open decide", "fail-open dispatch", "explain", "compared"],
    ...["fault", "some left out", "nobody left", "session outside"],
    ...["why sound", "why panic", "why last-resort", "why kept", "why probing", "why again"],
  ])("%s was among it", (what) => {
    expect(seen[what] ?? 0).toBeGreaterThan(20);
  });
});
