import { describe, expect, test } from "vitest";
import {
  changeRatio,
  fenceAtCommit,
  hasShrunk,
  listingShrank,
} from "../../../routing/dns/plan-guards.ts";
import { set } from "./fixtures.ts";
import { create, input, marked, remove, says, update, www } from "./guard-inputs.ts";

describe("too many changes", () => {
  const updates = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      update(set(`u${at}`, "A", ["1"]), set(`u${at}`, "A", ["2"])),
    );
  const deletes = (count: number) =>
    Array.from({ length: count }, (_, at) => remove(set(`d${at}`, "A", ["1"])));

  test.each([
    [updates(3), 10, []],
    [updates(4), 10, ["too-many-updates 4"]],
    [deletes(3), 10, []],
    [deletes(4), 10, ["too-many-deletes 4"]],
    [updates(9), 9, []],
    [[...updates(4), ...deletes(4)], 10, ["too-many-updates 4", "too-many-deletes 4"]],
  ] as const)("case %#", (changes, ours, words) => {
    expect(says(changeRatio, input(changes, { ours })).map(([, word]) => word)).toEqual(words);
  });

  test("marks do not count", () => {
    const marks = updates(9).map((one) =>
      one.kind === "update" ? marked(one.before) : marked(www),
    );
    expect(changeRatio(input(marks.map(remove), { ours: 10 }))).toEqual([]);
  });
});

describe("a listing that lost most of what we wrote", () => {
  const written = { "a.shop.test A": "", "b.shop.test A": "", "c.shop.test A": "" };
  const listing = [set("a", "A", ["1"])];

  test("stops everything until it was so in several listings in a row", () => {
    expect(says(listingShrank, input([], { written, listing, shrunkListings: 2 }))).toEqual([
      ["shop.test", "listing-shrank"],
    ]);
    expect(listingShrank(input([], { written, listing, shrunkListings: 3 }))).toEqual([]);
  });

  test("is one that has less than seven of ten of it", () => {
    const ten = Object.fromEntries(
      Array.from({ length: 10 }, (_, at) => [`${at}.shop.test A`, ""]),
    );
    const some = (count: number) =>
      Array.from({ length: count }, (_, at) => set(String(at), "A", []));
    expect([hasShrunk(ten, some(7)), hasShrunk(ten, some(6)), hasShrunk({}, [])]).toEqual([
      false,
      true,
      false,
    ]);
  });
});

describe("of fewer than ten sets", () => {
  const gone = (count: number) =>
    Array.from({ length: count }, (_, at) => remove(set(`n${at}`, "A", ["1"])));

  test("one may be deleted without a word, two may not", () => {
    expect(changeRatio(input(gone(1), { ours: 2 }))).toEqual([]);
    expect(says(changeRatio, input(gone(2), { ours: 2 }))).toEqual([
      ["shop.test", "too-many-deletes 2"],
    ]);
  });
});

test("a name that gets another type is changed and not deleted", () => {
  const steps = Array.from({ length: 3 }, (_, at) => [
    remove(set(`t${at}`, "A", ["1"])),
    create(set(`t${at}`, "CNAME", ["e.test"])),
  ]);
  expect(changeRatio(input(steps, { ours: 6 }))).toEqual([]);
  expect(says(changeRatio, input([...steps, ...steps], { ours: 12 }))).toEqual([
    ["shop.test", "too-many-updates 6"],
  ]);
});

test("what only health changes does not count, or no zone with a few hostnames could fail over", () => {
  const hosts = Array.from({ length: 12 }, (_, at) => set(`h${at}`, "A", ["1"]));
  const moves = hosts.map((one) => update(one, { ...one, values: ["2"] }));
  const byHealth = new Set(hosts.map(({ name }) => `${name} A`));
  expect(says(changeRatio, input(moves, { ours: 12 })).length).toBe(1);
  expect(changeRatio(input(moves, { ours: 12, byHealth }))).toEqual([]);
});

describe("the zone's stamp", () => {
  const withStamp = (version: number, base: number | null, isStampBroken = false) => {
    const given = input([]);
    const stamp = base === null ? null : { owner: "tw", version: base, sequence: 1 };
    return { ...given, plan: { ...given.plan, version, base: stamp, isStampBroken } };
  };

  test("of a newer version is final, and says what to do", () => {
    const [objection] = fenceAtCommit(withStamp(3, 6));
    expect([objection?.confirmation, objection?.about]).toEqual([null, "plan"]);
    expect(objection?.detail).toContain("delete the TXT _tradewind-tw.shop.test at the provider");
  });

  test("of the same or an older one, or none, is not", () => {
    expect([withStamp(3, 3), withStamp(3, 2), withStamp(3, null)].flatMap(fenceAtCommit)).toEqual(
      [],
    );
  });

  test("that cannot be read waits for a word", () => {
    expect(says(fenceAtCommit, withStamp(3, null, true))).toEqual([
      ["_tradewind-tw.shop.test", "fence-at-commit stamp"],
    ]);
  });
});
