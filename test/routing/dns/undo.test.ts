import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Change, Unit } from "../../../routing/dns/change.ts";
import { markSet } from "../../../routing/dns/mark.ts";
import { type RecordSet, setKey } from "../../../routing/dns/record.ts";
import { subjectOfUnit, undoChecksum, undoOf, undoWords } from "../../../routing/dns/undo.ts";
import { set } from "./fixtures.ts";

const SYNC = { domain: "shop.test", owner: "tw", takeover: [] };
const mark = (of: RecordSet) =>
  markSet("shop.test", of, { owner: "tw", resource: "tradewind/record" });
const a = (value: string, name = "a") => set(name, "A", [value]);
const created = (one: RecordSet): Unit => ({
  subject: one,
  changes: [one, mark(one)].map((after) => ({ kind: "create", after })),
});
const updated = (before: RecordSet, after: RecordSet): Unit => ({
  subject: after,
  changes: [{ kind: "update", before, after }],
});
const deleted = (one: RecordSet): Unit => ({
  subject: one,
  changes: [one, mark(one)].map((before) => ({ kind: "delete", before })),
});
const withMarks = (...sets: readonly RecordSet[]) => sets.flatMap((one) => [one, mark(one)]);

describe("a unit is put back", () => {
  test("as one, the set before its mark", () => {
    const one = a("192.0.2.1");
    const { units } = undoOf([created(one)], withMarks(one), SYNC);
    expect(units).toEqual([deleted(one)]);
    expect(undoOf([deleted(one)], [], SYNC).units).toEqual([created(one)]);
  });

  test("from what is listed now, which a provider may compare with", () => {
    const one = a("192.0.2.1");
    const older = { ...mark(one), ttl: 77 };
    const { units } = undoOf([created(one)], [one, older], SYNC);
    expect(units[0]?.changes).toEqual([
      { kind: "delete", before: one },
      { kind: "delete", before: older },
    ]);
  });

  test("in the reverse order of what was written", () => {
    const [one, two] = [a("192.0.2.1", "a"), a("192.0.2.1", "b")];
    const { units } = undoOf([created(one), created(two)], withMarks(one, two), SYNC);
    expect(units.map(({ subject }) => subject)).toEqual([two, one]);
  });

  test("where half of it was written, by that half", () => {
    const one = a("192.0.2.1");
    const { units } = undoOf([deleted(one)], [mark(one)], SYNC);
    expect(units.map(({ changes }) => changes)).toEqual([[{ kind: "create", after: one }]]);
  });

  test("once, though a provider was told of it twice", () => {
    const one = a("192.0.2.1");
    expect(undoOf([created(one), created(one)], withMarks(one), SYNC).units.length).toBe(1);
  });
});

describe("a unit stays", () => {
  const [one, two, three] = [a("192.0.2.1"), a("192.0.2.2"), a("192.0.2.3")];

  test("when somebody wrote since", () => {
    const undo = undoOf([updated(one, two)], withMarks(three), SYNC);
    expect(undo).toEqual({ units: [], skipped: [setKey(one)], already: 0 });
  });

  test("when it lacks our mark now, unless its name was handed over", () => {
    expect(undoOf([updated(one, two)], [two], SYNC).skipped).toEqual([setKey(one)]);
    const takeover = { ...SYNC, takeover: [two.name] };
    expect(undoOf([updated(one, two)], [two], takeover).units.length).toBe(1);
  });

  test("uncounted among those when what was before it is there already", () => {
    const undo = undoOf([updated(one, two)], withMarks(one), SYNC);
    expect(undo).toEqual({ units: [], skipped: [], already: 1 });
  });
});

test("of anything that was written the undo is the listing before, whatever it was", () => {
  const change = fc.record({ at: fc.nat(6), kind: fc.constantFrom("keep", "update", "delete") });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(6), { maxLength: 7 }),
      fc.uniqueArray(change, { selector: ({ at }) => at }),
      (there, changes) => {
        const sets = there.map((at) => a("192.0.2.1", `n${at}`));
        const before = withMarks(...sets);
        const units = changes.flatMap(({ at, kind }): Unit[] => {
          const known = sets.find(({ name }) => name === `n${at}.shop.test`);
          if (known === undefined) return [created(a("192.0.2.2", `n${at}`))];
          if (kind === "keep") return [];
          return kind === "update" ? [updated(known, a("192.0.2.3", `n${at}`))] : [deleted(known)];
        });
        const after = applied(before, units);
        const undo = undoOf(units, after, SYNC);
        expect([undo.units.length, undo.skipped]).toEqual([units.length, []]);
        expect(byKey(applied(after, undo.units))).toEqual(byKey(before));
      },
    ),
  );
});

function applied(listing: readonly RecordSet[], units: readonly Unit[]): readonly RecordSet[] {
  const sets = new Map(listing.map((one) => [setKey(one), one]));
  for (const change of units.flatMap(({ changes }): readonly Change[] => changes)) {
    if (change.kind === "delete") sets.delete(setKey(change.before));
    else sets.set(setKey(change.after), change.after);
  }
  return [...sets.values()];
}

const byKey = (sets: readonly RecordSet[]) =>
  sets.toSorted((one, other) => (setKey(one) < setKey(other) ? -1 : 1));

test("the subject of changes is what comes, then what goes, and a mark only where there is nothing else", () => {
  const [one, alias] = [a("192.0.2.1"), set("a", "CNAME", ["b.shop.test"])];
  expect(subjectOfUnit([...deleted(one).changes, ...created(alias).changes])).toEqual(alias);
  expect(subjectOfUnit(deleted(one).changes)).toEqual(one);
  expect(subjectOfUnit([{ kind: "delete", before: mark(one) }])).toEqual(mark(one));
});

describe("an operator is told", () => {
  const unit = created(a("192.0.2.1"));
  test.each([
    [{ units: [], skipped: [], already: 0 }, "Entry 7 wrote nothing."],
    [{ units: [unit], skipped: [], already: 0 }, "Sets of entry 7: 1 put back."],
    [
      { units: [unit], skipped: ["a A", "b A", "c A", "d A", "e A", "f A", "g A"], already: 2 },
      "Sets of entry 7: 1 put back; 2 as before it already; 7 not as it left them, or not ours any more, which stay: a A, b A, c A, d A, e A and 2 more.",
    ],
  ])("of %j", (undo, words) => {
    expect(undoWords(7, undo)).toBe(words);
  });

  test("two undos apart by their checksums", () => {
    const [one, other] = [[unit], [created(a("192.0.2.2"))]].map((units) =>
      undoChecksum({ units, skipped: [], already: 0 }),
    );
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(one).not.toBe(other);
  });
});
