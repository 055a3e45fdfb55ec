import { expect, test } from "vitest";
import { ejections } from "./false-ejections.ts";
import { move } from "./simulate.ts";

test("99 of 100 requests leave a dead endpoint that nobody probes within 2 s of its death", async () => {
  for (let seed = 1; seed <= 5; seed += 1) {
    const setting = { seed, isolates: 100, rps: 500, endpoints: 12, fault: "fails" } as const;
    const { ejectedMs, movedMs } = await move(setting);
    expect(ejectedMs, `seed ${seed}`).toBeLessThan(movedMs);
    expect(movedMs, `seed ${seed}`).toBeLessThan(2_000);
  }
});

test("of pools whose endpoints all fail one request in a hundred fewer than one in a hundred leaves anybody out in minutes", () => {
  const wrong: number[] = [];
  for (let seed = 1; seed <= 100; seed += 1) {
    const quiet = { seed, endpoints: 12, rps: 80, seconds: 60, errorRatio: 0.01 };
    if (ejections(quiet) > 0) wrong.push(seed);
  }
  expect(wrong.length, `seeds ${wrong}`).toBeLessThan(2);
});
