import { expect, test } from "vitest";
import { DAYS } from "../../load/bad-days/days.ts";
import { SERVING } from "../tail/behaviour.ts";
import { mayLoseNothing } from "../tail/scenarios.ts";
import { comparedIn, seenBy } from "./report.ts";
import { BROKEN, badDays } from "./scenarios.ts";

test("every bad day of the peers is one of the planet's, by the same name", () => {
  const names = DAYS.map(({ name }) => name);
  expect(badDays(null).filter(({ name }) => !names.includes(name))).toEqual([]);
});

test("the servers that are left can carry the load, so that who loses a request has no excuse", () => {
  for (const day of badDays(null).filter(({ name }) => ["kill", "black-hole"].includes(name))) {
    expect(mayLoseNothing(day), day.name).toBe(true);
  }
});

test("what breaks breaks together, and all but the flap end well", () => {
  for (const { name, seconds, steps } of badDays(null)) {
    expect(steps.every(({ atMs }) => atMs < 1_000 * seconds)).toBe(true);
    const last = new Map(steps.map(({ server, behaviour }) => [server, behaviour]));
    if (name !== "flap") expect([...last.values()].every((one) => one === SERVING)).toBe(true);
  }
});

test("the flap is up and down for 21.5 s each", () => {
  const flap = badDays(null).find(({ name }) => name === "flap");
  const own = flap?.steps.filter(({ server }) => server === BROKEN[0]) ?? [];
  expect(own.map(({ atMs, behaviour }) => [atMs / 1_000, behaviour.do])).toEqual([
    [21.5, "killed"],
    [43, "serve"],
    [64.5, "killed"],
  ]);
});

const sample = { dueMs: 0, ms: 20, ok: true, idempotent: true };
const run = (target: string, samples: readonly (typeof sample)[]) => ({
  scenario: "kill",
  target,
  tryTimeoutMs: 1_000,
  seconds: 1,
  seed: 1,
  samples,
  attempts: samples.length,
  attemptsByServer: [],
  postsTwice: 0,
  lateMs: 1,
});
const good = Array.from({ length: 98 }, () => sample);

test("a user is hurt by an error or by more than a second, and by each once", () => {
  const seen = seenBy([
    run("t", [...good, { ...sample, ms: 1_001 }, { ...sample, ok: false, ms: 3_000 }]),
  ]);
  expect(seen).toEqual({ target: "t", requests: 100, errors: 1, slow: 1 });
});

test("ours is compared with the best other by shares", () => {
  const seen = (target: string, errors: number, requests = 1_000) => ({
    target,
    requests,
    errors,
    slow: 0,
  });
  expect(comparedIn(seen("ours", 1), [seen("a", 5), seen("b", 4, 2_000)])).toBe(
    "ours: fewer users hurt, 0.100 %; b 0.200 %.",
  );
  expect(comparedIn(seen("ours", 3), [seen("a", 5), seen("b", 4, 2_000)])).toContain("**more**");
  expect(comparedIn(seen("ours", 2), [seen("b", 4, 2_000)])).toContain("as many");
  expect(comparedIn(seen("ours", 2), [])).toBe("ours ran without a peer.");
});
