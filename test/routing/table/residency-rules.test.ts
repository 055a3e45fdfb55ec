import { expect, test } from "vitest";
import { isWithin, RESIDENCY_RULES } from "../../../routing/table/residency-rules.ts";
import { inputOf, problemsIn } from "./fixtures.ts";

const at = (country: string) => ({ cloud: "own", region: "x", country });
const pool = (residency: readonly string[] | undefined, ...localities: readonly object[]) => ({
  ...(residency === undefined ? {} : { residency }),
  origins: localities.map((locality, index) => ({
    name: `e${index}`,
    address: "e.example.net",
    locality,
  })),
});
const balancer = (more: object) => ({ default_pools: ["p"], fallback_pool: "p", ...more });
const refused = (document: object) => problemsIn(document).map(({ pointer }) => pointer);

test("a draft is within as an edge will say: no list is any place, no country is none", () => {
  const { drafts } = inputOf({ pools: { p: pool(undefined, at("DE"), {}) } });
  const [de, unknown] = drafts.pools[0]?.endpoints ?? [];
  if (de === undefined || unknown === undefined) throw new Error("two endpoints");
  expect([isWithin(["EU"], de), isWithin(["US"], de)]).toEqual([true, false]);
  expect([isWithin(["EU"], unknown), isWithin(undefined, unknown)]).toEqual([false, true]);
});

test("of a pool and of a load balancer one endpoint inside is enough, a disabled one too", () => {
  const some = pool(["DE"], at("US"), at("DE"));
  const [first, second] = some.origins;
  const off = { ...some, origins: [first, { ...second, enabled: false }] };
  for (const p of [some, off]) {
    expect(
      refused({ pools: { p }, load_balancers: { a: balancer({ residency: ["EU"] }) } }),
    ).toEqual([]);
  }
});

test("a load balancer is bound by what its pools say as well", () => {
  const p = pool(["US"], at("US"), at("DE"));
  expect(refused({ pools: { p }, load_balancers: { a: balancer({ residency: ["EU"] }) } })).toEqual(
    ["/load_balancers/a/residency"],
  );
});

test("a pool that only a rule of the load balancer names is one of its pools", () => {
  const pools = { p: pool(undefined, at("US")), q: pool(undefined, at("DE")) };
  const rules = [{ overrides: { default_pools: ["q"] } }];
  const a = balancer({ residency: ["EU"], rules });
  expect(refused({ pools, load_balancers: { a } })).toEqual([]);
});

test("a word that is no place is one mistake and not two", () => {
  expect(refused({ pools: { p: pool(["UK"], at("DE")) } })).toEqual(["/pools/p/residency/0"]);
});

test("a document without any residency is not looked at", () => {
  const input = inputOf({ pools: { p: pool(undefined, at("DE"), {}) } });
  expect(RESIDENCY_RULES.flatMap(({ check }) => check(input))).toEqual([]);
});
