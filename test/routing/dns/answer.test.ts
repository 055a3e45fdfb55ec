import { describe, expect, test } from "vitest";
import type { Abilities } from "../../../routing/dns/abilities.ts";
import { addressOf, answerOf, kindOf, kindsOf, memberId } from "../../../routing/dns/answer.ts";
import { answerersOf } from "../../../routing/dns/answerers.ts";
import type { Monitor, Pool } from "../../../routing/model.ts";
import { ABLE, PLAIN, type Shop, shop } from "./fixtures.ts";

function answerers(...origins: readonly (string | { address: string; weight?: number })[]) {
  const { pools } = shop({ pools: { main: origins } as NonNullable<Shop["pools"]> });
  const [pool] = pools as readonly [Pool];
  return answerersOf({ pool, endpoints: pool.origins, isLastResort: false, lastResorts: [] }, 1);
}
const context = (abilities = PLAIN, name: string | null = null) => ({
  abilities,
  monitorOf: () => undefined,
  nameOf: () => name,
});

test("an endpoint is an address of a family, or a name", () => {
  const [four, six, name] = answerers("192.0.2.1", "[2001:DB8::1]", "A.Cloud.Test").map(
    ({ endpoint }) => endpoint,
  );
  expect([four, six, name].map((one) => one && [kindOf(one), addressOf(one)])).toEqual([
    ["A", "192.0.2.1"],
    ["AAAA", "2001:db8::1"],
    ["CNAME", "a.cloud.test"],
  ]);
});

describe("the types of an answer", () => {
  test("are the families of the addresses", () => {
    expect(kindsOf(answerers("[2001:db8::1]", "192.0.2.1"), context()).kinds).toEqual([
      "A",
      "AAAA",
    ]);
  });

  test("are a CNAME as soon as one endpoint is a name, without those that have none", () => {
    const mixed = answerers("192.0.2.1", "a.cloud.test");
    expect(kindsOf(mixed, context())).toMatchObject({ kinds: ["CNAME"], left: [mixed[1]] });
    expect(kindsOf(mixed, context(PLAIN, "ep.shop.test")).left).toEqual(mixed);
  });
});

test("no more values than the provider takes, and it is told", () => {
  const many = answerers(...Array.from({ length: 5 }, (_, at) => `192.0.2.${at + 1}`));
  const { sets, notes } = answerOf(many, context({ ...PLAIN, valuesMax: 3 }));
  expect(sets[0]?.values).toEqual(["192.0.2.1", "192.0.2.2", "192.0.2.3"]);
  expect(notes).toEqual(["Of 5 addresses 3 are published: the provider takes no more."]);
});

test("two endpoints at one address are one value", () => {
  const { sets } = answerOf(answerers("192.0.2.1", "192.0.2.1"), context());
  expect(sets[0]?.values).toEqual(["192.0.2.1"]);
});

test("even shares need a policy only for names, or where the provider checks", () => {
  const addresses = answerers("192.0.2.1", "192.0.2.2");
  const names = answerers("a.cloud.test", "b.cloud.test");
  const unchecked = { ...ABLE, checks: false };
  const policies = [
    answerOf(addresses, context(unchecked)),
    answerOf(names, context(unchecked)),
    answerOf(addresses, context(ABLE)),
  ].map(({ sets }) => sets[0]?.policy?.kind);
  expect(policies).toEqual([undefined, "weighted", "weighted"]);
});

test("a member is named by the beginning of its endpoint's id", () => {
  expect(memberId("0123456789abcdef0123456789abcdef" as never)).toBe("ep-0123456789ab");
});

describe("what a provider's checks cannot do", () => {
  const monitor = {
    type: "https",
    path: "/h",
    port: 0,
    interval: 5,
    consecutive_down: 2,
  } as Monitor;
  const checked = (abilities: Abilities, ...origins: readonly string[]) => {
    const given = { ...context(abilities), monitorOf: () => monitor };
    const { sets, notes } = answerOf(answerers(...origins), given);
    const members = sets.map(({ policy }) => (policy?.kind === "weighted" ? policy.members : []));
    return { checks: members.flat().map(({ check }) => check), notes, sets };
  };

  test("is ask an IPv6 address for a page: then it is asked for a connection, and that is told", () => {
    const origins = ["[2001:db8::1]", "[2001:db8::2]"];
    expect(checked(ABLE, ...origins).checks[0]?.protocol).toBe("https");
    const { checks, notes } = checked({ ...ABLE, checksIpv6ByTcp: true }, ...origins);
    expect(checks[0]).toEqual({
      protocol: "tcp",
      target: "2001:db8::1",
      port: 443,
      interval: 10,
      failures: 2,
    });
    expect(notes).toEqual([
      "The provider asks IPv6 addresses for a connection only, not for a page.",
    ]);
    expect(checked({ ...ABLE, checksIpv6ByTcp: true }, "192.0.2.1", "192.0.2.2").notes).toEqual([]);
  });

  test("is check more than so many: then it checks none of them, and that is told", () => {
    const few = { ...ABLE, checkedMembersMax: 2 };
    expect(
      checked(few, "192.0.2.1", "192.0.2.2").checks.every((check) => check !== undefined),
    ).toBe(true);
    const { checks, notes } = checked(few, "192.0.2.1", "192.0.2.2", "192.0.2.3");
    expect(checks).toEqual([undefined, undefined, undefined]);
    expect(notes).toEqual([
      "The provider checks at most 2 endpoints of a name, and there are 3: it checks none, and answers move with our own looks.",
    ]);
  });
});

test("shares of more endpoints than a set takes are no shares: as many are answered evenly as it takes", () => {
  const many = answerers(
    ...Array.from({ length: 5 }, (_, at) => ({
      address: `192.0.2.${at + 1}`,
      weight: (at + 1) / 5,
    })),
  );
  const { sets, notes } = answerOf(many, context({ ...ABLE, checks: false, valuesMax: 3 }));
  expect(sets).toEqual([{ type: "A", values: ["192.0.2.1", "192.0.2.2", "192.0.2.3"] }]);
  expect(notes).toEqual([
    "The provider has no shares of so many: addresses are answered evenly.",
    "Of 5 addresses 3 are published: the provider takes no more.",
  ]);
});
