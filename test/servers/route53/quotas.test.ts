import { describe, expect, test } from "vitest";
import type { R53Change } from "./change-batch.ts";
import { Bucket, changesOf, complaintsOfSize, FIVE_A_SECOND } from "./quotas.ts";
import { canonicalName } from "./record-set.ts";

const change = (action: R53Change["action"], values: readonly string[]): R53Change => ({
  action,
  set: {
    name: canonicalName("x.test"),
    type: "TXT",
    setIdentifier: null,
    weight: null,
    region: null,
    geoLocation: null,
    failover: null,
    multiValueAnswer: null,
    ttlS: 60,
    values,
    alias: null,
    healthCheckId: null,
  },
});
const values = (count: number, characters: number) =>
  Array<string>(count).fill("x".repeat(characters));

describe("the size of a request", () => {
  test.each([
    ["CREATE", 1_000, 1, []],
    ["CREATE", 1_001, 1, ["Number of records limit of 1000 exceeded."]],
    ["UPSERT", 500, 1, []],
    ["UPSERT", 501, 1, ["Number of records limit of 1000 exceeded."]],
    ["DELETE", 8, 4_000, []],
    ["DELETE", 9, 4_000, ["Number of characters limit of 32000 exceeded."]],
    ["UPSERT", 4, 4_000, []],
    ["UPSERT", 5, 4_000, ["Number of characters limit of 32000 exceeded."]],
  ] as const)("%s of %d values of %d characters: %j", (action, count, characters, expected) => {
    expect(complaintsOfSize([change(action, values(count, characters))])).toEqual(expected);
  });

  test("an UPSERT is two changes, as much as a DELETE and a CREATE", () => {
    const one = values(1, 1);
    expect(changesOf([change("UPSERT", one)])).toBe(2);
    expect(changesOf([change("DELETE", one), change("CREATE", one)])).toBe(2);
  });
});

describe("the rate of requests", () => {
  test("five pass at once, the sixth does not, and a fifth of a second brings one more", () => {
    let nowMs = 0;
    const bucket = new Bucket(FIVE_A_SECOND, () => nowMs);
    const take = () => bucket.take(1);
    expect([take(), take(), take(), take(), take(), take()]).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
    ]);
    nowMs = 199;
    expect(take()).toBe(false);
    nowMs = 200;
    expect([take(), take()]).toEqual([true, false]);
  });

  test("it holds no more than its capacity, however long nobody asks", () => {
    let nowMs = 0;
    const bucket = new Bucket(FIVE_A_SECOND, () => nowMs);
    nowMs = 3_600_000;
    expect([bucket.take(5), bucket.take(1)]).toEqual([true, false]);
  });
});
