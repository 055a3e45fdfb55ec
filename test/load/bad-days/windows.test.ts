import { expect, test } from "vitest";
import { recordsOf } from "./records.ts";
import { colosMoved, failovers, firstWindow, homesOf, lastingWindow } from "./windows.ts";

const homeOf = (colo: string) => (colo === "FRA" ? "europe" : "america");
const calm = recordsOf(10_000, 10, homeOf, () => ({}));

test("a colo is a pool's when that answered most of its requests", () => {
  expect([...homesOf(calm, "europe")]).toEqual(["FRA"]);
  expect([...homesOf(calm, "asia")]).toEqual([]);
});

test("a colo has moved when another pool answers most of it, and not by a few answers", () => {
  const shared = (every: number) =>
    recordsOf(10_000, 10, homeOf, (dueMs, colo) =>
      colo === "FRA" && (dueMs / 20) % every === 0 ? { pool: "asia" } : {},
    );
  expect(colosMoved(calm, shared(1))).toBe(1);
  expect(colosMoved(calm, shared(3))).toBe(0);
  expect(colosMoved(calm, calm)).toBe(0);
});

test.each([
  ["a square wave", [1, 1, 0, 0, 1, 1, 0, 0, 1], 2],
  ["a ramp that trembles", [1, 0.4, 0.6, 0.4, 0.6, 1], 0],
  ["a pool that comes back to little and goes again", [1, 0, 0.3, 0, 0.3, 0], 1],
  ["windows without an answer", [1, Number.NaN, 0, Number.NaN, 1], 1],
])("failovers are counted from in rotation to out of it: %s", (_, shares, count) => {
  expect(
    failovers(
      shares.map((share) => share * 0.4),
      0.4,
    ),
  ).toBe(count);
});

test("the first window is the first, and the lasting one has no other after it", () => {
  const good = (window: readonly { ok: boolean }[]) => window.every(({ ok }) => ok);
  const records = recordsOf(20_000, 10, homeOf, (dueMs) => ({
    ok: dueMs >= 2_000 && (dueMs < 8_000 || dueMs >= 9_000),
  }));
  expect(firstWindow(records, 0, 20_000, good)).toBe(2_000);
  expect(lastingWindow(records, 0, 20_000, good)).toBe(9_000);
  expect(firstWindow(records, 8_000, 9_000, good)).toBeNull();
  expect(lastingWindow(records, 0, 9_000, good)).toBeNull();
});
