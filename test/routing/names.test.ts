import { expect, test } from "vitest";
import {
  configObject,
  deskObject,
  directoryObject,
  isRegion,
  manifestKey,
  REGIONS,
  regionObject,
  shardKey,
  viewKey,
} from "../../routing/names.ts";

test("every name carries a version, and no two are equal", () => {
  const names = [
    ...REGIONS.flatMap((region) => [
      regionObject(region),
      regionObject(region, 1),
      viewKey(region),
    ]),
    configObject("a"),
    deskObject("a"),
    directoryObject,
    manifestKey("a"),
    shardKey("a"),
  ];
  expect(names.filter((name) => !name.startsWith("v1:"))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test("only a hint that hosts objects is a region", () => {
  expect(isRegion("weur")).toBe(true);
  expect(["sam", "afr", "me", "WEUR", ""].filter(isRegion)).toEqual([]);
});
