import { describe, expect, test } from "vitest";
import { addressOf, answerOf, kindOf, kindsOf, memberId } from "../../../routing/dns/answer.ts";
import { answerersOf } from "../../../routing/dns/answerers.ts";
import type { Pool } from "../../../routing/model.ts";
import { ABLE, PLAIN, type Shop, shop } from "./fixtures.ts";

function answerers(...origins: readonly (string | { address: string; weight?: number })[]) {
  const { pools } = shop({ pools: { main: origins } as NonNullable<Shop["pools"]> });
  const [pool] = pools as readonly [Pool];
  return answerersOf({ pool, endpoints: pool.origins, isLastResort: false }, 1);
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
