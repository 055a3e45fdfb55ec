import { describe, expect, test } from "vitest";
import type { Change, Unit } from "../../../routing/dns/change.ts";
import { changesOf, batchesOf as unitsOf } from "../../../routing/dns/pack.ts";
import type { RecordSet } from "../../../routing/dns/record.ts";

const batchesOf = (...given: Parameters<typeof unitsOf>) => unitsOf(...given).map(changesOf);

const set = (at: number, count: number): RecordSet => ({
  name: `n${at}.shop.test`,
  type: "A",
  ttl: 60,
  values: Array.from({ length: count }, (_, last) => `192.0.2.${last}`),
});
const unit = (change: Change): Unit => ({ subject: set(0, 1), changes: [change] });
const created = (...counts: number[]) =>
  counts.map((count, at) => unit({ kind: "create", after: set(at, count) }));
const limits = { changesMax: 10, charactersMax: 10_000, updateCountsTwice: false };
const sizes = (units: readonly Unit[], valuesMax?: number) =>
  batchesOf(units, { batch: valuesMax === undefined ? limits : { ...limits, valuesMax } }).map(
    (changes) => changes.length,
  );

describe("batches of a provider that counts values", () => {
  test("have at most so many values, and a set counts as one where it does not", () => {
    expect(sizes(created(3, 3, 3, 1), 6)).toEqual([2, 2]);
    expect(sizes(created(3, 3, 3, 1))).toEqual([4]);
  });

  test("an update has the values of the larger of its sets", () => {
    const updates = [0, 1].map((at) =>
      unit({ kind: "update", before: set(at, 5), after: set(at, 1) }),
    );
    expect(sizes(updates, 10)).toEqual([2]);
    expect(sizes(updates, 9)).toEqual([1, 1]);
  });

  test("a set that is larger than a batch is alone in one", () => {
    expect(sizes(created(1, 9, 1), 4)).toEqual([1, 1, 1]);
  });

  test("each member of a policy has its own, and an update the characters of the larger of its sets", () => {
    const members = ["a", "b", "c"].map((id) => ({ id, values: ["192.0.2.1"], weight: 1 }));
    const one = (at: number): Change => ({
      kind: "create",
      after: { ...set(at, 0), policy: { kind: "weighted", members } },
    });
    expect(sizes([unit(one(0)), unit(one(1))], 5)).toEqual([1, 1]);
    const shrinks = [0, 1].map((at) =>
      unit({ kind: "update", before: set(at, 5), after: set(at, 1) }),
    );
    const twice = (charactersMax: number) =>
      batchesOf(shrinks, { batch: { changesMax: 10, charactersMax, updateCountsTwice: true } });
    // Two updates of five values of nine characters, each twice.
    expect([twice(180).length, twice(179).length]).toEqual([1, 2]);
  });
});
