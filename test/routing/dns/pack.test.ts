import fc from "fast-check";
import { expect, test } from "vitest";
import type { Change, Unit } from "../../../routing/dns/change.ts";
import { changesOf, batchesOf as unitsOf } from "../../../routing/dns/pack.ts";
import { ABLE, set } from "./fixtures.ts";

const batchesOf = (...given: Parameters<typeof unitsOf>) => unitsOf(...given).map(changesOf);

const unit = (name: string, size = 1, kind: Change["kind"] = "create", type = "A"): Unit => {
  const subject = set(name, type, ["192.0.2.1"]);
  const change = (at: number): Change => {
    const one = set(`${name}-${at}`, type, ["192.0.2.1"]);
    if (kind === "create") return { kind, after: one };
    if (kind === "delete") return { kind, before: one };
    return { kind, before: one, after: one };
  };
  return { subject, changes: Array.from({ length: size }, (_, at) => change(at)) };
};
const limits = (changesMax: number, charactersMax = 10_000, updateCountsTwice = false) => ({
  ...ABLE,
  batch: { changesMax, charactersMax, updateCountsTwice },
});

test("units share a batch as long as it holds them, and none is torn", () => {
  const units = [unit("a", 2), unit("b", 2), unit("c", 2)];
  expect(batchesOf(units, limits(4)).map((batch) => batch.length)).toEqual([4, 2]);
  expect(batchesOf(units, limits(3)).map((batch) => batch.length)).toEqual([2, 2, 2]);
});

test("an update may take two places", () => {
  const units = [unit("a", 1, "update"), unit("b", 1, "update")];
  expect(batchesOf(units, limits(3)).length).toBe(1);
  expect(batchesOf(units, limits(3, 10_000, true)).length).toBe(2);
});

test("characters count too", () => {
  expect(batchesOf([unit("a"), unit("b")], limits(100, 17)).length).toBe(2);
  expect(batchesOf([unit("a"), unit("b")], limits(100, 18)).length).toBe(1);
});

test("what is pointed at comes before what points at it, and goes last", () => {
  const order = batchesOf(
    [unit("gone", 1, "delete"), unit("alias", 1, "create", "CNAME"), unit("host")],
    limits(1),
  ).map(([change]) => (change?.kind === "delete" ? change.before.name : change?.after.name));
  expect(order).toEqual(["host-0.shop.test", "alias-0.shop.test", "gone-0.shop.test"]);
});

test("a chain is written from its end, and taken away from its beginning", () => {
  const alias = (kind: "create" | "delete") => (name: string, to: string, type: string) => {
    const subject = set(name, type, [to]);
    const change: Change = kind === "create" ? { kind, after: subject } : { kind, before: subject };
    return { subject, changes: [change] };
  };
  const chain = (kind: "create" | "delete") => {
    const one = alias(kind);
    return [
      one("a", "b.shop.test", "CNAME"),
      one("m", "10 c.shop.test", "MX"),
      one("b", "c.shop.test", "CNAME"),
      one("c", "192.0.2.1", "A"),
    ];
  };
  const order = (kind: "create" | "delete") =>
    unitsOf(chain(kind), limits(1)).map(([own]) => own?.subject.name[0]);
  expect(order("create")).toEqual(["c", "m", "b", "a"]);
  expect(order("delete")).toEqual(["a", "m", "b", "c"]);
});

test("names that lead in a circle are packed all the same", () => {
  const circle = ["a", "b"].map((name, at, all) => {
    const subject = set(name, "CNAME", [`${all[1 - at]}.shop.test`]);
    return { subject, changes: [{ kind: "create" as const, after: subject }] };
  });
  expect(batchesOf(circle, limits(1)).length).toBe(2);
});

test("nothing is lost and nothing is doubled", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 40 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 20 }), (given, max) => {
      const units = given.map((size, at) => unit(`u${at}`, size));
      const batches = batchesOf(units, limits(max));
      expect(batches.flat().length).toBe(given.reduce((sum, size) => sum + size, 0));
      expect(new Set(batches.flat()).size).toBe(batches.flat().length);
      for (const { changes } of units) {
        expect(batches.filter((batch) => changes.some((one) => batch.includes(one))).length).toBe(
          1,
        );
      }
    }),
  );
});

test("no unit is no batch", () => {
  expect(batchesOf([], ABLE)).toEqual([]);
});
