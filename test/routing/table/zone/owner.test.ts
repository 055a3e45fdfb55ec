import fc from "fast-check";
import { expect, test } from "vitest";
import { zoneSchema } from "../../../../routing/table/schema.ts";
import { ownerOf } from "../../../../routing/table/zone/owner.ts";

test.each([
  ["default", "default"],
  ["Team A/B", "team-a-b"],
  ["--x--", "x"],
  ["", "tradewind"],
  ["日本", "tradewind"],
  // `_tradewind-freeze` stops every write.
  ["freeze", "tradewind"],
  ["a".repeat(40), "a".repeat(32)],
  [`${"a".repeat(31)}-b`, "a".repeat(31)],
])("the account %j marks its records as %s", (account, owner) => {
  expect(ownerOf(account)).toBe(owner);
});

test("whatever the account is called, its mark is one that the schema takes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (account) => {
      expect(zoneSchema.shape.owner.safeParse(ownerOf(account)).success).toBe(true);
    }),
  );
  expect(zoneSchema.shape.owner.safeParse("freeze").success).toBe(false);
});
