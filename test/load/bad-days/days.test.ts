import { expect, test } from "vitest";
import { parseCommand } from "../../../local/faults.ts";
import { DAYS, timesOf } from "./days.ts";

const named = (name: string) => {
  const day = DAYS.find((one) => one.name === name);
  if (day === undefined) throw new Error(`no day ${name}`);
  return day;
};

test("all days with their booting and warming up are over in twenty minutes", () => {
  /** Seen on a quiet machine of two cores: opening, 13 s of warming up, closing. */
  const AROUND_MS = 21_000;
  const totals = DAYS.map((day) => timesOf(day, null).totalMs + AROUND_MS);
  expect(totals.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(20 * 60_000);
});

test("every day begins with its fault, goes on in order, and is over before its end", () => {
  for (const day of DAYS) {
    const { durationMs } = timesOf(day, null);
    const times = day.steps(durationMs).map(({ atMs }) => atMs);
    expect(times[0]).toBe(0);
    expect(times.toSorted((a, b) => a - b)).toEqual(times);
    expect(times.every((atMs) => atMs < durationMs)).toBe(true);
  }
});

test("the flap is a square wave of 43 s that begins down, and ends up", () => {
  const steps = named("flap").steps(129_000);
  expect(steps.map(({ atMs, act }) => [atMs / 1_000, act.do])).toEqual([
    [0, "kill"],
    [21.5, "bring-back"],
    [43, "kill"],
    [64.5, "bring-back"],
    [86, "kill"],
    [107.5, "bring-back"],
  ]);
});

test("every fault of the planet is one that the planet knows", () => {
  const faults = DAYS.flatMap((day) => [
    ...day.steps(60_000).map(({ act }) => act),
    day.end,
  ]).flatMap((act) => (act.do === "fault" ? [act.words] : []));
  expect(faults.length).toBeGreaterThan(3);
  for (const words of faults) expect(parseCommand(words).ok, words.join(" ")).toBe(true);
});

test("a day of so many seconds has a fault of so many, and is calm no longer than that", () => {
  expect(timesOf(named("objects"), 3)).toEqual({
    startMs: 3_000,
    durationMs: 3_000,
    totalMs: 9_000,
  });
  expect(timesOf(named("objects"), null)).toEqual({
    startMs: 8_000,
    durationMs: 300_000,
    totalMs: 318_000,
  });
});
