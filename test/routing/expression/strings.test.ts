import { describe, expect, test } from "vitest";
import { Reader } from "../../../routing/expression/reader.ts";
import { readPattern, readString, seesString } from "../../../routing/expression/strings.ts";

test.each([
  ['"a"', true],
  ['r"a"', true],
  ['r##"a"##', true],
  ["ratio", false],
  ["r#x", false],
  ["1", false],
])("%s begins a string: %s", (text, expected) => {
  expect(seesString(new Reader(text))).toBe(expected);
});

test.each([
  ['"a b" rest', "a b", 5],
  ['"a\\"b"', 'a"b', 6],
  ['r"a\\n"', "a\\n", 6],
  ['r#"a"b"# x', 'a"b', 8],
  ['r##"a"#b"##', 'a"#b', 11],
  ['""', "", 2],
  [`r${"#".repeat(255)}"a"${"#".repeat(255)}`, "a", 514],
])("%s reads %j and ends at %d", (text, value, end) => {
  const reader = new Reader(text);
  expect(readString(reader)?.value).toBe(value);
  expect(reader.at).toBe(end);
});

test.each(['"a', '"a\\"', 'r"a', 'r#"a"', `r${"#".repeat(256)}"a"${"#".repeat(256)}`])(
  "%s is not closed",
  (text) => {
    const reader = new Reader(text);
    expect(readString(reader)).toBeUndefined();
    expect(reader.problem?.detail).toMatch(/not closed/);
  },
);

describe("patterns", () => {
  test.each([
    ['"a\\.b"', "a\\.b"],
    ['"a\\"b"', 'a"b'],
    ['"[\\"]"', '[\\"]'],
    ['"["]x"', '["]x'],
    ['"\\\\"', "\\\\"],
    ['r"\\d"', "\\d"],
    ['r#""#', ""],
  ])("%s reads %j", (text, value) => {
    expect(readPattern(new Reader(text))?.value).toBe(value);
  });

  test.each(['"a\\"b[c]"', 'r##"a"#b[c]"##'])("every character of %s knows its place", (text) => {
    const pattern = readPattern(new Reader(text));
    const written = pattern?.origins.map((at) => text[at]).join("");
    expect(written).toBe(pattern?.value);
  });
});
