import { expect, test } from "vitest";
import { type Leaf, OBJECT } from "../../../routing/replay/reads.ts";
import { watched } from "../../../routing/replay/watched.ts";

function notesOf<T extends object, R>(source: T, use: (seen: T) => R) {
  const notes = new Map<string, Leaf>();
  const result = use(watched(source, (path, leaf) => notes.set(path, leaf)));
  return { result, notes: Object.fromEntries(notes) };
}

test("what is read is noted with the way to it, and nothing else is", () => {
  const source = { load: { pending: 2, peakMs: 9 }, shared: undefined, name: "a" };
  const { result, notes } = notesOf(source, ({ load, shared }) => [load.pending, shared]);
  expect(result).toEqual([2, undefined]);
  expect(notes).toEqual({ load: OBJECT, "load.pending": 2, shared: undefined });
});

test("what is not there is noted as such", () => {
  const source: { readonly health?: { readonly healthy: boolean } } = {};
  expect(notesOf(source, ({ health }) => health?.healthy).notes).toEqual({ health: undefined });
});

test("a copy has every member, and each of them is noted", () => {
  const source = { a: 1, b: { c: 2 } };
  const { result, notes } = notesOf(source, (seen) => ({ ...seen }).b.c);
  expect(result).toBe(2);
  expect(notes).toEqual({ a: 1, b: OBJECT, "b.c": 2 });
});

test("a frozen object and one with private fields can be watched", () => {
  class Asker {
    readonly #country = "DE";
    get country() {
      return this.#country;
    }
  }
  const source = Object.freeze({ asker: new Asker(), hold: Object.freeze({ key: "k" }) });
  const { result, notes } = notesOf(source, ({ asker, hold }) => [asker.country, hold.key]);
  expect(result).toEqual(["DE", "k"]);
  expect(notes).toMatchObject({ "asker.country": "DE", "hold.key": "k" });
});

test("the same object is the same each time", () => {
  const { result } = notesOf({ memory: {} }, (seen) => [seen.memory, seen.memory]);
  expect(result[0]).toBe(result[1]);
});
