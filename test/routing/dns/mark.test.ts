import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isMarkLabel,
  isMarkOf,
  markedBy,
  markName,
  markSet,
  marksOf,
  readMark,
} from "../../../routing/dns/mark.ts";
import { set } from "./fixtures.ts";

const zone = "shop.test";
const OURS = { owner: "tw", resource: "tradewind/load-balancer/www.shop.test" };

describe("a mark", () => {
  test("is read back as it was written", () => {
    expect(readMark(markSet(zone, set("www", "A", []), OURS))).toEqual(OURS);
  });

  test("of external-dns, in its quotes and with what it adds, is read too", () => {
    const text =
      '"heritage=external-dns,external-dns/owner=k8s,external-dns/resource=ingress/ns/name,external-dns/version=1"';
    expect(readMark(set("a-www", "TXT", [text]))).toEqual({
      owner: "k8s",
      resource: "ingress/ns/name",
    });
  });

  test.each([
    "v=spf1 -all",
    "heritage=other,external-dns/owner=tw,external-dns/resource=x",
    "heritage=external-dns,external-dns/owner=",
    "",
  ])("is not %j", (text) => {
    expect(readMark(set("a-www", "TXT", [text]))).toBeNull();
  });

  test("is a TXT and nothing else", () => {
    expect(readMark({ ...markSet(zone, set("www", "A", []), OURS), type: "A" })).toBeNull();
    expect(readMark(undefined)).toBeNull();
  });

  test("stands beside its set: below the zone even for the apex, and without an asterisk", () => {
    expect(markName(zone, { name: "www.shop.test", type: "A" })).toBe("a-www.shop.test");
    expect(markName(zone, { name: zone, type: "A" })).toBe("a-_apex.shop.test");
    expect(markName(zone, { name: "*.api.shop.test", type: "CNAME" })).toBe(
      "cname-_wildcard.api.shop.test",
    );
  });

  test("leads back to the set, whatever its name", () => {
    const label = fc.stringMatching(/^[a-z0-9_]([a-z0-9-]{0,8}[a-z0-9])?$/);
    const name = fc
      .tuple(fc.boolean(), fc.array(label, { maxLength: 3 }))
      .map(([wild, labels]) => [...(wild ? ["*"] : []), ...labels, zone].join("."));
    const type = fc.constantFrom("A", "AAAA", "CNAME", "TXT", "MX", "SRV", "CAA", "HTTPS");
    fc.assert(
      fc.property(name, type, (given, kind) => {
        const subject = { name: given, type: kind };
        expect(markedBy(zone, markName(zone, subject))).toEqual(subject);
      }),
    );
  });

  test("of a set is found among the sets of its zone", () => {
    const www = set("www", "A", ["192.0.2.1"]);
    const markOf = marksOf(zone, [www, markSet(zone, www, OURS)]);
    expect(markOf(www)).toEqual(OURS);
    expect(markOf(set("other", "A", []))).toBeNull();
    expect(markOf({ ...www, type: "AAAA" })).toBeNull();
  });

  test("is no name without a type before it", () => {
    expect(markedBy(zone, "www.shop.test")).toBeNull();
  });
});

test("a mark is ours by its owner and by what it is of: external-dns has owners of the same names", () => {
  expect([
    isMarkOf(OURS, "tw"),
    isMarkOf(OURS, "other"),
    isMarkOf({ owner: "tw", resource: "ingress/ns/name" }, "tw"),
    isMarkOf(null, "tw"),
  ]).toEqual([true, false, false, false]);
});

test("the labels of marks are told", () => {
  const names = ["_apex.shop.test", "_wildcard.shop.test", "apex.shop.test", "shop.test"];
  expect(names.map(isMarkLabel)).toEqual([true, true, false, false]);
});
