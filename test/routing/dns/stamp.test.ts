import { expect, test } from "vitest";
import { fenceOf, freezeName, readStamp, stampName, stampSet } from "../../../routing/dns/stamp.ts";
import { set } from "./fixtures.ts";

const STAMP = { owner: "tw", version: 12, sequence: 345 };

test("a stamp is read back as it was written", () => {
  expect(readStamp(stampSet("shop.test", STAMP))).toEqual(STAMP);
  expect(stampName("shop.test", "tw")).toBe("_tradewind-tw.shop.test");
});

test.each([
  "tradewind owner=tw version=12",
  "tradewind owner=tw version=-1 sequence=1",
  "tradewind owner=tw version=12 sequence=1234567890123456",
  "owner=tw version=1 sequence=1",
  "",
])("%j is no stamp", (text) => {
  expect(readStamp(set("_tradewind-tw", "TXT", [text]))).toBeNull();
});

test("no set is no stamp", () => {
  expect(readStamp(undefined)).toBeNull();
});

test("the first fence makes the stamp, the next ones replace it", () => {
  const first = stampSet("shop.test", STAMP);
  expect(fenceOf("shop.test", undefined, STAMP)).toEqual({ kind: "create", after: first });
  const next = { ...STAMP, sequence: 346 };
  expect(fenceOf("shop.test", first, next)).toEqual({
    kind: "update",
    before: first,
    after: stampSet("shop.test", next),
  });
});

test("two owners have two stamps, and all of them one freeze switch", () => {
  expect(stampName("shop.test", "a")).not.toBe(stampName("shop.test", "b"));
  expect(freezeName("shop.test")).toBe("_tradewind-freeze.shop.test");
});
