import { expect, test } from "vitest";
import { conditionsNow, sentenceOf } from "./conditions.ts";

const conditions = {
  at: new Date("2026-11-27T02:30:59Z"),
  commit: "959083b",
  changed: 0,
  cores: 2,
  model: "some processor",
  node: "24.1.0",
  load: 0.346,
};

test("when, what, where, and how busy the machine was", () => {
  expect(sentenceOf(conditions)).toBe(
    "2026-11-27 02:30 UTC, commit 959083b, 2 cores (some processor), Node 24.1.0, load average 0.35 before",
  );
});

test("what is measured may not be what was committed, and then it says so", () => {
  expect(sentenceOf({ ...conditions, changed: 3 })).toContain(
    "commit 959083b with 3 changed files,",
  );
  expect(sentenceOf({ ...conditions, changed: 1 })).toContain("with 1 changed file,");
});

test("this machine has cores and a commit", () => {
  const now = conditionsNow();
  expect(now.cores).toBeGreaterThan(0);
  expect(now.commit).toMatch(/^[0-9a-f]{7,}$/);
});
