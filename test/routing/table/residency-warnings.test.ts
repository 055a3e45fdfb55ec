import { expect, test } from "vitest";
import { residencyWarnings } from "../../../routing/table/residency-warnings.ts";
import { inputOf } from "./fixtures.ts";

const at = (name: string, country?: string) => ({
  name,
  address: "e.example.net",
  ...(country === undefined ? {} : { locality: { cloud: "own", region: "x", country } }),
});
const pools = {
  eu: { origins: [at("de", "DE"), at("fr", "FR")] },
  mixed: { origins: [at("ie", "IE"), at("us", "US"), at("cellar")] },
  us: { origins: [at("us", "US")] },
};
const balancer = (more: object) => ({ default_pools: ["eu"], fallback_pool: "eu", ...more });
const route = (hostnames: readonly string[], name: string) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: "r" },
  spec: { hostnames, rules: [{ backendRefs: [{ name: "eu" }, { name }] }] },
});
const warnings = (document: object) => residencyWarnings(inputOf({ pools, ...document }));

test("endpoints of a pool that its residency leaves out are named", () => {
  const mixed = { ...pools.mixed, residency: ["EU"] };
  expect(warnings({ pools: { mixed } })).toEqual([
    {
      pointer: "/pools/mixed/residency",
      detail:
        "2 of 3 endpoints are not known to be in these places and will never be used: us, cellar.",
      value: ["EU"],
    },
  ]);
  expect(warnings({ pools: { eu: { ...pools.eu, residency: ["EU"] } } })).toEqual([]);
});

test("of very many only the first are named", () => {
  const origins = [at("de", "DE"), ...Array.from({ length: 12 }, (_, index) => at(`us${index}`))];
  const [warning] = warnings({ pools: { p: { residency: ["DE"], origins } } });
  expect(warning?.detail).toContain("us9 and 2 more.");
  expect(warning?.detail).not.toContain("us10");
});

test("a pool of a load balancer that may not serve it is told once, where it is named first", () => {
  const a = balancer({ default_pools: ["us", "eu", "mixed"], fallback_pool: "us" });
  const found = warnings({ load_balancers: { "a.example": { ...a, residency: ["EU"] } } });
  expect(found.map(({ pointer, value }) => [pointer, value])).toEqual([
    ["/load_balancers/a.example/default_pools/0", "us"],
    ["/load_balancers/a.example/default_pools/2", "mixed"],
  ]);
  expect(found[0]?.detail).toContain('No endpoint of the pool "us" may serve a.example');
  expect(found[1]?.detail).toContain("2 of 3");
  expect(warnings({ load_balancers: { "a.example": a } })).toEqual([]);
});

test("a route that leads the hostname's requests to a pool outside is told", () => {
  const load_balancers = { "a.example": balancer({ residency: ["EU"] }) };
  const of = (hostnames: readonly string[], name: string) =>
    warnings({ load_balancers, http_routes: [route(hostnames, name)] }).map(
      ({ pointer }) => pointer,
    );
  expect(of(["a.example"], "us")).toEqual(["/http_routes/0/spec/rules/0/backendRefs/1/name"]);
  expect(of(["a.example"], "eu")).toEqual([]);
  expect(of(["b.example"], "us")).toEqual([]);
});
