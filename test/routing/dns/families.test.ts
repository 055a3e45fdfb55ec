import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Abilities } from "../../../routing/dns/abilities.ts";
import { desiredOf } from "../../../routing/dns/desired.ts";
import { ABLE, PLAIN, type Shop, shop } from "./fixtures.ts";

const direct: Shop["sync"] = { publish: { "www.shop.test": "direct" } };

function desired(
  given: Shop,
  { abilities = PLAIN, out = [] }: { abilities?: Abilities; out?: readonly string[] } = {},
) {
  const { wanted, ...rest } = desiredOf(shop(given), abilities, {
    isOut: ({ name }) => out.includes(name),
    isEdgeUp: () => true,
  });
  return { ...rest, sets: wanted.map(({ set }) => [set.name, set.type, set.values] as const) };
}

describe("both families of addresses", () => {
  const dual = { main: ["192.0.2.1", "[2001:db8::1]"], spare: ["198.51.100.1"] };

  test("are answered while health leaves one: the other keeps its last resort, and it is told", () => {
    const { sets, notes, gone } = desired({ pools: dual, sync: direct }, { out: ["main-0"] });
    expect(sets).toEqual([
      ["www.shop.test", "A", ["192.0.2.1"]],
      ["www.shop.test", "AAAA", ["2001:db8::1"]],
    ]);
    expect(notes.map(({ detail }) => detail)).toEqual([
      "Every A endpoint of pool main is out, and they answer all the same: visitors with no other family would get nothing.",
    ]);
    expect(gone).toEqual([{ name: "www.shop.test", type: "CNAME" }]);
  });

  test("become one on the way to a pool that has one, and the other goes at once", () => {
    const { sets, gone } = desired({ pools: dual, sync: direct }, { out: ["main-0", "main-1"] });
    expect(sets).toEqual([["www.shop.test", "A", ["198.51.100.1"]]]);
    expect(gone).toEqual([
      { name: "www.shop.test", type: "AAAA" },
      { name: "www.shop.test", type: "CNAME" },
    ]);
  });

  test("are shared by pools of random steering, without what is out where another pool has the family", () => {
    const given: Shop = {
      pools: { a: ["192.0.2.1", "[2001:db8::1]"], b: ["[2001:db8::2]"] },
      balancers: { "www.shop.test": { steering_policy: "random" } },
      sync: direct,
    };
    expect(desired(given, { out: ["a-1"] }).sets).toEqual([
      ["www.shop.test", "A", ["192.0.2.1"]],
      ["www.shop.test", "AAAA", ["2001:db8::2"]],
    ]);
  });

  test("a pool that answers although all pools are down says so", () => {
    const out = ["main-0", "main-1", "spare-0"];
    const { sets, notes } = desired({ pools: dual, sync: direct }, { out });
    expect(sets.map(([, type]) => type)).toEqual(["A", "AAAA"]);
    expect(notes.map(({ detail }) => detail)).toEqual([
      "No pool has enough available, so all of pool main answers.",
    ]);
  });

  test("a name that has no answer of ours takes nothing away", () => {
    const pools = { main: [{ address: "192.0.2.1", enabled: false }] };
    expect(desired({ pools, sync: direct }).gone).toEqual([]);
  });

  test("every family of the pool that answers has an answer, and every other type is gone, whatever is out", () => {
    const address = fc.constantFrom("192.0.2.", "[2001:db8::", "name");
    const endpoint = fc.record({
      kind: address,
      isOut: fc.boolean(),
      enabled: fc.boolean(),
      weight: fc.constantFrom(0, 0.5, 1),
    });
    const pool = fc.array(endpoint, { minLength: 1, maxLength: 5 });
    const abilities = fc.constantFrom(PLAIN, ABLE, { ...ABLE, checks: false });
    fc.assert(
      fc.property(pool, pool, abilities, fc.boolean(), (main, spare, able, named) => {
        const origins = (of: typeof main) =>
          of.map(({ kind, enabled, weight }, at) => ({
            address:
              kind === "192.0.2."
                ? `192.0.2.${at}`
                : kind === "[2001:db8::"
                  ? `[2001:db8::${at}]`
                  : `o${at}.cloud.test`,
            enabled,
            weight,
          }));
        const out = Object.entries({ main, spare }).flatMap(([name, of]) =>
          of.flatMap(({ isOut }, at) => (isOut ? [`${name}-${at}`] : [])),
        );
        const given: Shop = {
          pools: { main: origins(main), spare: origins(spare) },
          sync: { ...direct, endpoint_names: named },
        };
        const { sets, gone, kept } = desired(given, { abilities: able, out });
        const wantedOf = (of: typeof main) =>
          of.filter(({ enabled, weight }) => enabled && weight > 0);
        const isUp = (of: typeof main) => wantedOf(of).some(({ isOut }) => !isOut);
        const serving = wantedOf(
          [main, spare].find(isUp) ?? [main, spare].find((of) => wantedOf(of).length > 0) ?? [],
        );
        const types = sets.filter(([name]) => name === "www.shop.test").map(([, type]) => type);
        if (serving.length === 0) {
          expect([types, gone, kept[0]?.name]).toEqual([[], [], "www.shop.test"]);
          return;
        }
        if (!types.includes("CNAME")) {
          const families = new Set(
            serving.flatMap(({ kind }) =>
              kind === "name" ? [] : [kind === "192.0.2." ? "A" : "AAAA"],
            ),
          );
          expect(types).toEqual([...families].sort());
        } else {
          expect(types).toEqual(["CNAME"]);
        }
        expect([...types, ...gone.map(({ type }) => type)].sort()).toEqual(["A", "AAAA", "CNAME"]);
      }),
    );
  });
});
