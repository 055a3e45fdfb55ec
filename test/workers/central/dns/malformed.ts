/** Sets that no provider may send: names and values of any text, beside some that are almost right. */
import fc from "fast-check";
import { RECORD_TYPES, type RecordSet } from "../../../../routing/dns/record.ts";

const anything = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({ unit: fc.constantFrom(..."abc.-_*/\\\"' \r\n\0;%{}<>10:é"), maxLength: 80 }),
  fc.constantFrom("", ".", "..", "-a", "a-", "a..b", `${"a".repeat(64)}`, "x".repeat(300), "1.2.3"),
);

export const malformedSets = (zone: string): fc.Arbitrary<RecordSet> =>
  fc.record({
    name: fc.oneof(
      anything,
      anything.map((text) => `${text}.${zone}`),
      fc.constant(`ok.${zone}`),
    ),
    type: fc.constantFrom(...RECORD_TYPES, "NS", "SOA", "", "a"),
    ttl: fc.oneof(fc.constantFrom(60, 0, -1, 1.5, Number.NaN), fc.integer()),
    values: fc.array(anything, { maxLength: 3 }).map((values) => [...new Set(values)].sort()),
  });
