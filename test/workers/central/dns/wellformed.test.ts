import { describe, expect, test } from "vitest";
import type { Abilities } from "../../../../routing/dns/abilities.ts";
import type { Change } from "../../../../routing/dns/change.ts";
import { RECORD_TYPES, type RecordSet } from "../../../../routing/dns/record.ts";
import { AZURE_ABILITIES } from "../../../../workers/central/dns/azure.ts";
import { shownName } from "../../../../workers/central/dns/failure.ts";
import { GOOGLE_ABILITIES } from "../../../../workers/central/dns/google.ts";
import { type Besides, whyNotSent } from "../../../../workers/central/dns/wellformed.ts";
import { SAMPLES } from "./contract.ts";

const zone = "shop.test";
const set = (change: Partial<RecordSet>): RecordSet => ({
  name: `a.${zone}`,
  type: "A",
  ttl: 60,
  values: ["192.0.2.1"],
  ...change,
});
const why = (changes: readonly Change[], abilities: Abilities = GOOGLE_ABILITIES) =>
  whyNotSent(changes, zone, abilities);
const created = (change: Partial<RecordSet>, abilities?: Abilities) =>
  why([{ kind: "create", after: set(change) }], abilities);

describe("what is not sent", () => {
  test.each([
    ["is no name", { name: "" }],
    ["lower case", { name: `A.${zone}` }],
    ["lower case", { name: `a.${zone}.` }],
    ["two dots in a row", { name: `..${zone}` }],
    ['the label "a/b"', { name: `a/b.${zone}` }],
    ["a star", { name: `a.*.${zone}` }],
    [`not in the zone ${zone}`, { name: `a.not${zone}` }],
    [`not in the zone ${zone}`, { name: `${zone}.evil` }],
    ['the label "-a"', { name: `-a.${zone}` }],
    ['the label "a b"', { name: `a b.${zone}` }],
    ["other than ASCII", { name: `ä.${zone}` }],
    ["other than ASCII", { name: `a\n.${zone}` }],
    ["a label of 64 characters", { name: `${"a".repeat(64)}.${zone}` }],
    ["a name has at most 253", { name: `${"a.".repeat(130)}${zone}` }],
    ["not written there", { type: "NS" }],
    ["a TTL of 1.5", { ttl: 1.5 }],
    ["a TTL of -1, and the provider takes 0 to", { ttl: -1 }],
    ["no value", { values: [] }],
    ["101 values", { values: Array.from({ length: 101 }, (_, at) => `192.0.2.${at}`) }],
    ["not an IPv4 address", { values: ["192.0.2.1", "192.0.2.256"] }],
    ['has to be "2001:db8::1"', { type: "AAAA", values: ["2001:DB8::1"] }],
    ["not escaped", { type: "TXT", values: ["a\\b"] }],
    ["not escaped", { type: "TXT", values: ["\n"] }],
    ["the policy geo", { policy: { kind: "geo", members: [] } }],
  ] as const)("%s: %j", (reason, change) => {
    const text = created(change);
    expect(text).toContain(reason);
    expect(text).toContain(shownName(set(change)));
  });

  test("is what the abilities leave out", () => {
    expect(created({ ttl: 0 }, AZURE_ABILITIES)).toContain("takes 1 to 2147483647");
    expect(created({ ttl: 0 })).toBeNull();
    expect(created({ type: "HTTPS", values: ["1 ."] }, AZURE_ABILITIES)).toContain("not written");
  });

  test("is a set to delete or to replace by a name that is none, though its values may be any", () => {
    const odd = set({ values: ["no address"] });
    expect(why([{ kind: "delete", before: odd }])).toBeNull();
    expect(why([{ kind: "update", before: odd, after: set({}) }])).toBeNull();
    expect(why([{ kind: "delete", before: set({ name: `../x.${zone}` }) }])).toContain("dots");
    expect(why([{ kind: "update", before: set({ name: "x" }), after: set({}) }])).toContain('"x"');
  });

  test("is what one provider looks at besides, in what comes and in what goes", () => {
    const odd = set({ values: ["no address"] });
    const opaque = set({ values: [], policy: { kind: "opaque", text: "theirs" } });
    const whyBesides = (change: Change, besides: Besides) =>
      whyNotSent([change], zone, GOOGLE_ABILITIES, besides);
    const gone = (before: RecordSet, besides: Besides) =>
      whyBesides({ kind: "delete", before }, besides);
    expect(gone(odd, { sendsBefore: true })).toContain('has the value "no address"');
    expect(gone(odd, { sendsBefore: true, whyNotValue: () => null })).toBeNull();
    expect(gone(opaque, {})).toBeNull();
    expect(gone(opaque, { replaces: ["weighted"] })).toContain("the policy opaque");
    const create: Change = { kind: "create", after: odd };
    expect(whyBesides(create, { whyNotValue: () => null })).toBeNull();
    const whyNotSet = () => ["is not to be had"];
    expect(whyBesides({ kind: "create", after: set({}) }, { whyNotSet })).toBe(
      `${shownName(odd)} is not to be had`,
    );
    expect(gone(odd, { whyNotSet })).toBeNull();
  });

  test("is told with every reason, of a batch with a thousand the first twenty", () => {
    const bad: Change = {
      kind: "create",
      after: set({ ttl: -1, values: ["x", "192.0.2.1", "y"] }),
    };
    const other: Change = { kind: "create", after: set({ name: `b.${zone}`, type: "NS" }) };
    expect(why([{ kind: "create", after: set({}) }, bad, other])?.split("; ")).toEqual([
      expect.stringContaining("a TTL of -1"),
      expect.stringContaining('the value "x"'),
      expect.stringContaining('the value "y"'),
      expect.stringContaining("not written there"),
    ]);
    const thousand = Array.from(
      { length: 1_000 },
      (_, at): Change => ({ kind: "create", after: set({ name: `n${at}.${zone}`, ttl: -1 }) }),
    );
    expect(why(thousand)?.split("; ")).toHaveLength(21);
    expect(why(thousand)).toMatch(/; and 980 more$/);
    expect(why([])).toBeNull();
  });
});

test.each(RECORD_TYPES)("every sample of %s is sent", (type) => {
  for (const sample of SAMPLES[type]) {
    expect(created({ ...sample, type, name: sample.name.replace(/Z$/, zone) })).toBeNull();
  }
});
