import { describe, expect, test } from "vitest";
import { countryOf, countryOfCloudRegion } from "../../../routing/residency/country.ts";
import { isCountry } from "../../../routing/residency/places.ts";
import { cloudRegions } from "../../../routing/table/cloud-regions.ts";

test("every cloud region is in a country", () => {
  const without = cloudRegions().filter((name) => {
    const [cloud = "", region = ""] = name.split(" ");
    return !isCountry(countryOfCloudRegion(cloud, region) ?? "");
  });
  expect(without).toEqual([]);
});

describe("an endpoint is in the country", () => {
  test("of its cloud's region, in any case", () => {
    expect(countryOf({ cloud: "aws", region: "eu-central-1" })).toBe("DE");
    expect(countryOf({ cloud: "GCP", region: "US-East4" })).toBe("US");
  });

  test("that is declared, where nobody else knows", () => {
    expect(countryOf({ cloud: "own", region: "cellar", country: "CH" })).toBe("CH");
    expect(countryOf({ cloud: "aws", region: "us-east-1", country: "DE" })).toBe("US");
  });

  test.each<[unknown]>([
    [undefined],
    [{}],
    [{ cloud: "own", region: "cellar" }],
    [{ cloud: "own", region: "cellar", latitude: 50, longitude: 8 }],
    [{ cloud: "aws", region: "eu-central-9" }],
    [{ cloud: "own", region: "x", country: "EU" }],
    [{ cloud: "own", region: "x", country: "XX" }],
    [{ cloud: 7, region: null, country: ["DE"] }],
    ["aws eu-central-1"],
    [7],
  ])("that nobody knows: %j", (locality) => {
    expect(countryOf(locality as object | undefined)).toBeNull();
  });
});
