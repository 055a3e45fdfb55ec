import { describe, expect, test } from "vitest";
import type { Change, Unit } from "../../../routing/dns/change.ts";
import { batchesOf } from "../../../routing/dns/pack.ts";
import type { RecordSet } from "../../../routing/dns/record.ts";

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
});
