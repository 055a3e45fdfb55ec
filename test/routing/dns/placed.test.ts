import { describe, expect, test } from "vitest";
import type { Abilities } from "../../../routing/dns/abilities.ts";
import { placedAnswer } from "../../../routing/dns/placed.ts";
import type { LoadBalancer } from "../../../routing/model.ts";
import { ABLE, PLAIN, type Shop, shop } from "./fixtures.ts";

function placed(
  given: Shop,
  abilities: Abilities = { ...ABLE, checks: false },
  out: readonly string[] = [],
) {
  const intent = shop(given);
  const answer = placedAnswer(
    intent.publications[0]?.balancer as LoadBalancer,
    {
      poolOf: (id) => intent.pools.find((pool) => pool.id === id),
      isOut: ({ name }) => out.includes(name),
    },
    { abilities, monitorOf: () => undefined, nameOf: () => null },
  );
  const [set] = answer?.sets ?? [];
  const { policy } = set ?? {};
  if (policy?.kind !== "geo" && policy?.kind !== "latency") return null;
  return policy.members.map(({ id, place, values }) => [id, place, values.join(" ")]);
}

const aws = (address: string, region: string) => ({ address, locality: { cloud: "aws", region } });

describe("by country", () => {
  const geo: Shop = {
    pools: { main: ["192.0.2.1", "192.0.2.2"], de: ["198.51.100.1"] },
    balancers: {
      "www.shop.test": {
        default_pools: ["main"],
        fallback_pool: "main",
        steering_policy: "geo",
        country_pools: { DE: ["de"] },
      },
    },
  };

  test("each country has its pool, and everybody else the default", () => {
    expect(placed(geo)).toEqual([
      ["default", "*", "192.0.2.1 192.0.2.2"],
      ["country-DE", "country/DE", "198.51.100.1"],
    ]);
  });

  test("a country whose pool is down gets the default pools", () => {
    expect(placed(geo, undefined, ["de-0"])?.[1]).toEqual([
      "country-DE",
      "country/DE",
      "192.0.2.1 192.0.2.2",
    ]);
  });

  test("a region is its countries, and a country of its own is stronger", () => {
    const given: Shop = {
      ...geo,
      balancers: {
        "www.shop.test": {
          ...geo.balancers?.["www.shop.test"],
          region_pools: { OC: ["de"] },
          country_pools: { AU: ["main"] },
        },
      },
    };
    const members = placed(given) ?? [];
    expect(members.find(([, place]) => place === "country/NZ")?.[2]).toBe("198.51.100.1");
    expect(members.find(([, place]) => place === "country/AU")?.[2]).toBe("192.0.2.1 192.0.2.2");
  });

  test("is not said where the provider cannot", () => {
    expect(placed(geo, PLAIN)).toBeNull();
  });
});

describe("by latency", () => {
  const near = (origins: Shop["pools"]): Shop => ({
    pools: origins ?? {},
    balancers: { "www.shop.test": { steering_policy: "dynamic_latency" } },
  });

  test("each pool answers from its region of the provider's cloud", () => {
    const given = near({
      eu: [aws("192.0.2.1", "eu-west-1")],
      us: [aws("192.0.2.2", "us-east-1")],
    });
    expect(placed(given)).toEqual([
      ["eu-west-1", "eu-west-1", "192.0.2.1"],
      ["us-east-1", "us-east-1", "192.0.2.2"],
    ]);
  });

  test.each([
    ["has no region", { eu: [aws("192.0.2.1", "eu-west-1")], us: ["192.0.2.2"] }],
    ["spans two", { eu: [aws("192.0.2.1", "eu-west-1"), aws("192.0.2.3", "eu-west-2")] }],
    ["shares one", { a: [aws("192.0.2.1", "eu-west-1")], b: [aws("192.0.2.2", "eu-west-1")] }],
    [
      "is of another cloud",
      { eu: [{ address: "192.0.2.1", locality: { cloud: "gcp", region: "europe-west1" } }] },
    ],
  ] as const)("is not said when a pool %s", (_what, pools) => {
    expect(placed(near(pools))).toBeNull();
  });
});

test("places that mix names and addresses are not said", () => {
  const given: Shop = {
    pools: { main: ["192.0.2.1"], de: ["a.cloud.test"] },
    balancers: {
      "www.shop.test": {
        default_pools: ["main"],
        fallback_pool: "main",
        steering_policy: "geo",
        country_pools: { DE: ["de"] },
      },
    },
  };
  expect(placed(given)).toBeNull();
});

test("a load balancer that steers by something else is not placed", () => {
  expect(placed({ balancers: { "www.shop.test": { steering_policy: "off" } } })).toBeNull();
});
