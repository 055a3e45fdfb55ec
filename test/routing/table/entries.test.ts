import { describe, expect, test } from "vitest";
import { isObject, readEntries } from "../../../routing/table/entries.ts";

describe("an entry", () => {
  test("of a map has its key as its name, and the name stands where the key does", () => {
    expect(readEntries({ pools: { "a/b": { x: 1 } } }).entries).toEqual([
      {
        kind: "pool",
        pointer: "/pools/a~1b",
        namePointer: "/pools/a~1b",
        body: { x: 1, name: "a/b" },
      },
    ]);
  });

  test("of a list has its own", () => {
    expect(readEntries({ zones: [{ name: "a" }] }).entries).toEqual([
      { kind: "zone", pointer: "/zones/0", namePointer: "/zones/0/name", body: { name: "a" } },
    ]);
  });

  test("of a map may repeat its name, and may be empty", () => {
    const { entries, problems } = readEntries({ zones: { a: { name: "a" }, b: null } });
    expect(entries.map(({ body }) => body)).toEqual([{ name: "a" }, { name: "b" }]);
    expect(problems).toEqual([]);
  });

  test("that is wrong does not hide the others", () => {
    const { entries, problems } = readEntries({ zones: { a: 1, b: {} }, pools: 3 });
    expect(entries).toHaveLength(1);
    expect(problems.map(({ pointer }) => pointer)).toEqual(["/pools", "/zones/a"]);
  });
});

test("sections may be absent or null, and http_routes an empty list", () => {
  for (const document of [{}, { pools: null, http_routes: null }, { http_routes: [] }]) {
    expect(readEntries(document)).toEqual({ entries: [], problems: [] });
  }
});

test("a list is not an object", () => {
  expect([{}, [], null, "a"].map(isObject)).toEqual([true, false, false, false]);
});
