import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyAddresses, publicAddresses } from "../../../routing/table/address.ts";
import { parseDocument } from "../../../routing/table/parse.ts";
import { options, problemsIn, tableOf } from "./fixtures.ts";
import { ADDRESS_4, ADDRESS_6, ids, site } from "./named-endpoints.ts";
import { cloudflareBits, privateBits, publicBits, quad, spelt4, spelt6 } from "./spellings.ts";

const AT = "/pools/p/origins/0/address";
const NEXT_STEP = "`endpoint_names: true` and `mode: apply`";

const ask = (address: string, zones?: Readonly<Record<string, object>>) =>
  problemsIn(site({ origins: [{ name: "e", address }], ...(zones && { zones }) }), {
    ...{ addresses: publicAddresses, mint: ids() },
  });

describe("in production an endpoint given as a public address", () => {
  test("is taken where a zone keeps a name for it", () => {
    for (const address of [ADDRESS_4, ADDRESS_6, `https://${ADDRESS_4}`]) {
      expect(ask(address)).toEqual([]);
    }
  });

  test.each([
    ["there is no zone", {}],
    ["the zone keeps no names", { "shop.example": { endpoint_names: false } }],
    ["the zone does not say that it does", { "shop.example": { endpoint_names: null } }],
    ["the zone waits for an operator", { "shop.example": { mode: "propose" } }],
    ["the zone is only looked at", { "shop.example": { mode: null } }],
    ["the zone is private", { "shop.internal": {} }],
  ])("is refused with both ways out where %s", (_why, zones) => {
    const [problem, ...more] = ask(ADDRESS_4, zones);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ pointer: AT, value: ADDRESS_4 });
    expect(problem?.detail).toContain("Create a DNS-only A or AAAA record");
    expect(problem?.detail).toContain(NEXT_STEP);
  });

  test("is refused where the zone is only a name", () => {
    const { zones: _, ...rest } = site({ origins: [{ name: "e", address: ADDRESS_4 }] });
    const problems = problemsIn(
      { ...rest, zones: { "shop.example": {} } },
      { addresses: publicAddresses },
    );
    expect(problems.map(({ pointer }) => pointer)).toEqual([AT]);
  });

  test("holds its zone: neither the zone nor its names can be taken away while it is there", () => {
    const document = site({ origins: [{ name: "e", address: ADDRESS_4 }] });
    const previous = tableOf(document, { addresses: publicAddresses, mint: ids() });
    for (const zones of [{}, { "shop.example": { endpoint_names: false } }]) {
      const next = site({ origins: [{ name: "e", address: ADDRESS_4 }], zones });
      const problems = problemsIn(next, { addresses: publicAddresses, previous });
      expect(problems.map(({ pointer }) => pointer)).toEqual([AT]);
    }
  });
});

describe("in production no zone helps", () => {
  const spelt = (bits: fc.Arbitrary<number>) =>
    fc
      .tuple(fc.constantFrom("", "http://", "HTTPS://"), fc.oneof(spelt4(bits), spelt6(bits)))
      .map((parts) => parts.join(""));

  test("an address that is no public server's, in any spelling", () => {
    fc.assert(
      fc.property(spelt(privateBits), (address) => {
        const problems = ask(address);
        expect(problems.map(({ pointer }) => pointer)).toEqual([AT]);
        expect(problems[0]?.detail).toMatch(/\(RFC \d+\)/);
        expect(problems[0]?.detail).not.toContain(NEXT_STEP);
      }),
      { numRuns: 500 },
    );
  });

  test("a public address that is hidden in one of IPv6", () => {
    fc.assert(
      fc.property(spelt6(publicBits), (address) => {
        expect(ask(address).map(({ pointer }) => pointer)).toEqual([AT]);
      }),
    );
  });

  test("an address of Cloudflare's own network", () => {
    fc.assert(
      fc.property(spelt4(cloudflareBits), (address) => {
        const [problem] = ask(address);
        expect(problem?.detail).toContain("error 1024");
        expect(problem?.detail).not.toContain(NEXT_STEP);
      }),
    );
    expect(ask("2606:4700::1")[0]?.detail).toContain("error 1024");
  });

  test("a private name", () => {
    expect(ask("db.internal")[0]?.detail).not.toContain(NEXT_STEP);
  });
});

test("a public address is one in any spelling, and the table has it in dotted decimal", () => {
  fc.assert(
    fc.property(
      publicBits.chain((bits) => fc.tuple(fc.constant(bits), spelt4(fc.constant(bits)))),
      ([bits, address]) => {
        const document = site({ origins: [{ name: "e", address }] });
        const table = tableOf(document, { addresses: publicAddresses, mint: ids() });
        expect(table.pools[0]?.origins[0]?.address).toBe(quad(bits).join("."));
      },
    ),
  );
});

describe("ids of which the names in DNS would be one", () => {
  const origin = (name: string, tail: string, address: string) => ({
    ...{ name, address },
    id: "0".repeat(12) + tail.repeat(20),
  });
  const one = origin("one", "1", ADDRESS_4);
  const problems = (other: object, zones?: Readonly<Record<string, object>>) =>
    problemsIn(site({ origins: [one, other], ...(zones && { zones }) }), {
      ...{ addresses: anyAddresses, mint: ids() },
    }).map(({ pointer }) => pointer);

  test("are refused where a zone keeps names, on the local planet too", () => {
    expect(problems(origin("two", "2", "127.0.0.1"))).toEqual(["/pools/p/origins/1/id"]);
  });

  test("are taken where none does, or where one of both has a name of its own", () => {
    expect(problems(origin("two", "2", "127.0.0.1"), {})).toEqual([]);
    expect(problems(origin("two", "2", "e.example.net"))).toEqual([]);
  });

  test("are found among those that were minted before, too", () => {
    const document = site({ origins: [one] });
    const previous = tableOf(document, { addresses: anyAddresses, mint: ids() });
    const { id: _, ...kept } = one;
    const next = site({ origins: [origin("two", "2", "127.0.0.1"), kept] });
    const parsed = parseDocument(next, options({ previous, addresses: anyAddresses, mint: ids() }));
    expect(parsed.ok ? [] : parsed.error.map(({ pointer }) => pointer)).toEqual([
      "/pools/p/origins/1/id",
    ]);
  });
});
