import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Change, Unit } from "../../../routing/dns/change.ts";
import {
  applied,
  changeRatio,
  danglingCname,
  GUARDS,
  type Guard,
  type GuardInput,
  hasShrunk,
  listingShrank,
  momentOfEmptiness,
  neverEmpty,
  neverForeign,
  protectedNames,
  rootUntouchable,
  ttlRaise,
} from "../../../routing/dns/guards.ts";
import { markSet } from "../../../routing/dns/mark.ts";
import type { RecordSet } from "../../../routing/dns/record.ts";
import { stampSet } from "../../../routing/dns/stamp.ts";
import { SYNC, set } from "./fixtures.ts";

const apex = (type: string, values: readonly string[]): RecordSet => ({
  ...set("x", type, values),
  name: "shop.test",
});
const create = (after: RecordSet): Change => ({ kind: "create", after });
const remove = (before: RecordSet): Change => ({ kind: "delete", before });
const update = (before: RecordSet, after: RecordSet): Change => ({ kind: "update", before, after });

function input(
  changes: readonly (Change | readonly Change[])[],
  more: Partial<GuardInput> & { ours?: number } = {},
): GuardInput {
  const { ours = 1, ...rest } = more;
  const units = changes.map((one): Unit => {
    const own = (Array.isArray(one) ? one : [one]) as readonly Change[];
    const [first] = own as readonly [Change];
    return { subject: first.kind === "delete" ? first.before : first.after, changes: own };
  });
  return {
    plan: { units, ours },
    sync: SYNC,
    abilities: { atomic: "batch" },
    listing: [],
    hostnames: [],
    written: {},
    shrunkListings: 0,
    ...rest,
  };
}
const says = (guard: Guard, given: GuardInput) =>
  guard(given).map(({ subject, confirmation }) => [subject, confirmation]);

const www = set("www", "A", ["192.0.2.1"]);
const marked = (one: RecordSet) =>
  markSet("shop.test", one, { owner: "tw", resource: "tradewind/record" });

describe("never-empty", () => {
  test("a set without values is final", () => {
    expect(says(neverEmpty, input([create(set("www", "A", []))]))).toEqual([
      ["www.shop.test A", null],
    ]);
  });

  test("a hostname that would have no answer any more is final", () => {
    const given = input([remove(www)], { listing: [www], hostnames: ["www.shop.test"] });
    expect(says(neverEmpty, given)).toEqual([["www.shop.test", null]]);
  });

  test("a hostname whose type changes in one step is not silenced", () => {
    const step = [remove(www), create(set("www", "CNAME", ["edge.test"]))];
    const given = input([step], { listing: [www], hostnames: ["www.shop.test"] });
    expect(says(neverEmpty, given)).toEqual([]);
  });
});

describe("never-foreign", () => {
  test("what lacks our mark is neither changed nor deleted", () => {
    const other = set("www", "A", ["192.0.2.2"]);
    expect(says(neverForeign, input([update(www, other)], { listing: [www] }))).toEqual([
      ["www.shop.test A", null],
    ]);
    expect(says(neverForeign, input([remove(www)], { listing: [www] }))).toEqual([
      ["www.shop.test A", null],
    ]);
  });

  test("what has it, our own marks and stamp, and what was handed over may be", () => {
    const stamp = stampSet("shop.test", { owner: "tw", version: 1, sequence: 1 });
    const changes = [remove(www), remove(marked(www)), remove(stamp)];
    expect(says(neverForeign, input(changes, { listing: [www, marked(www), stamp] }))).toEqual([]);
    const handed = { sync: { ...SYNC, takeover: ["www.shop.test"] }, listing: [www] };
    expect(says(neverForeign, input([remove(www)], handed))).toEqual([]);
  });

  test("the marks and stamps of others may not", () => {
    const theirs = markSet("shop.test", www, { owner: "k8s", resource: "x" });
    const stamp = stampSet("shop.test", { owner: "b", version: 1, sequence: 1 });
    const given = input([remove(theirs), remove(stamp)], { listing: [theirs, stamp] });
    expect(says(neverForeign, given).length).toBe(2);
  });
});

test("the zone's own NS and SOA are untouchable, a delegation below it is not", () => {
  const changes = [
    create(apex("NS", ["ns.test"])),
    create(apex("SOA", ["x"])),
    create(set("sub", "NS", ["ns.test"])),
  ];
  expect(says(rootUntouchable, input(changes))).toEqual([
    ["shop.test NS", null],
    ["shop.test SOA", null],
  ]);
});

test("mail at the apex, delegations, signing and certificates wait for a word", () => {
  const touched = [
    apex("MX", ["10 m.test"]),
    set("sub", "NS", ["ns.test"]),
    set("sub", "DS", ["1 8 2 ab"]),
    set("_acme-challenge", "TXT", ["x"]),
    set("_acme-challenge.www", "CNAME", ["y.test"]),
  ];
  expect(says(protectedNames, input(touched.map(create))).map(([, word]) => word)).toEqual([
    "protected-name shop.test MX",
    "protected-name sub.shop.test NS",
    "protected-name sub.shop.test DS",
    "protected-name _acme-challenge.shop.test TXT",
    "protected-name _acme-challenge.www.shop.test CNAME",
  ]);
  expect(says(protectedNames, input([create(set("m", "MX", ["10 m.test"])), create(www)]))).toEqual(
    [],
  );
});

describe("too many changes", () => {
  const updates = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      update(set(`u${at}`, "A", ["1"]), set(`u${at}`, "A", ["2"])),
    );
  const deletes = (count: number) =>
    updates(count).map((one) => remove(one.kind === "update" ? one.before : www));

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

test("a longer TTL waits for a word that names the longest", () => {
  const raise = (ttl: number, to: number) =>
    update(set(`t${ttl}`, "A", ["1"], ttl), set(`t${ttl}`, "A", ["1"], to));
  expect(says(ttlRaise, input([raise(60, 3_600), raise(61, 86_400)]))).toEqual([
    ["t60.shop.test A", "ttl-raise 86400"],
  ]);
  expect(says(ttlRaise, input([raise(60, 300), raise(86_400, 3_600)]))).toEqual([]);
});

describe("a dangling CNAME", () => {
  const alias = set("alias", "CNAME", ["www.shop.test"]);

  test("of ours to a name that is not there waits for a word", () => {
    expect(says(danglingCname, input([create(alias)]))).toEqual([
      ["alias.shop.test CNAME", "dangling-cname alias.shop.test"],
    ]);
    expect(says(danglingCname, input([create(alias), create(www)]))).toEqual([]);
    const wildcard = { listing: [set("*", "A", ["192.0.2.1"])] };
    expect(says(danglingCname, input([create(alias)], wildcard))).toEqual([]);
  });

  test("of anybody's that a deletion would leave waits too", () => {
    const given = input([remove(www)], { listing: [www, alias] });
    expect(says(danglingCname, given)).toEqual([
      ["alias.shop.test CNAME", "dangling-cname alias.shop.test"],
    ]);
  });

  test("that hung there before is not our business", () => {
    expect(
      says(
        danglingCname,
        input([create(www)], { listing: [set("b", "CNAME", ["gone.shop.test"])] }),
      ),
    ).toEqual([]);
  });

  test("to another zone is not looked at", () => {
    expect(says(danglingCname, input([create(set("b", "CNAME", ["x.example.net"]))]))).toEqual([]);
  });
});

test("a change of type waits where the provider writes sets one by one", () => {
  const step = [remove(www), create(set("www", "CNAME", ["edge.test"]))];
  expect(says(momentOfEmptiness, input([step], { abilities: { atomic: "set" } }))).toEqual([
    ["www.shop.test A", "moment-of-emptiness www.shop.test"],
  ]);
  expect(momentOfEmptiness(input([step]))).toEqual([]);
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

test("changes applied to a listing are the listing afterwards", () => {
  const after = set("www", "A", ["192.0.2.2"]);
  const old = set("old", "A", ["1"]);
  expect(
    applied([www, old], [update(www, after), remove(old), create(set("n", "A", ["2"]))]),
  ).toEqual([after, set("n", "A", ["2"])]);
});

test("every guard is total: whatever plan it is given, it answers", () => {
  const name = fc.constantFrom("www", "alias", "_acme-challenge", "*", "a-www", "");
  const one = fc
    .tuple(name, fc.constantFrom("A", "CNAME", "TXT", "MX", "NS", "LOC"), fc.array(fc.string()))
    .map(([label, type, values]) => set(label, type, values));
  const change = fc.oneof(
    one.map(create),
    one.map(remove),
    fc.tuple(one, one).map(([a, b]) => update(a, b)),
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 6 }), fc.array(one), (changes, listing) => {
      for (const guard of GUARDS) {
        for (const { detail } of guard(input(changes, { listing, ours: 12 }))) {
          expect(detail.length).toBeGreaterThan(10);
        }
      }
    }),
  );
});
