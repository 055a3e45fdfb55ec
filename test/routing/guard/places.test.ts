import { expect, test } from "vitest";
import { found, regionName } from "../../../routing/guard/places.ts";
import { poolsFrom, tableOf } from "./world.ts";

const table = tableOf({
  pools: poolsFrom({
    a: [{ region: "eu-central-1" }, {}],
    b: [{ region: "eu-central-1", enabled: false }],
  }),
});

test("a place is found by its name, with every endpoint there, enabled or not", () => {
  const region = found(table, { kind: "region", name: "eu-central-1" });
  expect(region).toMatchObject({
    ok: true,
    value: { target: { kind: "region", name: "aws eu-central-1" } },
  });
  expect(region.ok && region.value.endpoints.map(({ address }) => address)).toEqual([
    "a.a.example",
    "a.b.example",
  ]);
});

test("an endpoint that does not say where it is, is in no cloud and no region", () => {
  expect(regionName(undefined)).toBeNull();
  expect(found(table, { kind: "cloud", name: "undefined" })).toEqual({
    ok: false,
    error: { reason: "unknown-target", known: ["aws"] },
  });
});
