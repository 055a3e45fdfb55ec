import { expect, test } from "vitest";
import { type Change, changeKey, inverseOf, subjectOf } from "../../../routing/dns/change.ts";
import { set } from "./fixtures.ts";

const [before, after] = [set("a", "A", ["192.0.2.1"]), set("a", "A", ["192.0.2.2"])];
const CHANGES: readonly Change[] = [
  { kind: "create", after },
  { kind: "update", before, after },
  { kind: "delete", before },
];

test("the inverse of the inverse is the change itself", () => {
  expect(CHANGES.map(inverseOf).map(inverseOf)).toEqual(CHANGES);
});

test("the inverse leaves what was there before", () => {
  expect(CHANGES.map((change) => inverseOf(change))).toEqual([
    { kind: "delete", before: after },
    { kind: "update", before: after, after: before },
    { kind: "create", after: before },
  ]);
});

test("a change is about the set that it leaves, or takes away", () => {
  expect(CHANGES.map(subjectOf)).toEqual([after, after, before]);
  expect(CHANGES.map(changeKey)).toEqual(["a.shop.test A", "a.shop.test A", "a.shop.test A"]);
});
