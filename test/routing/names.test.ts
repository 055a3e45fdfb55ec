import { expect, test } from "vitest";
import {
  accountOfObject,
  configObject,
  deskObject,
  directoryObject,
  isRegion,
  ledgerObject,
  ledgerOfObject,
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
    ledgerObject("a", "shop.test"),
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

test("an object learns from its name which region, account or zone it is", () => {
  for (const region of REGIONS) expect(regionOfObject(regionObject(region, 3))).toBe(region);
  expect(accountOfObject(configObject("a:b"))).toBe("a:b");
  const ledger = { account: "a:b", zone: "shop.test" };
  expect(ledgerOfObject(ledgerObject("a:b", "shop.test"))).toEqual(ledger);
});

test("a name that these functions did not make is refused", () => {
  expect(() => regionOfObject("v1:region:mars:cell:0")).toThrow("v1:region:<region>:cell:<n>");
  expect(() => accountOfObject(regionObject("oc"))).toThrow("v1:config:<account>");
  for (const name of ["v1:ledger:shop.test", "v1:ledger::", configObject("a")]) {
    expect(() => ledgerOfObject(name)).toThrow("v1:ledger:<account>:<zone>");
  }
});
