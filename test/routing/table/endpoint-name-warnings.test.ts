import { describe, expect, test } from "vitest";
import type { Table } from "../../../routing/model.ts";
import { anyAddresses, publicAddresses } from "../../../routing/table/address.ts";
import { parseDocument } from "../../../routing/table/parse.ts";
import { options, tableOf } from "./fixtures.ts";
import { ADDRESS_4, ids, type Site, site } from "./named-endpoints.ts";

const AT = "/pools/p/origins/0/address";
const NEW = "New names, which nobody can ask before they are in shop.example";
const HTTPS = "need a certificate for the name";

function told(
  given: Site,
  {
    previous = null,
    addresses = publicAddresses,
    mint = ids(),
  }: Partial<ReturnType<typeof options>> = {},
) {
  const parsed = parseDocument(site(given), options({ previous, addresses, mint }));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const ofNames = parsed.value.warnings.filter(({ detail }) =>
    /New names|certificate for the name|at another provider/.test(detail),
  );
  return ofNames;
}

const accepted = (given: Site): Table =>
  tableOf(site(given), { addresses: publicAddresses, mint: ids() });

describe("a name that edges have not asked before", () => {
  const plain = { name: "a", address: ADDRESS_4 };

  test("is told, with what to do", () => {
    expect(told({ origins: [plain] })).toEqual([
      {
        pointer: AT,
        value: ADDRESS_4,
        detail: `${NEW}; until then requests and probes fail there, and a resolver may remember for longer that there was none: a (tw-ep-010101010101.shop.example). Add endpoints with enabled: false, and enable them when GET /v1/zones says in_step.`,
      },
    ]);
  });

  test("is not told of an endpoint that nobody asks", () => {
    expect(told({ origins: [{ ...plain, enabled: false }] })).toEqual([]);
    expect(told({ origins: [plain], pool: { enabled: false } })).toEqual([]);
  });

  test("is not new when the endpoint was there, disabled as the advice is", () => {
    const previous = accepted({ origins: [{ ...plain, enabled: false }] });
    expect(told({ origins: [plain] }, { previous })).toEqual([]);
  });

  test("is new again with another address, and in another zone", () => {
    const previous = accepted({ origins: [plain] });
    const moved = { ...plain, address: "93.184.215.15" };
    const mint = () => "f".repeat(32);
    expect(told({ origins: [moved] }, { previous, mint })[0]?.detail).toContain(
      "a (tw-ep-ffffffffffff.shop.example)",
    );
    const zones = { "a.example": {}, "shop.example": {} };
    expect(told({ origins: [plain], zones }, { previous })[0]?.detail).toContain(
      "a (tw-ep-010101010101.a.example)",
    );
  });

  test("is told once for all, ten by name", () => {
    const origins = Array.from({ length: 12 }, (_, at) => ({ name: `e${at}`, address: ADDRESS_4 }));
    const [warning, ...more] = told({ origins });
    expect(more).toEqual([]);
    expect(warning?.detail).toContain("e9 (tw-ep-0a0a0a0a0a0a.shop.example) and 2 more. Add");
    expect(warning?.detail).not.toContain("e10");
  });
});

describe("https to an address", () => {
  const previous = (given: Site) => accepted(given);

  test("asks for a certificate for the name, whoever speaks it", () => {
    const asked = { origins: [{ name: "a", address: `https://${ADDRESS_4}` }] };
    expect(told(asked, { previous: previous(asked) })).toEqual([
      {
        pointer: AT,
        value: ADDRESS_4,
        detail:
          "Requests or probes by https need a certificate for the name that stands for the address, such as one of *.shop.example, or they fail (526): a (tw-ep-010101010101.shop.example). Or ask by http://, with a monitor of type http or tcp.",
      },
    ]);
    const probed = { origins: [{ name: "a", address: ADDRESS_4 }], monitor: { type: "https" } };
    expect(told(probed, { previous: previous(probed) })[0]?.detail).toContain(HTTPS);
  });

  test("is not told of http, nor of endpoints given as names", () => {
    const origins = [
      { name: "a", address: ADDRESS_4 },
      { name: "b", address: "https://e.example.net" },
    ];
    expect(told({ origins }, { previous: previous({ origins }) })).toEqual([]);
  });
});

test("the same zone at another provider without the names is told", () => {
  const zones = {
    "shop.example": {},
    second: { domain: "shop.example", mode: "observe", owner: "second" },
  };
  const given = { origins: [{ name: "a", address: ADDRESS_4 }], zones };
  expect(told(given, { previous: accepted(given) }).map(({ detail }) => detail)).toEqual([
    "The zone second is shop.example at another provider and keeps no names of endpoints: whoever asks there finds no tw-ep-010101010101.shop.example. Write endpoint_names: true and mode: apply there too, unless nobody asks it.",
  ]);
});

test("on the local planet nothing is told: addresses are fetched as they are", () => {
  const origins = [{ name: "a", address: `https://${ADDRESS_4}` }];
  expect(told({ origins }, { addresses: anyAddresses })).toEqual([]);
});
