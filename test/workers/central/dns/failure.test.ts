import { describe, expect, test } from "vitest";
import {
  reasonOf,
  rejectionOf,
  retryAfterMs,
  sentenceOf,
  shownName,
} from "../../../../workers/central/dns/failure.ts";

describe("the sentence of a failure", () => {
  test("is one line of at most 500 characters without a secret, as it is or as JSON has it", () => {
    const secret = 'a"b\\c';
    const text = `${secret}\n  then ${JSON.stringify({ secret })}`;
    expect(sentenceOf(text, [secret])).toBe('… then {"secret":"…"}');
    expect(sentenceOf("x".repeat(9_000), []).length).toBe(500);
  });

  test("keeps the name of a set on the line, whatever it is", () => {
    expect(shownName({ name: "a\nb", type: "A" })).toBe('"a\\nb" "A"');
    expect(shownName({ name: "x".repeat(9_000), type: "A" }).length).toBe(261);
  });

  test("has the cause of what was thrown", () => {
    expect(reasonOf(new Error("fetch failed", { cause: new Error("ECONNREFUSED") }))).toBe(
      "fetch failed ECONNREFUSED",
    );
    const full = reasonOf(new Error("Network connection lost."));
    expect([reasonOf(new Error("closed")), reasonOf("text"), full]).toEqual([
      "closed",
      "text",
      "Network connection lost",
    ]);
  });
});

test("what was refused of a batch is one rejection: three in full, the others by name", () => {
  const refused = ["a", "b", "c", "d", "e"].map((key) => ({ key, detail: `${key} is bad.` }));
  expect(rejectionOf({ refused }, 9)).toEqual({
    kind: "rejected",
    detail:
      "5 of 9 changes were not taken; nothing else was held up. a: a is bad. b: b is bad. c: c is bad. Also not written: d, e.",
  });
  expect(rejectionOf({ refused: refused.slice(0, 1) }, 1).detail).toMatch(/a: a is bad\.$/);
});

test("a wait is read in seconds or as a date, and is not below zero", () => {
  const wait = (header: string | null) => retryAfterMs(header, 1_000);
  expect([wait("7"), wait("Thu, 01 Jan 1970 00:00:03 GMT")]).toEqual([7_000, 2_000]);
  expect([wait("Thu, 01 Jan 1970 00:00:00 GMT"), wait("soon"), wait(null)]).toEqual([
    0,
    undefined,
    undefined,
  ]);
});
