import { expect, test } from "vitest";
import { detect, FAULTS } from "./detect.ts";

test("every fault is found, the same each time, and nobody who lives is called dead", async () => {
  const asked = {
    endpoints: 60,
    pace: { interval: 5, timeout: 2, retries: 0 },
    repeats: 3,
    atOnce: 0,
    seed: 7,
  };
  const found = await detect({ ...asked, holes: 10 });
  expect(found.objects).toBe(4);
  expect(found.wrong).toBe(0);
  for (const fault of FAULTS) {
    expect(found.detectedMs[fault].length).toBe(3);
    // Two failed probes: one interval at least, and with the jitter, a timeout each and a place in line not three.
    for (const ms of found.detectedMs[fault]) {
      expect(ms).toBeGreaterThan(4_000);
      expect(ms).toBeLessThan(17_000);
    }
  }
  expect(await detect({ ...asked, holes: 10 })).toEqual(found);
});
