import { describe, expect, test } from "vitest";
import { COLO_NAMES } from "../../../local/colos.ts";
import { readConfigFile } from "../../../local/document.ts";
import { readRttData } from "../../../local/rtt/data.ts";
import { placesOf, rttTable } from "../../../local/rtt/places.ts";

const file = readConfigFile(new URL("../../../local/demo/demo.yaml", import.meta.url).pathname);
if (!file.ok) throw new Error(file.error);
const document = file.value as {
  pools: Record<string, { origins: { name: string; locality: { cloud: string } }[] }>;
  load_balancers: Record<string, { default_pools: string[]; steering_policy: string }>;
};
const origins = Object.values(document.pools).flatMap((pool) => pool.origins);
/** As the planet does at start: every origin has a port of its own. */
const placed = {
  pools: Object.fromEntries(
    Object.entries(document.pools).map(([name, pool], at) => [
      name,
      { ...pool, origins: pool.origins.map((o) => ({ ...o, port: 9_000 + at })) },
    ]),
  ),
};
const rows = rttTable(placesOf(placed, readRttData()), readRttData());

test("six origins in three clouds, a pool per cloud region, all of them in the load balancer", () => {
  expect(origins.length).toBe(6);
  expect(new Set(origins.map(({ locality }) => locality.cloud)).size).toBe(3);
  const [balancer] = Object.values(document.load_balancers);
  expect(balancer?.default_pools).toEqual(Object.keys(document.pools));
  expect(balancer?.steering_policy).toBe("dynamic_latency");
});

test("the table has a row per colo and origin", () => {
  expect(rows.length).toBe(COLO_NAMES.length * 6);
});

describe.each(COLO_NAMES)("from %s", (colo) => {
  test("the nearest pool is at least 15 % nearer than the next: noise cannot hide it", () => {
    const [best, next] = rows
      .filter((row) => row.colo === colo)
      .map(({ ms }) => ms)
      .sort((a, b) => a - b);
    expect(next ?? 0).toBeGreaterThan((best ?? 0) * 1.15);
    expect((next ?? 0) - (best ?? 0)).toBeGreaterThan(5);
  });
});
