import { describe, expect, test } from "vitest";
import type { Change } from "../../../../../routing/dns/change.ts";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { fenceOf } from "../../../../../routing/dns/stamp.ts";
import type { ResourceRecord } from "../../../../../workers/central/dns/rfc2136/message.ts";
import { textOf } from "../../../../../workers/central/dns/rfc2136/rdata.ts";
import { typeName } from "../../../../../workers/central/dns/rfc2136/types.ts";
import { updateOf } from "../../../../../workers/central/dns/rfc2136/update.ts";

const zone = "shop.test";
const stamp = (sequence: number) => ({ owner: "o", version: 1, sequence });
const fence = fenceOf(zone, undefined, stamp(1));
const set = (name: string, type: string, ...values: readonly string[]): RecordSet => ({
  name: `${name}.${zone}`,
  type,
  ttl: 60,
  values,
});
const create = (after: RecordSet): Change => ({ kind: "create", after });
const remove = (before: RecordSet): Change => ({ kind: "delete", before });

/** As `nsupdate` would say it. */
const said = ({ name, type, class: inClass, ttl, rdata }: ResourceRecord) =>
  [
    name,
    ttl,
    { 1: "IN", 254: "NONE", 255: "ANY" }[inClass],
    type === 255 ? "any type" : typeName(type),
    rdata.length === 0 ? "" : textOf(type, rdata),
  ]
    .join(" ")
    .trim();
const update = (...changes: readonly Change[]) => {
  const { answers, authorities, questions } = updateOf(zone, { fence, changes });
  expect(questions).toEqual([{ name: zone, type: 6, class: 1 }]);
  return {
    // Those of the stamp itself have a test of their own.
    must: answers.map(said).filter((each) => !each.startsWith("_tradewind")),
    does: authorities.map(said).filter((each) => !each.startsWith("_tradewind")),
  };
};

describe("an update", () => {
  test("makes a set that must not be there, beside no CNAME", () => {
    expect(update(create(set("a", "A", "192.0.2.1", "192.0.2.2")))).toEqual({
      must: ["a.shop.test 0 NONE A", "a.shop.test 0 NONE CNAME"],
      does: ["a.shop.test 60 IN A 192.0.2.1", "a.shop.test 60 IN A 192.0.2.2"],
    });
  });

  test("replaces and removes a set that must be as it was, with every value", () => {
    const before = set("a", "A", "192.0.2.1", "192.0.2.2");
    const after = { ...set("a", "A", "192.0.2.3"), ttl: 300 };
    const must = ["a.shop.test 0 IN A 192.0.2.1", "a.shop.test 0 IN A 192.0.2.2"];
    expect(update({ kind: "update", before, after })).toEqual({
      must,
      does: ["a.shop.test 0 ANY A", "a.shop.test 300 IN A 192.0.2.3"],
    });
    expect(update(remove(before))).toEqual({ must, does: ["a.shop.test 0 ANY A"] });
  });

  test("makes a CNAME only where the name is free", () => {
    expect(update(create(set("c", "CNAME", "a.test")))).toEqual({
      must: ["c.shop.test 0 NONE CNAME", "c.shop.test 0 NONE any type"],
      does: ["c.shop.test 60 IN CNAME a.test"],
    });
  });

  test("puts a CNAME in the place of addresses, and addresses in that of a CNAME, removing first", () => {
    const [a, c] = [set("x", "A", "192.0.2.1"), set("x", "CNAME", "a.test")];
    expect(update(create(c), remove(a))).toEqual({
      must: ["x.shop.test 0 NONE CNAME", "x.shop.test 0 IN A 192.0.2.1"],
      does: ["x.shop.test 0 ANY A", "x.shop.test 60 IN CNAME a.test"],
    });
    expect(update(create(a), remove(c))).toEqual({
      must: ["x.shop.test 0 NONE A", "x.shop.test 0 IN CNAME a.test"],
      does: ["x.shop.test 0 ANY CNAME", "x.shop.test 60 IN A 192.0.2.1"],
    });
  });

  test("replaces the stamp in the same message, and only the one that was listed", () => {
    const before = { ...(fence.kind === "create" ? fence.after : set("x", "A")) };
    const next = fenceOf(zone, before, stamp(2));
    const { answers, authorities } = updateOf(zone, { fence: next, changes: [] });
    expect(answers.map(said)).toEqual([
      "_tradewind-o.shop.test 0 IN TXT tradewind owner=o version=1 sequence=1",
    ]);
    expect(authorities.map(said)).toEqual([
      "_tradewind-o.shop.test 0 ANY TXT",
      "_tradewind-o.shop.test 60 IN TXT tradewind owner=o version=1 sequence=2",
    ]);
  });
});
