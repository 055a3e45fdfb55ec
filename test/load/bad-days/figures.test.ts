import { describe, expect, test } from "vitest";
import { type Counted, figuresOf } from "./figures.ts";
import { type Became, recordsOf, tries } from "./records.ts";

const MOMENTS = { faultMs: 10_000, endMs: 30_000, endedMs: 30_000, totalMs: 50_000 };
const COUNTED: Counted = { tries: 5_000, postsTwice: 0, dnsWrites: null, takenOut: [], kept: null };
const ABOUT = {
  day: "kill",
  pool: "europe",
  leaves: { pool: "europe", endpoint: null } as const,
  isDark: false,
  mistaken: null,
};
const homeOf = (colo: string) => (colo === "FRA" ? "europe" : "america");
const LOST: Became = { ok: false, status: 502, pool: null, tried: null, reason: "status 502" };
const AWAY: Became = { pool: "america", tried: tries("america") };
const RETRIED: Became = { pool: "america", tried: tries("europe", "america") };

const figures = (
  became: (dueMs: number, colo: string) => Became,
  about = {},
  counted = {},
  moments = {},
) =>
  figuresOf(
    { ...ABOUT, ...about },
    recordsOf(50_000, 10, homeOf, became),
    { ...MOMENTS, ...moments },
    { ...COUNTED, ...counted },
  );
const isDown = (dueMs: number) => dueMs >= 10_000 && dueMs < 30_000;

describe("a move", () => {
  test("is over when a window begins in which nobody of the pool's colos tries it", () => {
    const moved = (dueMs: number, colo: string): Became => {
      if (colo !== "FRA" || !isDown(dueMs)) return {};
      return dueMs < 11_500 ? RETRIED : AWAY;
    };
    const { movedMs, strayRatio, colosMoved, lost } = figures(moved);
    // One of a hundred may still try it: the window may begin that much earlier.
    expect(movedMs).toBeGreaterThanOrEqual(1_400);
    expect(movedMs).toBeLessThanOrEqual(1_500);
    expect(strayRatio).toBeLessThanOrEqual(0.01);
    expect([colosMoved, lost]).toEqual([1, 0]);
  });

  test("is never while retries hide that every request still tries the pool", () => {
    const stuck = figures((dueMs, colo) => (colo === "FRA" && isDown(dueMs) ? RETRIED : {}));
    expect([stuck.movedMs, stuck.strayRatio, stuck.lost]).toEqual([null, 1, 0]);
  });

  test("a request that failed without a word counts as one that tried", () => {
    expect(
      figures((dueMs, colo) => (colo === "FRA" && isDown(dueMs) ? LOST : {})).movedMs,
    ).toBeNull();
  });

  test("of one endpoint is judged by what that endpoint had", () => {
    const shared = (dueMs: number, colo: string): Became => {
      if (colo !== "FRA") return {};
      const isFirst = (dueMs / 20) % 2 === 0 && (!isDown(dueMs) || dueMs < 12_000);
      return { tried: [{ pool: "europe", endpoint: isFirst ? "europe-0" : "europe-1" }] };
    };
    const moved = figures(shared, { leaves: { pool: "europe", endpoint: "europe-0" } });
    expect(moved.movedMs).toBeGreaterThan(1_800);
    expect(moved.movedMs).toBeLessThanOrEqual(2_000);
    expect(moved.backMs).toBe(0);
    // The pool itself was never left.
    expect(figures(shared).movedMs).toBeNull();
  });

  test("is not asked of a day on which nobody has to move", () => {
    const calm = figures(() => ({}), { leaves: null });
    expect([calm.movedMs, calm.backMs, calm.strayRatio]).toEqual([undefined, undefined, undefined]);
  });

  test("is back when the pool has four fifths of its share again", () => {
    const back = figures((dueMs, colo) =>
      colo === "FRA" && dueMs >= 10_000 && dueMs < 34_000 ? AWAY : {},
    );
    expect(back.backMs).toBeGreaterThan(3_000);
    expect(back.backMs).toBeLessThanOrEqual(4_000);
    expect(
      figures((dueMs, colo) => (colo === "FRA" && dueMs >= 10_000 ? AWAY : {})).backMs,
    ).toBeNull();
  });
});

describe("what users saw", () => {
  test("a failed POST is an error and not a lost idempotent request", () => {
    const { lost, failedPosts, posts502, errorRatio } = figures((dueMs) =>
      dueMs === 10_000
        ? { ...LOST, kind: "post" }
        : dueMs === 10_010
          ? { ...LOST, status: null }
          : {},
    );
    expect([lost, failedPosts, posts502]).toEqual([1, 1, 1]);
    expect(errorRatio).toBeCloseTo(2 / 5_000, 9);
  });

  test("slow is a good answer after more than a second", () => {
    const { slowRatio } = figures((dueMs) => (dueMs < 500 ? { tookMs: 1_001 } : { tookMs: 1_000 }));
    expect(slowRatio).toBeCloseTo(50 / 5_000, 9);
  });

  test("goodput is back when it stays, not when one window was good", () => {
    const bad = (dueMs: number) =>
      (dueMs >= 10_000 && dueMs < 32_000) || (dueMs >= 36_000 && dueMs < 38_000);
    const { goodputBackMs } = figures((dueMs) => (bad(dueMs) ? LOST : {}));
    expect(goodputBackMs).toBeGreaterThan(7_000);
    expect(goodputBackMs).toBeLessThanOrEqual(8_000);
    expect(figures((dueMs) => (dueMs >= 10_000 ? LOST : {})).goodputBackMs).toBeNull();
  });

  test("what was due or under way while nothing listened is told apart", () => {
    const dark = figures(
      (dueMs) => (dueMs === 5_000 || (dueMs >= 9_995 && dueMs < 12_000) ? LOST : {}),
      { isDark: true, leaves: null },
      { kept: "old" },
      { endMs: 11_000, endedMs: 12_000 },
    );
    expect([dark.lost, dark.lostWhileUp, dark.darkMs, dark.kept]).toEqual([201, 1, 2_000, "old"]);
  });
});

test("a mistake is restored when its pool answers no more than before", () => {
  const { restoredMs } = figures(
    (dueMs) => (dueMs >= 10_000 && dueMs < 30_700 ? { pool: "asia", tried: tries("asia") } : {}),
    { mistaken: "asia", leaves: null },
  );
  expect(restoredMs).toBeGreaterThanOrEqual(600);
  expect(restoredMs).toBeLessThanOrEqual(700);
});

test("tries per request and writes are what was counted", () => {
  const dnsWrites = [
    { atMs: 4_000, changes: 2 },
    { atMs: 30_000, changes: 1 },
  ];
  const found = figures(() => ({}), {}, { tries: 5_500, dnsWrites });
  expect([found.amplification, found.dnsWrites, found.dnsFirstMs]).toEqual([1.1, 3, 4_000]);
});
