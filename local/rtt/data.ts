import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RttData } from "./places.ts";

export function readRttData(): RttData {
  const regions = rows("cloud_regions.csv").map(([provider, id, , , latitude, longitude]) => ({
    key: `${provider}/${id}`,
    point: { latitude: Number(latitude), longitude: Number(longitude) },
  }));
  const cloudRegions = Object.fromEntries(regions.map(({ key, point }) => [key, point]));
  const pairs = rows("rtt_azure_p50.csv").map(([from, to, ms]) => ({ from, to, ms: Number(ms) }));
  const points = Object.fromEntries(
    [...new Set(pairs.flatMap(({ from, to }) => [from, to]))].flatMap((id) => {
      const point = cloudRegions[`azure/${id}`];
      return point === undefined ? [] : [[id, point] as const];
    }),
  );
  const roundTripMs = Object.fromEntries(pairs.map(({ from, to, ms }) => [`${from},${to}`, ms]));
  return { measured: { points, roundTripMs }, cloudRegions };
}

/** The files hold no quoted fields: split is the whole of CSV here. */
function rows(name: string): string[][] {
  const text = readFileSync(join(import.meta.dirname, "../data", name), "utf8");
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
}
