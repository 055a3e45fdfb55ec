import { expect, test } from "vitest";
import { probersOf } from "../../../routing/health/probed.ts";
import { tableOf } from "../table/fixtures.ts";

const origins = [{ name: "e", address: "e.example.net", port: 1 }];
const table = tableOf({
  monitors: { a: {}, b: { type: "tcp" }, c: {} },
  monitor_groups: {
    g: {
      members: [
        { monitor_id: "a" },
        { monitor_id: "b", must_be_healthy: true },
        { monitor_id: "c", enabled: false },
      ],
    },
  },
  pools: {
    grouped: { monitor_group: "g", origins },
    single: { monitor: "a", origins },
    unprobed: { origins },
  },
});
const how = (name: string) => {
  const pool = table.pools.find((one) => one.name === name);
  return pool === undefined ? null : probersOf(table)(pool);
};

test("a pool is probed by its monitor, by its group, or by nobody", () => {
  expect(how("single")).toEqual({ monitor: expect.objectContaining({ name: "a" }) });
  expect(how("grouped")?.monitor).toMatchObject({ name: "g", type: "tcp" });
  expect(how("unprobed")).toBeNull();
});

test("of a group the enabled members are asked, those that must be healthy first", () => {
  const names = how("grouped")?.members?.map(({ monitor, mustBeHealthy }) => [
    monitor.name,
    mustBeHealthy,
  ]);
  expect(names).toEqual([
    ["b", true],
    ["a", false],
  ]);
});
