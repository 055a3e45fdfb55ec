import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Batch, Change } from "../../../../../routing/dns/change.ts";
import { RECORD_TYPES, type RecordSet } from "../../../../../routing/dns/record.ts";
import { shownName } from "../../../../../workers/central/dns/failure.ts";
import { messageBytes } from "../../../../../workers/central/dns/rfc2136/message.ts";
import { updateOf } from "../../../../../workers/central/dns/rfc2136/update.ts";
import { RFC2136_ABILITIES } from "../../../../../workers/central/dns/rfc2136.ts";
import { badNames, badValues } from "./arbitraries.ts";
import { a, fence, never, providerOver, zone } from "./provider.ts";

describe("what no server is sent", () => {
  const unsent = async (changes: readonly Change[], about: string) => {
    const provider = providerOver(() => Promise.reject(new Error("dialled")));
    const answer = await provider.write({ fence, changes }, never);
    expect(answer).toMatchObject({ ok: false, error: { kind: "rejected" } });
    const detail = answer.ok ? "" : answer.error.detail;
    expect(detail).toContain(`rfc2136, zone ${zone}:`);
    expect(detail).toContain(about);
    expect(provider.calls).toBe(0);
  };

  test("a thousand malformed names", async () => {
    const prefixes = badNames.filter((text) => !/[\s"]/.test(text) && text.length < 80);
    await fc.assert(
      fc.asyncProperty(prefixes, async (bad) => {
        const named = { ...a, name: `${bad}.${zone}` };
        await unsent([{ kind: "create", after: named }], shownName(named));
      }),
      { numRuns: 1_000 },
    );
  });

  test("a thousand malformed values", async () => {
    const sets = fc
      .constantFrom(...RECORD_TYPES)
      .chain((type) => badValues[type].map((value) => ({ ...a, type, values: [value] })));
    await fc.assert(
      fc.asyncProperty(sets, async (set) => {
        await unsent([{ kind: "create", after: set }], `${shownName(set)} has the value`);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each<readonly [string, Partial<RecordSet>]>([
    ["a name of another zone", { name: "a.other.test" }],
    ["a name that only ends like the zone", { name: `evil${zone}` }],
    ["a name in upper case", { name: `A.${zone}` }],
    ["a type that is never written", { type: "NS", values: ["ns.test"] }],
    ["a TTL that is negative", { ttl: -1 }],
    ["a TTL that is no number of seconds", { ttl: 1.5 }],
    ["a TTL of too many", { ttl: 2 ** 31 }],
    ["a set without a value", { values: [] }],
    ["a value that is not canonical", { type: "CNAME", values: ["Upper.Test"] }],
    ["a policy", { values: [], policy: { kind: "opaque", text: "" } }],
    [
      "more values than a set may have",
      { values: Array.from({ length: 201 }, (_, at) => `192.0.2.${at}`) },
    ],
  ])("%s", async (_title, part) => {
    await unsent([{ kind: "create", after: { ...a, ...part } }], part.name ?? a.name);
  });
});

test("the batch with the longest names and shortest public addresses fits one message, and a larger one is not sent", async () => {
  const { batch: limits } = RFC2136_ABILITIES;
  const long = `${Array.from({ length: 3 }, () => "x".repeat(60)).join(".")}.x`;
  // A value with the most bytes for its characters that a public name, address or text has.
  const worst = (at: number): RecordSet => ({
    name: `${at}.${long}.${zone}`,
    type: "AAAA",
    ttl: 60,
    values: Array.from({ length: 16 }, (_, each) => `2a0${each.toString(16)}::`),
  });
  const changes = Array.from({ length: limits.changesMax }, (_, at): Change => {
    const set = worst(at);
    return { kind: "update", before: set, after: set };
  });
  const characters = changes.length * 2 * 16 * 6;
  expect(characters).toBeLessThan(limits.charactersMax);
  const most = { fence, changes };
  expect(messageBytes(1, 5, updateOf(zone, most)).length).toBeLessThan(65_535 - 1_000);
  const text = { ...a, type: "TXT", values: ["x".repeat(60_000)] };
  const large: Batch = { fence, changes: [{ kind: "update", before: text, after: text }] };
  const answer = await providerOver(() => Promise.reject(new Error("dialled"))).write(large, never);
  expect(answer).toMatchObject({ ok: false, error: { kind: "rejected" } });
  expect(answer.ok ? "" : answer.error.detail).toMatch(
    /the batch has \d+ bytes as a message, of 65535/,
  );
});
