import { expect, test } from "vitest";
import {
  accountOfObject,
  configObject,
  deskObject,
  directoryObject,
  isRegion,
  manifestKey,
  REGIONS,
  regionObject,
  regionOfObject,
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

test("an object learns from its name which region or account it is", () => {
  for (const region of REGIONS) expect(regionOfObject(regionObject(region, 3))).toBe(region);
  expect(accountOfObject(configObject("a:b"))).toBe("a:b");
});

test("a name that these functions did not make is refused", () => {
  expect(() => regionOfObject("v1:region:mars:cell:0")).toThrow("v1:region:<region>:cell:<n>");
  expect(() => accountOfObject(regionObject("oc"))).toThrow("v1:config:<account>");
});
