import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CLOUD_REGIONS } from "../../../routing/data/cloud-regions.ts";
import { cloudRegions, pointOfCloudRegion } from "../../../routing/table/cloud-regions.ts";
import { root } from "../../house/source.ts";

/** A place such as "Tokyo, Saitama" is quoted; no quoted cell is of interest. */
const cells = (row: string) => row.replace(/"[^"]*"/g, "").split(",");

test("the bundled form is the source table's", () => {
  const csv = readFileSync(join(root, "routing/data/cloud_regions.csv"), "utf8");
  const [head = "", ...rows] = csv.trim().split("\n");
  const names = ["provider", "id", "lat", "lon", "country_iso2"];
  const columns = names.map((name) => head.split(",").indexOf(name));
  const derived = rows.map((row) => columns.map((column) => cells(row)[column]).join(" "));
  expect(CLOUD_REGIONS.trim().split("\n")).toEqual(derived);
  expect(cloudRegions()).toHaveLength(132);
});

test("every point is on the map", () => {
  for (const name of cloudRegions()) {
    const [cloud = "", region = ""] = name.split(" ");
    const point = pointOfCloudRegion(cloud, region);
    expect(Math.abs(point?.latitude ?? 91), name).toBeLessThanOrEqual(90);
    expect(Math.abs(point?.longitude ?? 181), name).toBeLessThanOrEqual(180);
  }
});

test("a region is found in any case, and what is not in the table is null", () => {
  expect(pointOfCloudRegion("AWS", "EU-central-1")).toEqual({ latitude: 50.116, longitude: 8.684 });
  expect(pointOfCloudRegion("aws", "moon-1")).toBeNull();
  expect(pointOfCloudRegion("gcp", "eu-central-1")).toBeNull();
});
