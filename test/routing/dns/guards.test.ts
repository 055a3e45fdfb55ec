import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GUARDS, unobjected } from "../../../routing/dns/guards.ts";
import { setKey } from "../../../routing/dns/record.ts";
import { set } from "./fixtures.ts";
import { apex, create, input, marked, remove, update, www } from "./guard-inputs.ts";

test("every guard is total: whatever plan it is given, it answers", () => {
  const name = fc.constantFrom("www", "alias", "_acme-challenge", "*", "a-www", "");
  const one = fc
    .tuple(name, fc.constantFrom("A", "CNAME", "TXT", "MX", "NS", "LOC"), fc.array(fc.string()))
    .map(([label, type, values]) => set(label, type, values));
  const change = fc.oneof(
    one.map(create),
    one.map(remove),
    fc.tuple(one, one).map(([a, b]) => update(a, b)),
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 6 }), fc.array(one), (changes, listing) => {
      for (const guard of GUARDS) {
        for (const { detail } of guard(input(changes, { listing, ours: 12 }))) {
          expect(detail.length).toBeGreaterThan(10);
        }
      }
    }),
  );
});

describe("what is written without anybody", () => {
  const acme = create(set("_acme-challenge", "TXT", ["x"]));
  const keysOf = (units: readonly { readonly subject: Parameters<typeof setKey>[0] }[]) =>
    units.map(({ subject }) => setKey(subject));

  test("is what no objection is about", () => {
    expect(keysOf(unobjected(input([create(www), acme])))).toEqual(["www.shop.test A"]);
  });

  test("is nothing when an objection is about the whole plan", () => {
    const given = input([create(www)], { written: { "a A": "", "b A": "" } });
    expect(unobjected(given)).toEqual([]);
  });

  test("is looked at again without what waits: nothing may lead to it", () => {
    const target = create(apex("MX", ["10 m.test"]));
    const held = create({ ...set("_acme-challenge", "A", ["192.0.2.1"]) });
    const alias = create(set("alias", "CNAME", ["_acme-challenge.shop.test"]));
    expect(keysOf(unobjected(input([held, alias, create(www), target])))).toEqual([
      "www.shop.test A",
    ]);
  });

  test("is everything when nobody objects", () => {
    expect(unobjected(input([create(www), [remove(marked(www))]])).length).toBe(2);
  });
});
