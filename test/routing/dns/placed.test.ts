import { describe, expect, test } from "vitest";
import type { Abilities } from "../../../routing/dns/abilities.ts";
import { placedAnswer } from "../../../routing/dns/placed.ts";
import type { LoadBalancer } from "../../../routing/model.ts";
import { ABLE, PLAIN, type Shop, shop } from "./fixtures.ts";

const UNCHECKED: Abilities = { ...ABLE, checks: false };

function answered(given: Shop, abilities = UNCHECKED, out: readonly string[] = []) {
  const intent = shop(given);
  return placedAnswer(
    intent.publications[0]?.balancer as LoadBalancer,
    {
      poolOf: (id) => intent.pools.find((pool) => pool.id === id),
      isOut: ({ name }) => out.includes(name),
    },
    {
      abilities,
      monitorOf: ({ monitor }) => intent.monitors.find(({ id }) => id === monitor),
      nameOf: () => null,
    },
  );
}

/** The members of the first set, or why there is none. */
function placed(...given: Parameters<typeof answered>) {
  const answer = answered(...given);
  if (answer === null || !answer.ok) return answer?.error ?? null;
  const [set] = answer.value.sets;
  const { policy } = set ?? {};
  if (policy?.kind !== "geo" && policy?.kind !== "latency") return null;
  return policy.members.map(({ id, place, values }) => [id, place, values.join(" ")]);
}

function notes(...given: Parameters<typeof answered>) {
  const answer = answered(...given);
  return answer?.ok === true ? answer.value.notes : [];
}

const ALIKE = "so visitors are not told apart by country: the default pools answer in order.";
const ANYWHERE =
  "so visitors are not told apart by how near they are: the default pools answer in order.";

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
    const members = placed(given) as string[][];
    expect(members.find(([, place]) => place === "country/NZ")?.[2]).toBe("198.51.100.1");
    expect(members.find(([, place]) => place === "country/AU")?.[2]).toBe("192.0.2.1 192.0.2.2");
  });

  test("is not said where the provider cannot", () => {
    expect(placed(geo, PLAIN)).toBe(`The provider has no answers by country, ${ALIKE}`);
    const ofNames = { ...UNCHECKED, policyTypes: ["CNAME"] } as const;
    expect(placed(geo, ofNames)).toBe(`The provider cannot say it of A records, ${ALIKE}`);
  });

  test("knows nothing of pop_pools, and says so", () => {
    const pop_pools = { FRA: ["de"] };
    const balancer = { ...geo.balancers?.["www.shop.test"], pop_pools };
    const why = "pop_pools are of places of the edge, which DNS does not know";
    expect(notes({ ...geo, balancers: { "www.shop.test": balancer } })).toEqual([`${why}.`]);
    const alone = { ...balancer, country_pools: {} };
    expect(placed({ ...geo, balancers: { "www.shop.test": alone } })).toBe(`${why}, ${ALIKE}`);
  });

  test("is said of nothing where only the default pools are given", () => {
    const steering_policy = "geo";
    expect(placed({ balancers: { "www.shop.test": { steering_policy } } })).toBeNull();
  });

  const over = (pools: NonNullable<Shop["pools"]>): Shop => ({ ...geo, pools });

  test.each([
    ["the default pool lacks", { main: ["[2001:db8::1]"], de: ["198.51.100.1"] }],
    ["a country lacks", { main: ["192.0.2.1", "[2001:db8::1]"], de: ["198.51.100.1"] }],
    ["a country alone has", { main: ["192.0.2.1"], de: ["198.51.100.1", "[2001:db8::1]"] }],
    ["a name stands for", { main: ["192.0.2.1"], de: ["a.cloud.test"] }],
  ] as const)("is not said when the types differ: one that %s", (_what, pools) => {
    expect(placed(over(pools))).toMatch(
      /^The types differ, the default pools with (A|AAAA|A and AAAA) and country\/DE with (A|CNAME|A and AAAA), so visitors are not told apart by country/,
    );
  });

  test("is said by family, with the default member in each", () => {
    const answer = answered(
      over({
        main: ["192.0.2.1", "[2001:db8::1]"],
        de: ["198.51.100.1", "[2001:db8::2]"],
      }),
      undefined,
      ["main-1"],
    );
    const sets = answer?.ok === true ? answer.value.sets : [];
    expect(
      sets.map(({ type, policy }) => [
        type,
        policy?.kind === "geo" && policy.members.map(({ place, values }) => [place, ...values]),
      ]),
    ).toEqual([
      [
        "A",
        [
          ["*", "192.0.2.1"],
          ["country/DE", "198.51.100.1"],
        ],
      ],
      [
        "AAAA",
        [
          ["*", "2001:db8::1"],
          ["country/DE", "2001:db8::2"],
        ],
      ],
    ]);
    expect(answer?.ok === true && answer.value.notes).toEqual([
      "Every AAAA endpoint of pool main is out, and they answer all the same: visitors with no other family would get nothing.",
    ]);
  });

  test("is not said when the default pools have nothing that anybody wants", () => {
    const main = [{ address: "192.0.2.1", enabled: false }];
    expect(placed(over({ main, de: ["198.51.100.1"] }))).toBe(
      `The default pools have no endpoint that their operator wants, ${ALIKE}`,
    );
  });

  describe("a place has one answer, so", () => {
    const monitors = { m: { type: "http" } };
    const monitored = (origins: readonly string[]) => ({ monitor: "m", origins });

    test("one endpoint keeps its check, and several are told to have none", () => {
      const given = {
        ...over({ main: monitored(["192.0.2.1", "192.0.2.2"]), de: monitored(["198.51.100.1"]) }),
        monitors,
      };
      const answer = answered(given, ABLE);
      const [set] = answer?.ok === true ? answer.value.sets : [];
      expect(
        set?.policy?.kind === "geo" &&
          set.policy.members.map(({ place, check }) => [place, check?.target]),
      ).toEqual([
        ["*", undefined],
        ["country/DE", "198.51.100.1"],
      ]);
      expect(notes(given, ABLE)).toEqual([
        "The provider checks no single one of the several A endpoints of the default pools: what is down leaves by our own look.",
      ]);
      expect(notes(given)).toEqual([]);
    });

    test("addresses of one lose their shares, and it is told", () => {
      const heavy = { address: "192.0.2.1", weight: 1 };
      const light = { address: "192.0.2.2", weight: 0.5 };
      expect(notes(over({ main: [heavy, light], de: ["198.51.100.1"] }))).toEqual([
        "A place has no shares: the A addresses of the default pools are answered evenly.",
      ]);
      expect(notes(geo)).toEqual([]);
    });

    test("of several names the heaviest answers, and it is told", () => {
      const light = { address: "a.cloud.test", weight: 0.5 };
      const given = over({ main: [light, "b.cloud.test"], de: ["c.cloud.test"] });
      expect(placed(given)).toEqual([
        ["default", "*", "b.cloud.test"],
        ["country-DE", "country/DE", "c.cloud.test"],
      ]);
      expect(notes(given)).toEqual([
        "A CNAME has one value: of the names of the default pools one is published.",
      ]);
    });

    test("no more addresses of one answer than the provider takes, and it is told", () => {
      const given = over({ main: ["192.0.2.1", "192.0.2.2"], de: ["198.51.100.1"] });
      const few = { ...UNCHECKED, valuesMax: 1 };
      expect(placed(given, few)?.[0]).toEqual(["default", "*", "192.0.2.1"]);
      expect(notes(given, few)).toEqual([
        "The provider takes no more than 1 of the A addresses of the default pools.",
      ]);
    });

    test("addresses beside names of one are left out, and it is told", () => {
      const given = over({ main: ["a.cloud.test", "192.0.2.1"], de: ["c.cloud.test"] });
      expect(notes(given)).toEqual([
        "Endpoints given as addresses are left out beside endpoints given as names: a name cannot answer with both. Set endpoint_names, or write names.",
      ]);
    });
  });

  test("places are told by name, but not a whole continent of them", () => {
    const given: Shop = {
      ...geo,
      pools: { main: ["192.0.2.1"], de: ["b.cloud.test", "a.cloud.test"] },
      balancers: {
        "www.shop.test": {
          default_pools: ["de"],
          fallback_pool: "de",
          steering_policy: "geo",
          country_pools: Object.fromEntries(
            ["AT", "BE", "CH", "DE", "ES"].map((country) => [country, ["de"]]),
          ),
        },
      },
    };
    expect(notes(given)).toEqual([
      "A CNAME has one value: of the names of the default pools, country/AT, country/BE and 3 more places one is published.",
    ]);
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
    [
      "spans two",
      {
        eu: [aws("192.0.2.1", "eu-west-1"), aws("192.0.2.3", "eu-west-2")],
        us: [aws("192.0.2.2", "us-east-1")],
      },
    ],
    ["shares one", { a: [aws("192.0.2.1", "eu-west-1")], b: [aws("192.0.2.2", "eu-west-1")] }],
    [
      "is of another cloud",
      {
        eu: [{ address: "192.0.2.1", locality: { cloud: "gcp", region: "europe-west1" } }],
        us: [aws("192.0.2.2", "us-east-1")],
      },
    ],
  ] as const)("is not said when a pool %s", (_what, pools) => {
    expect(placed(near(pools))).toBe(`Each pool must be in one AWS region of its own, ${ANYWHERE}`);
  });

  test("is said of nothing where there is one pool", () => {
    expect(placed(near({ eu: ["192.0.2.1"] }))).toBeNull();
  });

  test("is not said where the provider cannot", () => {
    const given = near({
      eu: [aws("192.0.2.1", "eu-west-1")],
      us: [aws("192.0.2.2", "us-east-1")],
    });
    expect(placed(given, PLAIN)).toBe(`The provider has no answers by latency, ${ANYWHERE}`);
  });
});

test.each(["least_connections", "least_outstanding_requests"])(
  "%s needs a load, which DNS does not know",
  (steering_policy) => {
    expect(placed({ balancers: { "www.shop.test": { steering_policy } } })).toBe(
      "DNS knows no load: the default pools answer in order.",
    );
    const pools = { main: ["192.0.2.1"] };
    expect(placed({ pools, balancers: { "www.shop.test": { steering_policy } } })).toBeNull();
  },
);

test.each(["off", "random"])(
  "a load balancer that steers by %s is not placed",
  (steering_policy) => {
    expect(placed({ balancers: { "www.shop.test": { steering_policy } } })).toBeNull();
  },
);
