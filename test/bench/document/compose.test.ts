import { expect, test } from "vitest";
import { compose, type Outcome } from "./compose.ts";

const PARTS = ["tail", "decide"].map((name) => ({
  name,
  title: `Part ${name}`,
  command: `npm run bench:${name}`,
}));
const ran = (body: string, isMissed = false): Outcome => ({
  body,
  isMissed,
  conditions: "on a Tuesday",
});
const composed = (before: string, outcomes: Record<string, Outcome>) =>
  compose(before, PARTS, new Map(Object.entries(outcomes)));

test("what ran stands there with its conditions, and what did not is named", () => {
  const { text, without } = composed("", { decide: ran("| 1.2 µs |") });
  expect(text).toContain("`npm run bench:decide`: on a Tuesday.\n\n| 1.2 µs |");
  expect(text).toContain(
    "## Part tail\n\n**Not run**: there are no figures (`npm run bench:tail`).",
  );
  expect(without).toEqual(["tail"]);
});

test("a missed bar is told beside the figures", () => {
  expect(composed("", { decide: ran("| 9 µs |", true) }).text).toContain("a bar was missed");
  expect(composed("", { decide: ran("| 1 µs |") }).text).not.toContain("a bar was missed");
});

test("a part that does not run now keeps what it had, under the conditions of then", () => {
  const first = composed("", { tail: ran("| e99 |"), decide: ran("| old |") }).text;
  const { text, without } = composed(first, { decide: ran("| new |") });
  expect(text).toContain("| e99 |");
  expect(text).toContain("| new |");
  expect(text).not.toContain("| old |");
  expect(without).toEqual([]);
});

test("a run that failed writes no figures", () => {
  const { text, without } = composed("", { decide: { why: "it ended with 134" } });
  expect(text).toContain("It was asked for: it ended with 134.");
  expect(without).toEqual(["tail", "decide"]);
  const later = composed(text, { tail: ran("| e99 |") });
  expect(later.without).toEqual(["decide"]);
  expect(later.text).not.toContain("134");
});

test("parts stand in their order, whichever ran first", () => {
  const { text } = composed(composed("", { decide: ran("c") }).text, { tail: ran("a") });
  expect(text.indexOf("Part tail")).toBeLessThan(text.indexOf("Part decide"));
  expect(text.match(/<!-- generated/g)).toHaveLength(2);
});
