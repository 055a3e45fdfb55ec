/** `npm run proof:bad-days`, one fault and short: it asserts counts and never times. */
import { expect, test } from "vitest";
import { DAYS } from "../load/bad-days/days.ts";
import { runDay } from "../load/bad-days/run-day.ts";
import { reasons } from "../load/summary.ts";

test("a pool becomes a black hole and comes back: its colos are answered by others, the edge tells each try, no POST runs twice", async () => {
  const day = DAYS.find(({ name }) => name === "black-hole");
  if (day === undefined) throw new Error("there is no black hole");
  const { figures, records } = await runDay(day, {
    ratePerSecond: 20,
    times: { startMs: 4_000, durationMs: 8_000, totalMs: 20_000 },
    seed: 1,
    opened: () => {},
  });
  const untilFault = records.filter(({ planned }) => planned.dueMs < 3_000);
  expect(reasons(untilFault)).toEqual([]);
  // Every answered request shows where its tries went: at this rate each has a ticket.
  expect(records.filter(({ ok, tried }) => ok && tried === null)).toEqual([]);
  const late = records.filter(({ planned }) => planned.dueMs > 10_000 && planned.dueMs < 12_000);
  expect(late.filter(({ ok, pool }) => ok && pool === "europe")).toEqual([]);
  expect(late.filter(({ ok }) => ok).length).toBeGreaterThan(0);
  expect(figures.postsTwice).toBe(0);
  expect(figures.takenOut.join("\n")).toContain("europe/europe-0");
});
