import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Unit } from "../../../routing/dns/change.ts";
import { type PlanReview, planMarkdown } from "../../../routing/dns/markdown.ts";
import type { Plan } from "../../../routing/dns/plan.ts";
import { type RecordSet, setText } from "../../../routing/dns/record.ts";

const set = (values: readonly string[], ttl = 60): RecordSet => ({
  name: "www.shop.test",
  type: "A",
  ttl,
  values,
});
const update: Unit = {
  subject: set(["192.0.2.2"]),
  changes: [{ kind: "update", before: set(["192.0.2.1"], 300), after: set(["192.0.2.2"]) }],
};
const PLAN: Plan = {
  version: 7,
  base: { owner: "tw", version: 6, sequence: 12 },
  units: [update],
  respected: [],
  drift: [],
  conflicts: [],
  waiting: [],
  notes: [],
  kept: [],
  isStampBroken: false,
  ours: 3,
  checksum: "c".repeat(32),
};
const review = (plan: Partial<Plan> = {}, more: Partial<PlanReview> = {}) =>
  planMarkdown({
    zone: "shop.test",
    at: "2026-11-23T10:00:00.000Z",
    plan: { ...PLAN, ...plan },
    objections: [],
    held: [],
    frozen: [],
    ...more,
  });

/** The body of the command, as a shell would hand it to curl. */
const bodyIn = (text: string): unknown => {
  const quoted = /-d '((?:[^']|'\\'')*)'/.exec(text)?.[1] ?? "null";
  return JSON.parse(quoted.replaceAll("'\\''", "'"));
};
const objection = (rule: string, confirmation: string | null) => ({
  rule,
  subject: "shop.test",
  detail: `${rule} says no.`,
  confirmation,
  about: "plan" as const,
});

describe("a plan as Markdown", () => {
  test("has a row for each change with what is there and what will be, and the command with the checksum", () => {
    const text = review();
    expect(text).toContain("# Plan for shop.test, version 7\n");
    expect(text).toContain("last written from version 6, batch 12");
    expect(text).toContain(
      "| update | `www.shop.test A` | `192.0.2.1` (300 s) | `192.0.2.2` (60 s) |",
    );
    expect(text).toContain('"$CENTRAL/v1/zones/shop.test/apply"');
    expect(bodyIn(text)).toEqual({ checksum: PLAN.checksum });
  });

  test("tells creations, deletions and how one of several answers is chosen", () => {
    const member = (id: string, weight: number) => ({ id, weight, values: [`192.0.2.${weight}`] });
    const members = [member("a", 1), member("b", 2)];
    const weighted: RecordSet = { ...set([]), policy: { kind: "weighted", members } };
    const changes = [
      { kind: "create", after: weighted },
      { kind: "delete", before: set(["192.0.2.9"]) },
    ] as const;
    const text = review({ units: [{ subject: weighted, changes }] });
    expect(text).toContain(
      "| create | `www.shop.test A` |  | `192.0.2.1` `192.0.2.2` (60 s by weighted) |",
    );
    expect(text).toContain("| delete | `www.shop.test A` | `192.0.2.9` (60 s) |  |");
  });

  test("an empty plan says that nothing is to be done", () => {
    const text = review({ units: [] });
    expect(text).toContain("Nothing is to be done.");
    expect(text).not.toContain("curl");
  });

  test("each objection is told with its rule, and its confirmation is in the command", () => {
    const objections = [
      objection("too-many-updates", "too-many-updates 4"),
      objection("x", "it's"),
    ];
    const text = review({}, { objections });
    expect(text).toContain("- **too-many-updates** `shop.test`: too-many-updates says no.");
    expect(bodyIn(text)).toEqual({
      checksum: PLAN.checksum,
      confirmations: ["too-many-updates 4", "it's"],
    });
  });

  test("an objection that nothing helps against leaves no command to send", () => {
    const text = review(
      {},
      { objections: [objection("never-foreign", null), objection("x", "y")] },
    );
    expect(text).toContain("no confirmation helps against never-foreign");
    expect(text).not.toContain("curl");
  });

  test("a plan of respected edits only is applied by saying so", () => {
    const text = review({ units: [], respected: [update] });
    expect(text).toContain("## Foreign edits that are respected");
    expect(bodyIn(text)).toEqual({ checksum: PLAN.checksum, include_respected: true });
  });

  test("says of drift what we wrote and what is there, or that it is gone", () => {
    const [wrote, found] = [setText(set(["192.0.2.1"])), setText(set(["203.0.113.9"], 5))];
    const key = "www.shop.test A";
    const text = review({ drift: [{ key, wrote, found }] });
    expect(text).toContain("we wrote `192.0.2.1` (60 s), it is `203.0.113.9` (5 s)");
    expect(review({ drift: [{ key, wrote, found: null }] })).toContain("it is gone");
  });

  test("conflicts, waiting, kept, notes, what was held back and a freeze are told", () => {
    const note = (detail: string) => [{ name: "a.shop.test", detail }];
    const text = review(
      { conflicts: note("1"), waiting: note("2"), kept: note("3"), notes: note("4"), base: null },
      { held: [{ rule: "fail-static", subject: "all", detail: "5" }], frozen: ["zone"] },
    );
    for (const detail of ["1", "2", "3", "4"])
      expect(text).toContain(`- \`a.shop.test\`: ${detail}`);
    expect(text).toContain("- **fail-static**: 5");
    expect(text).toContain("**Frozen by zone: nothing is written.**");
    expect(text).toContain("Thaw it first");
    expect(text).toContain("never written by us");
  });

  const cellOf = (value: string) => {
    const changes = [{ kind: "create", after: set([value]) }] as const;
    const text = review({ units: [{ subject: update.subject, changes }] });
    const row = text.split("\n").find((line) => line.startsWith("| create")) ?? "";
    return { bars: row.split("|").length - 1, cell: row.split(" |  | ")[1] ?? "" };
  };

  test("nothing that a record says gets out of its code span or its row", () => {
    const pieces = fc.constantFrom("`", "``", "|", "\\", "\n", "*", "<b>", "&", "a", " ");
    const values = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(pieces).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(values, (value) => {
        const { bars, cell } = cellOf(value);
        expect(bars).toBe(5);
        if (value === "") {
          expect(cell).toBe("(empty) (60 s) |");
        } else if (value.includes("|")) {
          expect(cell).toMatch(/^<code>(?:[A-Za-z0-9 ]|&#\d+;)*<\/code> \(60 s\) \|$/);
        } else {
          const fence = /^`+/.exec(cell)?.[0] ?? "";
          const inside = cell.slice(fence.length, cell.lastIndexOf(fence));
          expect(inside.match(/`+/g) ?? []).not.toContain(fence);
        }
      }),
    );
  });

  test("a value with a bar is in entities", () => {
    expect(cellOf("a|\\|b").cell).toBe("<code>a&#124;&#92;&#124;b</code> (60 s) |");
  });
});
