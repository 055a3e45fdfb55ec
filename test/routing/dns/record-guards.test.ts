import { describe, expect, test } from "vitest";
import { markSet } from "../../../routing/dns/mark.ts";
import {
  danglingCname,
  momentOfEmptiness,
  neverEmpty,
  neverForeign,
  protectedNames,
  rootUntouchable,
  ttlRaise,
} from "../../../routing/dns/record-guards.ts";
import { stampSet } from "../../../routing/dns/stamp.ts";
import { SYNC, set } from "./fixtures.ts";
import { apex, create, input, marked, remove, says, update, www } from "./guard-inputs.ts";

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
    const other = set("www", "A", ["192.0.2.2"]);
    expect(says(neverForeign, input([update(www, other)], handed))).toEqual([]);
    expect(says(neverForeign, input([remove(www)], handed))).toEqual([
      ["www.shop.test A", "never-foreign www.shop.test A"],
    ]);
  });

  test("the marks and stamps of others may not", () => {
    const theirs = markSet("shop.test", www, { owner: "k8s", resource: "x" });
    const stamp = stampSet("shop.test", { owner: "b", version: 1, sequence: 1 });
    const given = input([remove(theirs), remove(stamp)], { listing: [theirs, stamp] });
    expect(says(neverForeign, given).length).toBe(2);
  });
});

test("a mark of external-dns is not ours, whatever its owner is called", () => {
  const theirs = markSet("shop.test", www, { owner: "tw", resource: "ingress/ns/name" });
  expect(says(neverForeign, input([remove(www)], { listing: [www, theirs] }))).toEqual([
    ["www.shop.test A", null],
  ]);
});

test("a set under a label that marks use is nobody's of ours", () => {
  const odd = { ...www, name: "_apex.shop.test" };
  const mark = markSet(
    "shop.test",
    { ...www, name: "shop.test" },
    { owner: "tw", resource: "tradewind/record" },
  );
  expect(says(neverForeign, input([remove(odd)], { listing: [odd, mark] })).length).toBe(1);
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

test("a longer TTL waits for a word that names the longest", () => {
  const raise = (ttl: number, to: number) =>
    update(set(`t${ttl}`, "A", ["1"], ttl), set(`t${ttl}`, "A", ["1"], to));
  expect(says(ttlRaise, input([raise(60, 3_600), raise(61, 86_400)]))).toEqual([
    ["t60.shop.test A", "ttl-raise 86400"],
  ]);
  expect(says(ttlRaise, input([raise(60, 300), raise(86_400, 3_600)]))).toEqual([]);
});

test("a type that takes another's place with a longer TTL waits too", () => {
  const step = [remove(set("www", "A", ["1"], 60)), create(set("www", "CNAME", ["e.test"], 3_600))];
  expect(says(ttlRaise, input([step], { listing: [set("www", "A", ["1"], 60)] }))).toEqual([
    ["www.shop.test CNAME", "ttl-raise 3600"],
  ]);
});

describe("a dangling CNAME", () => {
  const alias = set("alias", "CNAME", ["www.shop.test"]);

  test("of ours to a name that is not there waits for a word", () => {
    expect(says(danglingCname, input([create(alias)]))).toEqual([
      ["alias.shop.test CNAME", "dangling-cname alias.shop.test"],
    ]);
    expect(says(danglingCname, input([create(alias), create(www)]))).toEqual([]);
    const above = input([create(set("alias", "CNAME", ["a.b.shop.test"]))], {
      listing: [set("*", "A", ["192.0.2.1"])],
    });
    expect(says(danglingCname, above)).toEqual([]);
    const cut = input([create(set("alias", "CNAME", ["origin.aws.shop.test"]))], {
      listing: [set("aws", "NS", ["ns.aws.test"])],
    });
    expect(says(danglingCname, cut)).toEqual([]);
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
