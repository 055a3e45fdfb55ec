import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Change } from "../../../../../routing/dns/change.ts";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { fenceOf, stampSet } from "../../../../../routing/dns/stamp.ts";
import { operationsOf } from "../../../../../workers/central/dns/cloudflare/batch.ts";
import {
  contentOf,
  type ListedRecord,
  setsOf,
} from "../../../../../workers/central/dns/cloudflare/record.ts";
import { CLOUDFLARE_ABILITIES } from "../../../../../workers/central/dns/cloudflare.ts";

const zone = "shop.test";
const stamp = { owner: "o", version: 1, sequence: 1 };
const before = stampSet(zone, stamp);
const fence = fenceOf(zone, before, { ...stamp, sequence: 2 });

/** Records of a set, their ids made of their values. */
const recordsOf = ({ name, type, ttl, values }: RecordSet): ListedRecord[] =>
  values.map((value) => ({ id: `id ${value}`, name, type, ttl, ...contentOf(type as "A", value) }));

const a = (ttl: number, ...last: number[]): RecordSet => ({
  name: `a.${zone}`,
  type: "A",
  ttl,
  values: last.map((byte) => `192.0.2.${byte}`).sort(),
});

function operations(listed: readonly RecordSet[], ...changes: Change[]) {
  return operationsOf({ fence, changes }, setsOf([before, ...listed].flatMap(recordsOf)));
}

function made(listed: readonly RecordSet[], ...changes: Change[]) {
  const result = operations(listed, ...changes);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

describe("a batch against a listing", () => {
  test("the stamp goes by its id and comes anew, first of all", () => {
    const { deletes, patches, posts } = made([a(60, 1)], { kind: "delete", before: a(60, 1) });
    expect(deletes).toEqual([{ id: `id ${before.values[0]}` }, { id: "id 192.0.2.1" }]);
    expect(patches).toEqual([]);
    expect(posts).toMatchObject([{ name: before.name, content: expect.stringContaining("=2") }]);
  });

  test("an update touches what differs: one value for another, a TTL, what is over and what is missing", () => {
    const update = (from: RecordSet, after: RecordSet) => {
      const { deletes, patches, posts } = made([from], { kind: "update", before: from, after });
      return [deletes.slice(1), patches, posts.slice(1)];
    };
    const id = (last: number) => ({ id: `id 192.0.2.${last}` });
    const content = (last: number) => ({ content: `192.0.2.${last}` });
    expect(update(a(60, 1, 2), a(60, 2, 3))).toMatchObject([[], [{ ...id(1), ...content(3) }], []]);
    expect(update(a(60, 1, 2), a(90, 1))).toMatchObject([[id(2)], [{ ...id(1), ttl: 90 }], []]);
    expect(update(a(60, 1), a(60, 1, 2))).toMatchObject([[], [], [content(2)]]);
    expect(update(a(60, 1), a(60, 1))).toEqual([[], [], []]);
  });

  test("an update costs at most its values, so a set of the most values fits", () => {
    const lasts = fc.uniqueArray(fc.integer({ min: 1, max: 250 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(lasts, lasts, (from, to) => {
        const change = { kind: "update", before: a(60, ...from), after: a(90, ...to) } as const;
        const { deletes, patches, posts } = made([change.before], change);
        const count = deletes.length + patches.length + posts.length - 2;
        expect(count).toBe(Math.max(from.length, to.length));
      }),
    );
    const { valuesMax, batch } = CLOUDFLARE_ABILITIES;
    expect(valuesMax).toBeLessThanOrEqual(batch.changesMax);
  });

  test("what is applied to the listed records are the sets that were asked for", () => {
    const lasts = fc.uniqueArray(fc.integer({ min: 1, max: 250 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(lasts, lasts, (from, to) => {
        const [start, after] = [a(60, ...from), a(90, ...to)];
        const { deletes, patches, posts } = made([start], { kind: "update", before: start, after });
        const records = new Map(recordsOf(start).map((record) => [record.id, record]));
        for (const { id } of deletes) records.delete(id);
        for (const patch of patches) records.set(patch.id, patch);
        for (const [at, post] of posts.entries())
          records.set(`new ${at}`, { id: `new ${at}`, ...post });
        expect(setsOf(records.values()).get(`a.${zone} A`)?.set).toEqual(after);
      }),
    );
  });

  test.each<[string, readonly RecordSet[], Change]>([
    ["is there by now", [a(60, 1)], { kind: "create", after: a(60, 1) }],
    ["is gone", [], { kind: "delete", before: a(60, 1) }],
    ["was changed", [a(60, 1, 2)], { kind: "update", before: a(60, 1), after: a(60, 3) }],
    ["was changed", [a(90, 1)], { kind: "delete", before: a(60, 1) }],
  ])("a set that %s fences the batch", (why, listed, change) => {
    expect(operations(listed, change)).toEqual({ ok: false, error: `a.${zone} A ${why}` });
  });

  test("another stamp fences the batch", () => {
    const other = fenceOf(zone, stampSet(zone, { ...stamp, sequence: 9 }), stamp);
    const result = operationsOf({ fence: other, changes: [] }, setsOf(recordsOf(before)));
    expect(result).toEqual({ ok: false, error: `${before.name} TXT was changed` });
  });
});
