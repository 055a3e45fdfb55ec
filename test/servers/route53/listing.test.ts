import { describe, expect, test } from "vitest";
import { inOrder, pageOf } from "./listing.ts";
import { canonicalName, type R53Set } from "./record-set.ts";
import { child, childText, parseXml } from "./xml.ts";

const set = (name: string, type = "A", setIdentifier: string | null = null): R53Set => ({
  name: canonicalName(name),
  type,
  setIdentifier,
  weight: setIdentifier === null ? null : 1,
  region: null,
  geoLocation: null,
  failover: null,
  multiValueAnswer: null,
  ttlS: 60,
  values: ["192.0.2.1"],
  alias: null,
  healthCheckId: null,
});

const NOWHERE = { name: null, type: null, identifier: null, maxItems: null };

function read(sets: readonly R53Set[], start: Partial<typeof NOWHERE> | Record<string, string>) {
  const page = pageOf(inOrder(sets), { ...NOWHERE, ...start });
  const document = parseXml(page.ok ? page.value : "");
  if (!document.ok) throw new Error(document.error);
  const list = child(document.value, "ResourceRecordSets")?.children ?? [];
  const keys = list.map((one) =>
    ["Name", "Type", "SetIdentifier"].map((key) => childText(one, key)),
  );
  return { keys, next: (key: string) => childText(document.value, key) };
}

describe("a listing", () => {
  test("is in the order of reversed labels, then of types, then of identifiers", () => {
    const { keys } = read(
      [
        set("b.z.test", "TXT"),
        set("b.z.test", "A", "y"),
        set("b.z.test", "A", "x"),
        set("a.b.z.test"),
        set("z.test"),
        set("b-c.z.test"),
        set("*.z.test"),
      ],
      {},
    );
    // A backslash comes before "b", and "-" before the dot that ends "b".
    expect(keys).toEqual([
      ["z.test.", "A", null],
      ["\\052.z.test.", "A", null],
      ["b-c.z.test.", "A", null],
      ["b.z.test.", "A", "x"],
      ["b.z.test.", "A", "y"],
      ["b.z.test.", "TXT", null],
      ["a.b.z.test.", "A", null],
    ]);
  });

  test("has at most 300 sets a page, whatever is asked, and its pages have every set once", () => {
    const sets = Array.from({ length: 650 }, (_, i) => set(`n${i}.z.test`));
    const all: unknown[] = [];
    const sizes: number[] = [];
    let start: Record<string, string> = { maxItems: "1000" };
    for (let more = true; more; ) {
      const { keys, next } = read(sets, start);
      all.push(...keys.map(([name]) => name));
      sizes.push(keys.length);
      more = next("IsTruncated") === "true";
      start = { name: next("NextRecordName") ?? "", type: next("NextRecordType") ?? "" };
    }
    expect(sizes).toEqual([300, 300, 50]);
    expect(all).toEqual(inOrder(sets).map(({ name }) => name));
  });

  test("goes on in the middle of a group by the identifier of the next set", () => {
    const sets = ["a", "b", "c"].map((id) => set("g.z.test", "A", id));
    const first = read(sets, { maxItems: "2" });
    expect(first.next("NextRecordIdentifier")).toBe("c");
    const second = read(sets, { name: "g.z.test.", type: "A", identifier: "c" });
    expect(second.keys).toEqual([["g.z.test.", "A", "c"]]);
  });

  test("starts at the first set that is not before the name asked for", () => {
    const sets = [set("a.z.test"), set("c.z.test")];
    expect(read(sets, { name: "b.z.test" }).keys).toEqual([["c.z.test.", "A", null]]);
    expect(read(sets, { name: "d.z.test" }).keys).toEqual([]);
  });

  test.each([
    ["a type without a name", { type: "A" }],
    ["a size that is no number", { maxItems: "many" }],
    ["a size of none", { maxItems: "0" }],
  ])("refuses %s", (_title, start) => {
    expect(pageOf([], { ...NOWHERE, ...start }).ok).toBe(false);
  });
});
