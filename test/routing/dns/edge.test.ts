import { describe, expect, test } from "vitest";
import { edgeAnswer, joinedAddresses, joinedNames } from "../../../routing/dns/edge.ts";
import { ABLE, PLAIN } from "./fixtures.ts";

const edge = { name: "edge.example.net", addresses: ["203.0.113.2", "203.0.113.1"] };
const zone = { domain: "shop.test", edge };

describe("the edge as an answer", () => {
  test("is its name below the apex, sorted addresses at it, and its name again where that is flattened", () => {
    expect(edgeAnswer("www.shop.test", zone, PLAIN)?.sets).toEqual([
      { type: "CNAME", values: ["edge.example.net"] },
    ]);
    expect(edgeAnswer("shop.test", zone, PLAIN)?.sets).toEqual([
      { type: "A", values: ["203.0.113.1", "203.0.113.2"] },
    ]);
    expect(edgeAnswer("shop.test", zone, { ...PLAIN, apexCname: true })?.sets).toEqual([
      { type: "CNAME", values: ["edge.example.net"] },
    ]);
  });

  test("is none without an edge, and none at an apex without addresses", () => {
    expect(edgeAnswer("www.shop.test", { domain: "shop.test" }, PLAIN)).toBeNull();
    const bare = { domain: "shop.test", edge: { ...edge, addresses: [] } };
    expect(edgeAnswer("shop.test", bare, PLAIN)).toBeNull();
  });
});

const answer = { sets: [{ type: "CNAME", values: ["edge.example.net"] }], notes: [] };

test("we look at the edge only where the provider does not", () => {
  let looks = 0;
  const isUp = () => {
    looks += 1;
    return true;
  };
  joinedNames("www.shop.test", "tw-direct.www.shop.test", answer, { abilities: ABLE, isUp });
  expect(looks).toBe(0);
  joinedNames("www.shop.test", "tw-direct.www.shop.test", answer, { abilities: PLAIN, isUp });
  expect(looks).toBe(1);
});

test("a check by the provider needs both: checks and failover", () => {
  const join = (abilities: typeof ABLE) =>
    joinedNames("www.shop.test", "aside.shop.test", answer, { abilities, isUp: () => true }).sets[0]
      ?.policy?.kind;
  expect([
    join(ABLE),
    join({ ...ABLE, checks: false }),
    join({ ...ABLE, policies: ["weighted"] }),
  ]).toEqual(["failover", undefined, undefined]);
});

test("a provider whose checks send no other host asks the edge by its own name, and addresses as ever", () => {
  const reach = { abilities: { ...ABLE, checksByOwnName: true } as const, isUp: () => true };
  const checkIn = ({ sets: [set] }: ReturnType<typeof joinedNames>) =>
    set?.policy?.kind === "failover" ? set.policy.primary.check : undefined;
  const named = checkIn(joinedNames("www.shop.test", "aside.shop.test", answer, reach));
  expect([named?.target, named?.host]).toEqual(["edge.example.net", undefined]);
  const edgeAddresses = { sets: [{ type: "A", values: ["203.0.113.1"] }], notes: [] };
  const direct = { sets: [{ type: "A", values: ["192.0.2.1"] }], notes: [] };
  const placed = checkIn(joinedAddresses("shop.test", edgeAddresses, direct, reach));
  expect([placed?.target, placed?.host]).toEqual(["203.0.113.1", "shop.test"]);
});

test("a provider that fails over between addresses only gets the addresses of the edge, for a fallback and where there are some", () => {
  const addressesOnly = { ...ABLE, policyTypes: ["A", "AAAA"] as const };
  const typeOf = (given: Parameters<typeof edgeAnswer>[1], wantsFailover: boolean) =>
    edgeAnswer("www.shop.test", given, addressesOnly, wantsFailover)?.sets[0]?.type;
  const bare = { domain: "shop.test", edge: { ...edge, addresses: [] } };
  expect([typeOf(zone, true), typeOf(zone, false), typeOf(bare, true)]).toEqual([
    "A",
    "CNAME",
    "CNAME",
  ]);
  const [set] = joinedNames("www.shop.test", "aside.shop.test", answer, {
    abilities: addressesOnly,
    isUp: () => false,
  }).sets;
  expect(set).toEqual({ type: "CNAME", values: ["aside.shop.test"] });
});

test("a provider asks the edge as its health_url says, where that leads to the edge itself", () => {
  const direct = { sets: [{ type: "A", values: ["192.0.2.1"] }], notes: [] };
  const askedAs = (health_url?: string) => {
    const given = { ...edge, ...(health_url === undefined ? {} : { health_url }) };
    const reach = { abilities: ABLE, isUp: () => true, edge: given };
    const joined = [
      joinedNames("www.shop.test", "aside.shop.test", answer, reach),
      joinedAddresses("shop.test", edgeAnswer("shop.test", zone, ABLE) ?? answer, direct, reach),
    ];
    return joined.map(({ sets: [set] }) => {
      const check = set?.policy?.kind === "failover" ? set.policy.primary.check : undefined;
      return `${check?.protocol} ${check?.target} ${check?.host} ${check?.port} ${check?.path}`;
    });
  };
  const byVisitors = [
    "https edge.example.net www.shop.test 443 /.tw/healthz",
    "https 203.0.113.1 shop.test 443 /.tw/healthz",
  ];
  expect(askedAs()).toEqual(byVisitors);
  expect(askedAs("https://status.example.net:9443/edge")).toEqual(byVisitors);
  expect(askedAs("http://203.0.113.2:8787/.tw/healthz")).toEqual([
    "http edge.example.net www.shop.test 8787 /.tw/healthz",
    "http 203.0.113.1 shop.test 8787 /.tw/healthz",
  ]);
  expect(askedAs("https://edge.example.net")[0]).toBe("https edge.example.net www.shop.test 443 /");
});

test("a wildcard is checked by a name of it", () => {
  const [set] = joinedNames("*.shop.test", "aside.shop.test", answer, {
    abilities: ABLE,
    isUp: () => true,
  }).sets;
  expect(set?.policy?.kind === "failover" && set.policy.primary.check?.host).toBe(
    "tw-check.shop.test",
  );
});

test("shares of endpoints are answered evenly behind the addresses of the edge", () => {
  const direct = {
    sets: [
      {
        type: "A",
        values: [],
        policy: {
          kind: "weighted" as const,
          members: [
            { id: "b", values: ["192.0.2.2"], weight: 1 },
            { id: "a", values: ["192.0.2.1"], weight: 2 },
          ],
        },
      },
    ],
    notes: [],
  };
  const addresses = { sets: [{ type: "A", values: ["203.0.113.1"] }], notes: [] };
  const { sets } = joinedAddresses("shop.test", addresses, direct, {
    abilities: PLAIN,
    isUp: () => false,
  });
  expect(sets).toEqual([{ type: "A", values: ["192.0.2.1", "192.0.2.2"] }]);
});

describe("behind the addresses of the edge", () => {
  const both = {
    sets: [
      { type: "A", values: ["203.0.113.1"] },
      { type: "AAAA", values: ["2001:db8::e"] },
    ],
    notes: [],
  };
  const placedBy = (kind: "geo" | "latency", ...values: readonly string[]) => ({
    type: "A",
    values: [],
    policy: {
      kind,
      members: values.map((value) => ({ id: value, place: value, values: [value] })),
    },
  });
  const join = (
    direct: Parameters<typeof joinedAddresses>[2]["sets"],
    abilities = PLAIN,
    isUp = false,
    edgeSets = both,
  ) => {
    const answer = { sets: direct, notes: ["direct"] };
    return joinedAddresses("shop.test", edgeSets, answer, { abilities, isUp: () => isUp });
  };
  const four = { type: "A", values: ["192.0.2.1"] };
  const six = { type: "AAAA", values: ["2001:db8::1"] };

  test.each(["geo", "latency"] as const)(
    "%s falls back to all places alike, and says so",
    (kind) => {
      const placed = placedBy(kind, "192.0.2.2", "192.0.2.1", "192.0.2.2");
      const { sets, notes } = join([placed, six], ABLE);
      expect(sets[0]?.policy).toMatchObject({
        kind: "failover",
        primary: { values: ["203.0.113.1"] },
        secondary: { values: ["192.0.2.1", "192.0.2.2"] },
      });
      expect(notes).toEqual([
        "direct",
        "While the edge is down, all 2 A addresses answer alike: a fallback has no shares, places or checks of its own.",
      ]);
      expect(join([placed, six]).sets).toEqual([
        { type: "A", values: ["192.0.2.1", "192.0.2.2"] },
        six,
      ]);
    },
  );

  test("no more addresses answer than the provider takes", () => {
    const placed = placedBy("geo", "192.0.2.1", "192.0.2.2", "192.0.2.3");
    const { sets, notes } = join([placed, six], { ...PLAIN, valuesMax: 2 });
    expect(sets[0]?.values).toEqual(["192.0.2.1", "192.0.2.2"]);
    expect(notes).toContain(
      "Of 3 addresses behind the edge 2 are published: the provider takes no more.",
    );
  });

  test("a family that the endpoints lack is taken out while the edge is down, and it is told", () => {
    expect(join([four]).sets).toEqual([four]);
    expect(join([four]).notes).toContain(
      "The endpoints have no AAAA address, so that type is taken out while the edge is down.",
    );
    expect(join([four], PLAIN, true).sets).toEqual(both.sets);
  });

  test("a family that the endpoints lack stays where the provider looks after the edge, and it is told", () => {
    const { sets, notes } = join([four], ABLE);
    expect(sets[1]).toEqual(both.sets[1]);
    expect(notes).toContain(
      "The endpoints have no AAAA address, so that type leads to the edge even while it is down.",
    );
  });

  test.each([
    ["as a name", [{ type: "CNAME", values: ["a.cloud.test"] }], "The endpoints answer by name"],
    ["in another family", [six], "The endpoints have no A address"],
  ] as const)(
    "endpoints %s are no fallback, whoever looks after the edge",
    (_what, direct, why) => {
      const one = { ...both, sets: both.sets.slice(0, 1) };
      for (const abilities of [PLAIN, ABLE]) {
        const { sets, notes } = join(direct, abilities, false, one);
        expect(sets).toEqual(one.sets);
        expect(notes).toEqual([`${why}, so the addresses of the edge have no fallback.`]);
      }
    },
  );
});
