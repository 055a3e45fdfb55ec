import fc from "fast-check";
import { expect, test } from "vitest";
import { type RecordSet, setText } from "../../../routing/dns/record.ts";
import { readSetText } from "../../../routing/dns/set-text.ts";

test("what a set's text says is what the set said", () => {
  const sets = fc.record({
    name: fc.domain(),
    type: fc.constantFrom("A", "TXT"),
    ttl: fc.nat(),
    values: fc.array(fc.string()),
  });
  fc.assert(
    fc.property(sets, (set) => {
      const values = [...set.values].sort();
      expect(readSetText(setText(set))).toEqual({ ...set, values, policy: null });
    }),
  );
});

test("of a set with a policy it tells the policy, in the text's own form", () => {
  const member = (id: string, value: string) => ({ id, values: [value] });
  const primary = member("a", "192.0.2.1");
  const secondary = member("b", "192.0.2.2");
  const policy = { kind: "failover", primary, secondary } as const;
  const set: RecordSet = { name: "a.test", type: "A", ttl: 60, values: [], policy };
  expect(readSetText(setText(set)).policy).toEqual([
    "failover",
    [["192.0.2.1"], null],
    [["192.0.2.2"], null],
  ]);
});
