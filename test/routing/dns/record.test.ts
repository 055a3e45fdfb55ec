import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Check,
  checksOf,
  checkText,
  isSameSet,
  type RecordSet,
  setKey,
  setText,
  valuesOf,
} from "../../../routing/dns/record.ts";
import { set } from "./fixtures.ts";

const check: Check = {
  protocol: "https",
  target: "a.test",
  port: 443,
  path: "/",
  interval: 10,
  failures: 3,
};
const weighted: RecordSet = {
  ...set("w", "A", []),
  policy: {
    kind: "weighted",
    members: [
      { id: "a", values: ["192.0.2.1"], weight: 1, check },
      { id: "b", values: ["192.0.2.2"], weight: 2 },
    ],
  },
};

describe("two record sets are the same", () => {
  test("whatever the order of their values", () => {
    const values = fc.uniqueArray(fc.ipV4(), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(values, (list) =>
        isSameSet(set("a", "A", list), set("a", "A", list.toReversed())),
      ),
    );
  });

  test("whatever the order of the members of a policy", () => {
    const { policy } = weighted;
    const members = policy?.kind === "weighted" ? policy.members.toReversed() : [];
    expect(isSameSet(weighted, { ...weighted, policy: { kind: "weighted", members } })).toBe(true);
  });

  test.each([
    ["ttl", { ...weighted, ttl: 31 }],
    ["type", { ...weighted, type: "AAAA" }],
    ["no policy", { ...set("w", "A", []) }],
    ["opaque", { ...set("w", "A", []), policy: { kind: "opaque", text: "alias" } }],
  ] as const)("but not with another %s", (_what, other) => {
    expect(isSameSet(weighted, other)).toBe(false);
  });

  test("but not with another weight, member or check", () => {
    const [a, b] = weighted.policy?.kind === "weighted" ? weighted.policy.members : [];
    const others = [
      [{ ...a, weight: 3 }, b],
      [a],
      [{ ...a, check: { ...check, path: "/other" } }, b],
      [{ ...a, values: ["192.0.2.9"] }, b],
    ].map((members) => ({ ...weighted, policy: { kind: "weighted", members } }) as RecordSet);
    expect(others.map((other) => isSameSet(weighted, other))).toEqual([false, false, false, false]);
  });
});

test("a set is found by its name and type", () => {
  expect(setKey(set("a", "A", []))).toBe("a.shop.test A");
  expect(setText(set("a", "A", ["192.0.2.2", "192.0.2.1"]))).toBe(
    '["a.shop.test","A",30,["192.0.2.1","192.0.2.2"],null]',
  );
});

test("the values and checks of a policy are those of its members", () => {
  const failover: RecordSet = {
    ...set("f", "A", []),
    policy: {
      kind: "failover",
      primary: { id: "p", values: ["192.0.2.1"], check },
      secondary: { id: "s", values: ["192.0.2.1", "192.0.2.2"] },
    },
  };
  expect(valuesOf(failover)).toEqual(["192.0.2.1", "192.0.2.2"]);
  expect([checksOf(failover), checksOf(weighted), checksOf(set("a", "A", []))]).toEqual([
    [check],
    [check],
    [],
  ]);
  expect(valuesOf(set("a", "A", ["192.0.2.3"]))).toEqual(["192.0.2.3"]);
});

test("a check without a host asks for its target", () => {
  expect(checkText(check)).toBe(checkText({ ...check, host: "a.test" }));
  expect(checkText(check)).not.toBe(checkText({ ...check, host: "b.test" }));
});
