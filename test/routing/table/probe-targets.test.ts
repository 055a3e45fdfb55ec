import { describe, expect, test } from "vitest";
import { probeTargets, unprobedEndpoints } from "../../../routing/table/probe-targets.ts";
import { tableOf } from "./fixtures.ts";

describe("the targets of probes", () => {
  const targets = (changes: { monitor?: object; origin?: object; pool?: object } = {}) => {
    const origin = { name: "e", address: "e.example.net", ...changes.origin };
    const pools = { p: { monitor: "m", origins: [origin], ...changes.pool } };
    return probeTargets(tableOf({ monitors: { m: { ...changes.monitor } }, pools }));
  };

  test("are the endpoints of pools that have a monitor", () => {
    expect(targets()).toMatchObject([
      { pool: "p", name: "e", address: "e.example.net", monitor: { name: "m" } },
    ]);
    expect(targets({ pool: { monitor: null } })).toEqual([]);
  });

  test("whatever else requests may be sent to is unprobed", () => {
    const unprobed = (pool: object, origin: object = {}) => {
      const origins = [{ name: "e", address: "e.example.net", ...origin }];
      return unprobedEndpoints(
        tableOf({ monitors: { m: {} }, pools: { p: { monitor: "m", origins, ...pool } } }),
      );
    };
    expect(unprobed({ monitor: null })).toMatchObject([{ pool: "p", name: "e" }]);
    expect(unprobed({})).toEqual([]);
    expect(unprobed({ monitor: null, enabled: false })).toEqual([]);
    expect(unprobed({ monitor: null }, { enabled: false })).toEqual([]);
  });

  test("are not what is disabled", () => {
    expect(targets({ origin: { enabled: false } })).toEqual([]);
    expect(targets({ pool: { enabled: false } })).toEqual([]);
  });

  test.each([
    ["the monitor's own port first", { monitor: { port: 81 }, origin: { port: 82 } }, 81, "http"],
    ["then the endpoint's", { origin: { port: 82 } }, 82, "http"],
    ["then that of http", {}, 80, "http"],
    [
      "or of https, as the monitor says and not the endpoint",
      { monitor: { type: "https" } },
      443,
      "https",
    ],
    [
      "and for tcp the endpoint's",
      { monitor: { type: "tcp" }, origin: { port: 5432 } },
      5432,
      "https",
    ],
  ])("use %s", (_name, changes, port, scheme) => {
    expect(targets(changes)).toMatchObject([{ port, scheme }]);
  });

  test("of a group are asked by its enabled members, who must be healthy first", () => {
    const monitors = {
      web: { type: "https", interval: 60 },
      sql: { type: "tcp", port: 5432, interval: 30, timeout: 2, consecutive_down: 3 },
      off: {},
      look: { path: "/look", interval: 20, timeout: 3, consecutive_down: 9 },
    };
    const members = [
      { monitor_id: "look", monitoring_only: true },
      { monitor_id: "web" },
      { monitor_id: "off", enabled: false },
      { monitor_id: "sql", must_be_healthy: true },
    ];
    const pools = { p: { monitor_group: "g", origins: [{ name: "e", address: "e.example.net" }] } };
    const table = tableOf({ monitors, monitor_groups: { g: { members } }, pools });
    expect(probeTargets(table)).toMatchObject([
      {
        scheme: "https",
        port: 5432,
        monitor: { name: "g", type: "tcp", interval: 20, timeout: 10, consecutive_down: 3 },
        members: [
          { monitor: { name: "sql" }, port: 5432, mustBeHealthy: true, monitoringOnly: false },
          { monitor: { name: "look" }, port: 80, scheme: "http", monitoringOnly: true },
          { monitor: { name: "web" }, port: 443, scheme: "https", monitoringOnly: false },
        ],
      },
    ]);
    expect(unprobedEndpoints(table)).toEqual([]);
  });
});
