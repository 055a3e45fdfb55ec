import { expect, test } from "vitest";
import { membersOf } from "../../../../durable-objects/region/members.ts";
import type { EndpointId } from "../../../../routing/units.ts";

const one = (pool: string, name: string, capacityRps?: number, account = "default") => ({
  account,
  pool,
  name,
  endpoint: `${account}-${pool}-${name}` as EndpointId,
  ...(capacityRps === undefined ? {} : { capacityRps }),
});
const sharesOf = (...all: readonly ReturnType<typeof one>[]) =>
  [...membersOf(all).values()].map(({ share }) => share);

test("where nobody declares a capacity all endpoints of a pool count the same", () => {
  expect(sharesOf(one("p", "a"), one("p", "b"), one("q", "c"))).toEqual([0.5, 0.5, 1]);
});

test("what is declared counts, and who declares nothing is as the mean of the others", () => {
  expect(sharesOf(one("p", "a", 300), one("p", "b", 100))).toEqual([0.75, 0.25]);
  expect(sharesOf(one("p", "a", 300), one("p", "b", 100), one("p", "c"))).toEqual([
    300 / 600,
    100 / 600,
    200 / 600,
  ]);
});

test("a capacity that is none is not declared", () => {
  expect(sharesOf(one("p", "a", 0), one("p", "b", Number.NaN))).toEqual([0.5, 0.5]);
});

test("pools of one name in two accounts are two pools", () => {
  const members = membersOf([one("p", "a"), one("p", "a", undefined, "other")]);
  expect(new Set([...members.values()].map(({ pool }) => pool)).size).toBe(2);
  expect([...members.values()].map(({ subject, share }) => [subject, share])).toEqual([
    ["p/a", 1],
    ["p/a", 1],
  ]);
});
