import { describe, expect, test } from "vitest";
import { estimateOf, UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { measured, NOW } from "./world.ts";

const STALE_MS = 60_001;
const shared = (ms: number, ageMs = 0) => ({ ms, atMs: NOW - ageMs });

describe("the estimate of time to first byte", () => {
  test("is unknown when nobody has measured", () => {
    expect(estimateOf(UNKNOWN, NOW)).toBeNull();
  });

  test("is the region's when this isolate has none, however old", () => {
    expect(estimateOf({ ...UNKNOWN, shared: shared(70, STALE_MS) }, NOW)?.ms).toBe(70);
  });

  test("is this isolate's own while that is fresh, even when the region's is younger", () => {
    const known = { ...UNKNOWN, ...measured(20, 0, 60_000), shared: shared(70) };
    expect(estimateOf(known, NOW)?.ms).toBe(20);
  });

  test("is the region's when the own is stale and the region's younger", () => {
    const known = { ...UNKNOWN, ...measured(20, 0, STALE_MS), shared: shared(70) };
    expect(estimateOf(known, NOW)?.ms).toBe(70);
  });

  test("is the own one when both are stale and the own is younger, or the only one", () => {
    const own = { ...UNKNOWN, ...measured(20, 0, STALE_MS) };
    expect(estimateOf({ ...own, shared: shared(70, STALE_MS + 1) }, NOW)?.ms).toBe(20);
    expect(estimateOf(own, NOW)?.ms).toBe(20);
  });
});
