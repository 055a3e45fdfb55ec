import { describe, expect, test } from "vitest";
import { changeKey } from "../../../routing/dns/change.ts";
import type { Desired, Wanted } from "../../../routing/dns/desired.ts";
import { markSet } from "../../../routing/dns/mark.ts";
import { type PlanInput, planOf, unwantedKeys } from "../../../routing/dns/plan.ts";
import { type RecordSet, setKey, setText } from "../../../routing/dns/record.ts";
import { stampSet } from "../../../routing/dns/stamp.ts";
import { SYNC, set } from "./fixtures.ts";

const RESOURCE = "tradewind/load-balancer/www.shop.test";
const marked = (one: RecordSet, owner = "tw", resource = RESOURCE) => [
  one,
  markSet("shop.test", one, { owner, resource }),
];
const wants = (...sets: readonly RecordSet[]): Desired => ({
  wanted: sets.map((one): Wanted => ({ set: one, resource: RESOURCE })),
  notes: [],
  kept: [],
  gone: [],
});
const www = set("www", "A", ["192.0.2.1"]);
const other = set("www", "A", ["192.0.2.2"]);

function plan(given: Partial<PlanInput> & { takeover?: readonly string[]; drift?: "respect" }) {
  const { takeover = [], drift = "repair", ...input } = given;
  const done = planOf({
    sync: { ...SYNC, takeover, drift },
    abilities: { fence: "provider" },
    version: 7,
    desired: wants(www),
    listing: [],
    written: {},
    doubted: new Set(),
    absences: {},
    ...input,
  });
  const said = (units: typeof done.units) =>
    units.map(({ changes }) => changes.map((one) => `${one.kind} ${changeKey(one)}`));
  return { ...done, said: said(done.units), saidRespected: said(done.respected) };
}

describe("what is wanted", () => {
  test("and not there is created with its mark", () => {
    expect(plan({}).said).toEqual([["create www.shop.test A", "create a-www.shop.test TXT"]]);
  });

  test("and there, with our mark, is left alone", () => {
    const done = plan({ listing: marked(www) });
    expect([done.said, done.ours]).toEqual([[], 1]);
  });

  test("and otherwise there, with our mark, is updated", () => {
    expect(plan({ listing: marked(other) }).said).toEqual([["update www.shop.test A"]]);
  });

  test("is updated with its mark where nobody compares at the moment of writing", () => {
    const done = plan({ listing: marked(other), abilities: { fence: "reader" } });
    expect(done.said).toEqual([["update www.shop.test A", "update a-www.shop.test TXT"]]);
    expect(plan({ listing: marked(www), abilities: { fence: "reader" } }).said).toEqual([]);
  });

  test("for another reason than the mark says gets its mark updated", () => {
    expect(plan({ listing: marked(www, "tw", "tradewind/record") }).said).toEqual([
      ["update a-www.shop.test TXT"],
    ]);
  });
});

describe("what is somebody else's", () => {
  test.each([
    ["nobody's mark is on it", [other]],
    ["it is marked as k8s's", marked(other, "k8s")],
  ])("stands in the way and is told: %s", (whose, listing) => {
    const done = plan({ listing });
    expect(done.said).toEqual([]);
    expect(done.conflicts.map(({ detail }) => detail)).toEqual([
      `A www.shop.test is there already, and ${whose}. Add www.shop.test to takeover to make it ours, or remove it at the provider.`,
    ]);
  });

  test("becomes ours where the operator hands it over, even when it is as wanted", () => {
    expect(plan({ listing: [www], takeover: ["www.shop.test"] }).said).toEqual([
      ["create a-www.shop.test TXT"],
    ]);
    expect(plan({ listing: [other], takeover: ["www.shop.test"] }).said).toEqual([
      ["update www.shop.test A", "create a-www.shop.test TXT"],
    ]);
  });

  test("of another type is no obstacle, a CNAME always is", () => {
    expect(plan({ listing: [set("www", "TXT", ["x"])] }).conflicts).toEqual([]);
    expect(plan({ listing: [set("www", "CNAME", ["x.test"])] }).conflicts.length).toBe(1);
    const cname = wants(set("www", "CNAME", ["edge.test"]));
    expect(plan({ listing: [set("www", "TXT", ["x"])], desired: cname }).conflicts.length).toBe(1);
  });

  test("where our mark should be is told, and nothing is done", () => {
    const done = plan({ listing: [set("a-www", "TXT", ["somebody"])] });
    expect([done.said, done.conflicts[0]?.detail]).toEqual([
      [],
      "The name of our mark, a-www.shop.test, holds a TXT of somebody else's. Remove or rename it at the provider.",
    ]);
  });

  test("and nowhere near ours is not mentioned", () => {
    const done = plan({ listing: [...marked(www), set("mail", "MX", ["10 m.test"])] });
    expect([done.said, done.conflicts]).toEqual([[], []]);
  });
});

describe("what is ours and not wanted any more", () => {
  const old = set("old", "A", ["192.0.2.9"]);
  const listing = [...marked(www), ...marked(old)];

  test("waits until several complete listings have confirmed it", () => {
    const done = plan({ listing, absences: { "old.shop.test A": 2 } });
    expect([done.said, done.waiting[0]?.detail]).toEqual([
      [],
      "A is not wanted any more; it is deleted when 3 complete listings in a row have confirmed that, 2 have.",
    ]);
  });

  test("is then deleted with its mark", () => {
    expect(plan({ listing, absences: { "old.shop.test A": 3 } }).said).toEqual([
      ["delete old.shop.test A", "delete a-old.shop.test TXT"],
    ]);
  });

  test("is counted, and nothing else is", () => {
    const input = { sync: SYNC, version: 7, desired: wants(www), listing };
    expect(unwantedKeys(input)).toEqual(["old.shop.test A"]);
  });

  test("goes at once, in the same step, where another type takes its place", () => {
    const desired = wants(set("www", "CNAME", ["edge.test"]));
    expect(plan({ listing: marked(www), desired }).said).toEqual([
      [
        "delete www.shop.test A",
        "delete a-www.shop.test TXT",
        "create www.shop.test CNAME",
        "create cname-www.shop.test TXT",
      ],
    ]);
  });

  test("goes at once where it leads to what must not answer any more, with what does", () => {
    const six = set("www", "AAAA", ["2001:db8::1"]);
    const desired = { ...wants(other), gone: [{ name: six.name, type: "AAAA" }] };
    expect(plan({ listing: [...marked(www), ...marked(six)], desired }).said).toEqual([
      ["delete www.shop.test AAAA", "delete aaaa-www.shop.test TXT", "update www.shop.test A"],
    ]);
  });

  test("stays while there is no answer to put there", () => {
    const kept = { ...wants(), kept: [{ name: "old.shop.test", detail: "" }] };
    expect(plan({ listing, desired: kept, absences: { "old.shop.test A": 9 } }).said).toEqual([]);
  });

  test("leaves no mark behind when somebody else deleted it", () => {
    const [, mark] = marked(old);
    expect(plan({ listing: [...marked(www), mark as RecordSet] }).said).toEqual([
      ["delete a-old.shop.test TXT"],
    ]);
  });
});

describe("what was handed over", () => {
  const cname = wants(set("www", "CNAME", ["edge.test"]));
  const takeover = ["www.shop.test"];

  test("is no more than what stands where we write", () => {
    const listing = [set("www", "TXT", ["theirs"]), other];
    expect(plan({ listing, takeover }).said).toEqual([
      ["update www.shop.test A", "create a-www.shop.test TXT"],
    ]);
  });

  test("gives way to a CNAME, but for what a signer made", () => {
    const listing = [other, set("www", "RRSIG", ["x"]), set("www", "NSEC", ["y"])];
    expect(plan({ listing, takeover, desired: cname }).said).toEqual([
      ["delete www.shop.test A", "create www.shop.test CNAME", "create cname-www.shop.test TXT"],
    ]);
  });
});

test("what a signer made of our names is in nobody's way", () => {
  const listing = [set("www", "RRSIG", ["x"]), set("www", "NSEC", ["y"])];
  const done = plan({ listing, desired: wants(set("www", "CNAME", ["edge.test"])) });
  expect([done.conflicts, done.said.length]).toEqual([[], 1]);
});

test("a set that cannot be published keeps itself and not its whole name", () => {
  const kept = [{ name: "www.shop.test", type: "CAA", detail: "" }];
  const done = plan({ listing: marked(other), desired: { ...wants(www), kept } });
  expect(done.said).toEqual([["update www.shop.test A"]]);
});

test("what stands at the stamp's name and is no stamp is told", () => {
  expect(plan({ listing: [set("_tradewind-tw", "TXT", ["odd"])] }).isStampBroken).toBe(true);
});

describe("a foreign edit of ours", () => {
  const written = { [setKey(www)]: setText(www) };

  test("is drift, and undone where the zone says repair", () => {
    const done = plan({ listing: marked(other), written });
    expect(done.drift).toEqual([
      { key: "www.shop.test A", wrote: setText(www), found: setText(other) },
    ]);
    expect(done.said).toEqual([["update www.shop.test A"]]);
  });

  test("is left to an operator where it says respect", () => {
    const done = plan({ listing: marked(other), written, drift: "respect" });
    expect([done.said, done.saidRespected]).toEqual([[], [["update www.shop.test A"]]]);
  });

  test("that took it away is drift too", () => {
    const [, mark] = marked(www);
    const done = plan({ listing: [mark as RecordSet], written });
    expect([done.drift[0]?.found, done.said]).toEqual([null, [["create www.shop.test A"]]]);
  });
});

describe("a set that we wrote and that lost its mark", () => {
  const written = { [setKey(www)]: setText(www) };

  test("gets it again, and only then what it should be", () => {
    expect(plan({ listing: [www], written }).said).toEqual([["create a-www.shop.test TXT"]]);
    const done = plan({ listing: [www], written, desired: wants(other) });
    expect([done.said, done.conflicts]).toEqual([[["create a-www.shop.test TXT"]], []]);
  });

  test("gets it again although nobody wants it any more, or it could never be taken away", () => {
    const six = set("www", "AAAA", ["2001:db8::1"]);
    const desired = { ...wants(www), gone: [{ name: six.name, type: "AAAA" }] };
    const done = plan({
      listing: [...marked(www), six],
      written: { [setKey(six)]: setText(six) },
      desired,
    });
    expect(done.said).toEqual([["create aaaa-www.shop.test TXT"]]);
  });

  test("or that we sent, and that came when its mark was gone, gets it again too", () => {
    const doubted = new Set([setText(www)]);
    expect(plan({ listing: [www], doubted }).said).toEqual([["create a-www.shop.test TXT"]]);
    expect(plan({ listing: [other], doubted }).conflicts.length).toBe(1);
    expect(plan({ listing: marked(www, "k8s"), doubted }).conflicts.length).toBe(1);
  });

  test("is somebody else's as soon as it is not as we wrote it, or is marked by another", () => {
    expect(plan({ listing: [other], written }).conflicts.length).toBe(1);
    expect(plan({ listing: marked(www, "k8s"), written }).conflicts.length).toBe(1);
  });
});

test("what stands in the way of one type does not hold another", () => {
  const six = set("www", "AAAA", ["2001:db8::1"]);
  const done = plan({ listing: [other, ...marked(six)], desired: wants(www, { ...six, ttl: 60 }) });
  expect([done.conflicts.length, done.said]).toEqual([1, [["update www.shop.test AAAA"]]]);
});

test("what we had as another type beside somebody else's, where ours cannot go, is taken away; what can stand there stays", () => {
  const alias = set("www", "CNAME", ["v5.example.net"]);
  expect(plan({ listing: [other, ...marked(alias)] }).said).toEqual([
    ["delete www.shop.test CNAME", "delete cname-www.shop.test TXT"],
  ]);
  const text = set("www", "TXT", ["theirs"]);
  expect(plan({ listing: [text, ...marked(www)], desired: wants(alias) }).said).toEqual([]);
});

describe("the checksum", () => {
  test("is the same for the same plan and another for any other", () => {
    const sums = [
      plan({}),
      plan({}),
      plan({ version: 8 }),
      plan({ desired: wants(other) }),
      plan({ listing: [stampSet("shop.test", { owner: "tw", version: 1, sequence: 1 })] }),
    ].map(({ checksum }) => checksum);
    expect(sums[0]).toBe(sums[1]);
    expect(new Set(sums).size).toBe(4);
  });

  test("stands on the stamp of the zone", () => {
    const stamp = { owner: "tw", version: 1, sequence: 1 };
    expect(plan({ listing: [stampSet("shop.test", stamp)] }).base).toEqual(stamp);
    expect(plan({ listing: [stampSet("shop.test", { ...stamp, owner: "b" })] }).base).toBeNull();
  });
});
