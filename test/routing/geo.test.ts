import { describe, expect, test } from "vitest";
import {
  distanceKm,
  knownColos,
  lightMs,
  placeOf,
  pointOf,
  regionOf,
  steeringRegionOf,
} from "../../routing/geo.ts";
import { isRegion } from "../../routing/names.ts";
import { readData } from "./data/derive-colos.ts";

const LONDON = { latitude: 51.5074, longitude: -0.1278 };
const NEW_YORK = { latitude: 40.7128, longitude: -74.006 };

test("every colo of the data has a place and a region that hosts objects", () => {
  const rows = readData("colos.csv")
    .split("\n")
    .filter((line) => /^[A-Z]{3},/.test(line));
  expect(rows.length).toBe(308);
  expect(knownColos().length).toBe(308);
  const homeless = knownColos().filter((colo) => !isRegion(placeOf(colo)?.region ?? ""));
  expect(homeless).toEqual([]);
});

test.each([
  ["SJC", "wnam", "WNAM"],
  ["IAD", "enam", "ENAM"],
  ["YVR", "wnam", "WNAM"],
  ["YYZ", "enam", "ENAM"],
  ["MEX", "wnam", "WNAM"],
  ["GRU", "enam", "SSAM"],
  ["BOG", "enam", "NSAM"],
  ["FRA", "weur", "WEU"],
  ["WAW", "eeur", "EEU"],
  ["JNB", "weur", "SAF"],
  ["CAI", "weur", "NAF"],
  ["DXB", "weur", "ME"],
  ["BOM", "apac", "SAS"],
  ["SIN", "apac-se", "SEAS"],
  ["NRT", "apac-ne", "NEAS"],
  ["HKG", "apac-ne", "NEAS"],
  ["KJA", "apac-ne", "EEU"],
  ["LED", "eeur", "EEU"],
  ["SYD", "oc", "OC"],
])("%s belongs to %s and to the steering region %s", (colo, region, steeringRegion) => {
  expect(regionOf(colo)).toBe(region);
  expect(placeOf(colo)?.steeringRegion).toBe(steeringRegion);
});

describe("a colo newer than the table", () => {
  test("gets the region of the known colo nearest to the visitor", () => {
    expect(placeOf("ZZZ")).toBeUndefined();
    expect(regionOf("ZZZ", { latitude: 35, longitude: 139 })).toBe("apac-ne");
    expect(regionOf("ZZZ", { latitude: -37, longitude: 175 })).toBe("oc");
  });

  test("gets eastern North America when the visitor has no place on Earth", () => {
    expect(regionOf("ZZZ")).toBe("enam");
    expect(regionOf("ZZZ", { latitude: Number.NaN, longitude: 1 })).toBe("enam");
    expect(regionOf("ZZZ", { latitude: 91, longitude: 1 })).toBe("enam");
  });
});

test.each([
  ["a country", { country: "KE" }, "SAF"],
  ["a country before the colo", { country: "KE", colo: "FRA" }, "SAF"],
  ["the United States in the west", { country: "US", latitude: 37, longitude: -122 }, "WNAM"],
  ["the United States in the east", { country: "US", latitude: 37, longitude: -77 }, "ENAM"],
  ["the United States by its colo", { country: "US", colo: "SJC" }, "WNAM"],
  ["the United States seen from abroad", { country: "US", colo: "NRT" }, "ENAM"],
  ["a country that the table lacks", { country: "T1", continent: "EU" }, "WEU"],
  ["a colo alone", { colo: "SIN" }, "SEAS"],
  ["nothing", {}, null],
  ["what no table knows", { country: "ZZ", continent: "XX", colo: "ZZZ" }, null],
] as const)("the steering region of %s", (_what, visitor, region) => {
  expect(steeringRegionOf(visitor)).toBe(region);
});

test("coordinates count only together and on Earth", () => {
  expect(pointOf({ latitude: 1, longitude: 2 })).toEqual({ latitude: 1, longitude: 2 });
  expect(pointOf({ latitude: 1 })).toBeUndefined();
  expect(pointOf({ longitude: 1 })).toBeUndefined();
  expect(pointOf({ latitude: 1, longitude: -181 })).toBeUndefined();
  expect(pointOf(undefined)).toBeUndefined();
});

test("distances are great circles", () => {
  expect(distanceKm(LONDON, NEW_YORK)).toBeCloseTo(5570, -1);
  expect(distanceKm(LONDON, LONDON)).toBe(0);
  const antipode = { latitude: -LONDON.latitude, longitude: 180 + LONDON.longitude };
  expect(distanceKm(LONDON, antipode)).toBeCloseTo(Math.PI * 6371, 0);
});

test("light needs a millisecond for 100 km there and back", () => {
  expect(lightMs(100)).toBe(1);
});
