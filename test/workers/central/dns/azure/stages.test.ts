import { describe, expect, test } from "vitest";
import { type Change, changeKey } from "../../../../../routing/dns/change.ts";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { stagesOf } from "../../../../../workers/central/dns/azure/stages.ts";

const set = (name: string, type: string): RecordSet => ({ name, type, ttl: 60, values: ["x"] });
const create = (name: string, type: string): Change => ({ kind: "create", after: set(name, type) });
const remove = (name: string, type: string): Change => ({
  kind: "delete",
  before: set(name, type),
});
const update = (name: string, type: string): Change => ({
  kind: "update",
  before: set(name, type),
  after: set(name, type),
});
const told = (changes: readonly Change[]) =>
  stagesOf(changes).map(({ deletes, puts }) =>
    [
      ...deletes.map((change) => `-${changeKey(change)}`),
      ...puts.map((change) => `+${changeKey(change)}`),
    ].join(" "),
  );

describe("the order of a batch that is no batch", () => {
  test("makes before it takes away, marks before and after their sets", () => {
    expect(
      told([
        remove("old", "A"),
        remove("a-old", "TXT"),
        create("new", "A"),
        create("a-new", "TXT"),
        update("www", "A"),
      ]),
    ).toEqual(["+a-new TXT", "+new A", "+www A", "-old A", "-a-old TXT"]);
  });

  test("keeps a name that changes to or from CNAME together, after what is only made", () => {
    expect(
      told([
        remove("www", "A"),
        remove("www", "AAAA"),
        create("www", "CNAME"),
        create("b", "A"),
        remove("b", "CNAME"),
        create("cname-www", "TXT"),
        remove("a-www", "TXT"),
        create("c", "A"),
      ]),
    ).toEqual([
      "+cname-www TXT",
      "+c A",
      "-www A -www AAAA +www CNAME",
      "-b CNAME +b A",
      "-a-www TXT",
    ]);
  });

  test("takes no name apart that never is empty", () => {
    expect(told([remove("www", "A"), create("www", "AAAA")])).toEqual(["+www AAAA", "-www A"]);
    expect(told([remove("www", "CNAME"), create("b", "A")])).toEqual(["+b A", "-www CNAME"]);
    expect(told([])).toEqual([]);
  });

  test("leaves no change out and does none twice", () => {
    const changes = [remove("a", "A"), create("a", "CNAME"), update("b", "A"), create("c", "TXT")];
    const staged = stagesOf(changes).flatMap(({ deletes, puts }) => [...deletes, ...puts]);
    expect(new Set(staged)).toEqual(new Set(changes));
    expect(staged.length).toBe(changes.length);
  });
});
