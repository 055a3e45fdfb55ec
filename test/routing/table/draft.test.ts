import { describe, expect, test } from "vitest";
import { draftTable } from "../../../routing/table/draft.ts";
import { readEntries } from "../../../routing/table/entries.ts";

const draft = (document: unknown) => draftTable(readEntries(document).entries);

describe("a draft", () => {
  test("is complete when the schema accepts everything", () => {
    const { drafts, problems } = draft({ monitors: { m: {} } });
    expect(problems).toEqual([]);
    expect(drafts.monitors[0]?.complete).toMatchObject({ name: "m", interval: 60 });
  });

  test("keeps the fields that are right when another is wrong", () => {
    const { drafts, problems } = draft({ monitors: { m: { interval: 0, retries: 1, zz: 1 } } });
    expect(problems.map(({ pointer }) => pointer)).toEqual([
      "/monitors/m/interval",
      "/monitors/m/zz",
    ]);
    expect(drafts.monitors[0]).toMatchObject({ complete: null, name: "m", fields: { retries: 1 } });
    expect(drafts.monitors[0]?.fields).not.toHaveProperty("interval");
  });

  test("of a pool keeps its endpoints one by one", () => {
    const origins = [{ name: "a", address: 1 }, 7, { name: "c", address: "c.example", port: null }];
    const { drafts } = draft({ pools: { p: { origins } } });
    expect(drafts.pools[0]?.endpoints).toMatchObject([
      { pointer: "/pools/p/origins/0", fields: { name: "a" } },
      { pointer: "/pools/p/origins/1", fields: {} },
      { pointer: "/pools/p/origins/2", fields: { name: "c", address: "c.example", port: 0 } },
    ]);
  });

  test("of a hostname has the name by which it is looked up", () => {
    expect(draft({ zones: { "A.Example.": {} } }).drafts.zones[0]?.name).toBe("a.example");
    expect(draft({ zones: [{ name: 7 }] }).drafts.zones[0]?.name).toBe("");
  });
});
