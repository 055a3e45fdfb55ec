import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Check, Member, Policy } from "../../../../../routing/dns/record.ts";
import { type LuaSet, luaOf, readLua } from "../../../../../workers/central/dns/powerdns/policy.ts";
import { POLICIES } from "../contract.ts";
import { name, values } from "../rfc2136/arbitraries.ts";

const check: fc.Arbitrary<Check> = fc
  .record({
    protocol: fc.constantFrom("http" as const, "https" as const, "tcp" as const),
    target: name,
    host: fc.option(name, { nil: undefined }),
    port: fc.integer({ min: 1, max: 65_535 }),
    path: fc.option(fc.stringMatching(/^\/[a-zA-Z0-9._~:/?#@!$&()*+,;=%-]{0,300}$/), {
      nil: undefined,
    }),
    interval: fc.constantFrom(10 as const, 30 as const),
    failures: fc.integer({ min: 1, max: 10 }),
  })
  .filter(({ path }) => !path?.includes("]="))
  .map(({ host, path, ...rest }) => ({
    ...rest,
    ...(host !== undefined && { host }),
    ...(path !== undefined && { path }),
  }));
const id = fc.stringMatching(/^[a-zA-Z0-9-]{1,64}$/);

const memberOf = (type: "A" | "AAAA"): fc.Arbitrary<Omit<Member, "check">> =>
  fc.record({
    id,
    values: fc
      .uniqueArray(values[type], { minLength: 1, maxLength: 4 })
      .map((addresses) => addresses.sort()),
  });
const luaSet: fc.Arbitrary<LuaSet> = fc
  .constantFrom("A" as const, "AAAA" as const)
  .chain((type) => {
    const member = memberOf(type);
    const failover = fc
      .tuple(member, member, check)
      .map(([primary, secondary, asks]): LuaSet["policy"] => ({
        kind: "failover",
        primary: { ...primary, check: asks },
        secondary,
      }));
    const weighted = fc
      .uniqueArray(fc.tuple(member, fc.option(check), fc.nat(255)), {
        minLength: 1,
        maxLength: 5,
        selector: ([each]) => each.id,
      })
      .map((members): LuaSet["policy"] => ({
        kind: "weighted",
        members: members
          .map(([each, asks, weight]) => ({
            ...each,
            ...(asks !== null && { check: asks }),
            weight,
          }))
          .sort((a, b) => (a.id < b.id ? -1 : 1)),
      }));
    return fc
      .tuple(fc.nat(2_147_483_647), fc.oneof(failover, weighted))
      .map(([ttl, policy]) => ({ type, ttl, policy }));
  });

const contentOf = (set: LuaSet): string => {
  const made = luaOf(set);
  if (!made.ok) throw new Error(made.error);
  return made.value;
};

describe("policies as LUA records", () => {
  test("any policy comes back from its record", () => {
    fc.assert(
      fc.property(luaSet, (set) => {
        expect(readLua(contentOf(set))).toEqual(set);
      }),
      { numRuns: 1_000 },
    );
  });

  test("the order of members and values makes no other record", () => {
    const { weighted } = POLICIES;
    if (weighted.kind !== "weighted") throw new Error("it is");
    const turned: LuaSet["policy"] = { ...weighted, members: [...weighted.members].reverse() };
    expect(contentOf({ type: "A", ttl: 60, policy: turned })).toBe(
      contentOf({ type: "A", ttl: 60, policy: weighted }),
    );
  });

  test("what somebody changed by one character is never read as it was", () => {
    fc.assert(
      fc.property(luaSet, fc.nat(), fc.stringMatching(/^[ -~]$/), (set, place, character) => {
        const content = contentOf(set);
        const at = place % content.length;
        const changed = content.slice(0, at) + character + content.slice(at + 1);
        if (changed === content) return;
        expect(readLua(changed)).not.toEqual(set);
      }),
      { numRuns: 3_000 },
    );
  });

  test("code that somebody changed is somebody else's", () => {
    const content = contentOf({
      type: "A",
      ttl: 60,
      policy: POLICIES.weighted as LuaSet["policy"],
    });
    expect(readLua(content.replace("{200,", "{201,"))).toBeNull();
    expect(readLua(content.replace("'weight': 200", "'weight': 201"))).toBeNull();
  });

  test.each([
    "",
    "A",
    `A "ifportup(443, {'192.0.2.1'})"`,
    `A "pickwrandom({{1,'192.0.2.1'}})"`,
    `A ";--[=[tradewind {]=] return '192.0.2.1'"`,
    `A ";--[=[tradewind { 'ttl': 60 }]=] return '192.0.2.1'"`,
    `A ";--[=[tradewind null]=] return '192.0.2.1'"`,
    `A ";--[=[tradewind { 'ttl': 60, 'policy': { 'kind': 'weighted', 'members': 'all' } }]=] return 1"`,
  ])("%s is somebody else's", (content) => {
    expect(readLua(content)).toBeNull();
  });

  test("no part has more than 255 bytes, and each but the last ends in a blank outside quotes", () => {
    fc.assert(
      fc.property(
        luaSet.filter(({ policy }) => !JSON.stringify(policy).match(/[^" ]{200}/)),
        (set) => {
          const parts = contentOf(set)
            .slice(set.type.length + 2, -1)
            .split('" "');
          for (const part of parts) expect(part.length).toBeLessThanOrEqual(255);
          let quotes = 0;
          for (const part of parts.slice(0, -1)) {
            quotes += part.split("'").length - 1;
            expect(part.endsWith(" ")).toBe(true);
            expect(quotes % 2).toBe(0);
          }
        },
      ),
    );
  });

  const a: Member = { id: "a", values: ["192.0.2.1"] };
  const asks: Check = { protocol: "http", target: "t", port: 80, interval: 10, failures: 1 };
  const failover = (primary: Member): Policy => ({ kind: "failover", primary, secondary: a });
  test.each<readonly [string, string, Policy, string]>([
    ["a primary without a check", "A", failover(a), "has a primary without a check"],
    [
      "a quote in the path",
      "A",
      failover({ ...a, check: { ...asks, path: "/'" } }),
      "has a quote, a backslash",
    ],
    [
      "the end of a comment in the path",
      "A",
      failover({ ...a, check: { ...asks, path: "/]=]" } }),
      "has a quote, a backslash",
    ],
    [
      "a letter outside ASCII",
      "A",
      failover({ ...a, check: { ...asks, path: "/é" } }),
      "has a quote, a backslash",
    ],
    [
      "a check of an IPv6 address by URL",
      "AAAA",
      failover({ ...a, check: { ...asks, target: "2001:db8::1" } }),
      "takes a name or an IPv4 address",
    ],
    [
      "a host that ends the URL",
      "A",
      failover({ ...a, check: { ...asks, host: "a/b" } }),
      "takes a name or an IPv4 address",
    ],
    [
      "a check of what is no address",
      "CNAME",
      failover({ ...a, values: ["a.test"], check: asks }),
      "checks addresses only",
    ],
    [
      "texts",
      "TXT",
      { kind: "weighted", members: [{ id: "a", values: ["x"], weight: 1 }] },
      "has a quote, a backslash",
    ],
    [
      "more checks than the server has time for",
      "A",
      {
        kind: "weighted",
        members: Array.from({ length: 26 }, (_, at) => ({
          id: `m${at}`,
          values: [`192.0.2.${at}`],
          weight: 1,
          check: asks,
        })),
      },
      "has 26 members with a check",
    ],
  ])("%s is refused and no code is made of it", (_title, type, policy, why) => {
    const made = luaOf({ type, ttl: 60, policy: policy as LuaSet["policy"] });
    expect(made.ok ? "made" : made.error).toContain(why);
  });
});
