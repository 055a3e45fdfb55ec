import { describe, expect, test } from "vitest";
import { lookupOf } from "../../../routing/table/references.ts";

const items = [
  { name: "a", id: "1" },
  { name: "b", id: "a" },
  { name: "c", id: null },
];
const lookup = lookupOf("pool", items, ({ id }) => id);

describe("a reference", () => {
  test("is found by name or by id, and a name wins", () => {
    expect(lookup.find("1")?.name).toBe("a");
    expect(lookup.find("a")?.name).toBe("a");
    expect(lookup.find("c")?.name).toBe("c");
    expect(lookup.find("d")).toBeNull();
  });

  test("to nothing is told the candidates and the one that was meant", () => {
    expect(lookup.dangling("bb", "/x")).toEqual({
      pointer: "/x",
      detail: 'There is no pool "bb"; did you mean "b"?',
      value: "bb",
      range: "one of: a, b, c",
    });
    expect(lookup.dangling("zzzz", "/x").detail).toBe('There is no pool "zzzz".');
  });

  test("to nothing in an empty document says that there is none", () => {
    const none = lookupOf("monitor", [], () => null);
    expect(none.dangling("m", "/x").range).toBe(
      "the name or id of a monitor; the document has none",
    );
  });

  test("to nothing among many is told the first of them", () => {
    const many = Array.from({ length: 25 }, (_, at) => ({ name: `p${at}` }));
    expect(lookupOf("pool", many, () => null).dangling("x", "").range).toMatch(/p19 and 5 more$/);
  });
});
