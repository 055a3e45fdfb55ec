import { expect, test } from "vitest";
import { anyAddresses } from "../../../routing/table/address.ts";
import { draftTable } from "../../../routing/table/draft.ts";
import { readEntries } from "../../../routing/table/entries.ts";
import { identify } from "../../../routing/table/identity.ts";
import { repeated, ruleInput } from "../../../routing/table/rule.ts";
import { wholeDocument } from "./fixtures.ts";

test("what repeats an earlier key is told with the first that had it", () => {
  const items = ["a", "b", "A", "", "", "a"];
  expect(repeated(items, (item) => item.toLowerCase())).toEqual([
    { item: "A", first: "a" },
    { item: "a", first: "a" },
  ]);
});

test("rules look up pools and monitors by name", () => {
  const { drafts } = draftTable(readEntries(wholeDocument()).entries);
  const input = ruleInput(drafts, identify(drafts, null), anyAddresses, "default");
  expect(input.pools.find("eu")?.fields.monitor).toBe("web");
  expect(input.monitors.find("sql")?.fields.type).toBe("tcp");
});
