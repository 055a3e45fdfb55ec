import { describe, expect, test } from "vitest";
import type { Table } from "../../../routing/model.ts";
import { draftTable } from "../../../routing/table/draft.ts";
import { readEntries } from "../../../routing/table/entries.ts";
import { identify, schemeOf } from "../../../routing/table/identity.ts";
import { counter, tableOf } from "./fixtures.ts";

const document = (origin: object = {}, pool: object = {}, name = "p") => ({
  monitors: { m: {} },
  pools: {
    [name]: { ...pool, origins: [{ name: "e", address: "e.example.net", port: 443, ...origin }] },
  },
  load_balancers: { "a.example": { default_pools: [name], fallback_pool: name } },
  zones: { example: {} },
});

const before = tableOf(document());
const ids = ({ monitors, pools, load_balancers, zones }: Table) =>
  [monitors, pools, load_balancers, zones].map((kind) => kind[0]?.id);
const endpointId = (table: Table) => table.pools[0]?.origins[0]?.id;
/** Ids that the first table cannot have. */
const later = () => {
  const next = counter();
  return () => next().replace("0", "f");
};
const reparsed = (changed: unknown) => tableOf(changed, { previous: before, mint: later() });

describe("an object keeps its id", () => {
  test("while it has its name", () => {
    expect(ids(reparsed(document()))).toEqual(ids(before));
    expect(ids(reparsed(document({ weight: 0.5 }, { description: "new" })))).toEqual(ids(before));
  });

  test("under another name when it brings the id", () => {
    const renamed = reparsed(document({}, { id: before.pools[0]?.id }, "q"));
    expect(renamed.pools[0]).toMatchObject({ name: "q", id: before.pools[0]?.id });
    expect(endpointId(renamed)).toBe(endpointId(before));
  });

  test("and gets a new one under a new name, or when another object brings the old one", () => {
    expect(reparsed(document({}, {}, "q")).pools[0]?.id).toMatch(/^f/);
    const { pools } = document();
    const taken = {
      ...document(),
      pools: { ...pools, q: { ...pools["p"], id: before.pools[0]?.id } },
    };
    const table = reparsed(taken);
    expect(table.pools.map(({ name, id }) => [name, id === before.pools[0]?.id])).toEqual([
      ["p", false],
      ["q", true],
    ]);
  });
});

describe("an endpoint", () => {
  test.each([
    ["keeps its id when its weight changes", { weight: 0.1 }, true],
    [
      "keeps its id under another spelling of its address",
      { address: "https://E.example.net." },
      true,
    ],
    ["is another with another address", { address: "f.example.net" }, false],
    ["is another with another port", { port: 8443 }, false],
    ["is another with another scheme", { address: "http://e.example.net" }, false],
    ["is another with another name", { name: "f" }, false],
    ["keeps the id it brings under another name", { name: "f", id: endpointId(before) }, true],
    [
      "is another with another address although it brings the id",
      { address: "f.example.net", id: endpointId(before) },
      false,
    ],
  ])("%s", (_name, origin, kept) => {
    expect(endpointId(reparsed(document(origin))) === endpointId(before)).toBe(kept);
  });

  test("takes an id that nobody has, so that a restored version has its old ones", () => {
    const id = "e".repeat(32);
    expect(endpointId(reparsed(document({ id, address: "old.example.net" })))).toBe(id);
  });

  test("is another in another pool", () => {
    expect(endpointId(reparsed(document({}, {}, "q")))).toMatch(/^f/);
  });
});

test("without a table before, only what is brought is kept", () => {
  const { drafts } = draftTable(readEntries(document({ id: "a".repeat(32) })).entries);
  const identity = identify(drafts, null);
  const [pool] = drafts.pools;
  expect(pool && identity.idOf(pool)).toBeNull();
  expect(pool?.endpoints[0] && identity.endpointIdOf(pool, pool.endpoints[0])).toBe("a".repeat(32));
});

test("the scheme of a bare address is http on any port but 443", () => {
  expect(schemeOf({ scheme: null, host: "[::1]", kind: "ipv6" }, 9001)).toBe("http");
  expect(schemeOf({ scheme: null, host: "[::1]", kind: "ipv6" }, 443)).toBe("https");
});
