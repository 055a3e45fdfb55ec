import { describe, expect, test } from "vitest";
import type { Event } from "../../../routing/exchange.ts";
import { REGIONS } from "../../../routing/names.ts";
import type { EndpointId, TableVersion } from "../../../routing/units.ts";
import { planet, putJson, START_MS } from "./planet.ts";

const A = "a".repeat(32) as EndpointId;
const B = "b".repeat(32) as EndpointId;
const DOCUMENT = {
  pools: {
    north: {
      origins: [
        {
          id: A,
          name: "a",
          address: "https://a.example",
          port: 8443,
          locality: { cloud: "aws", region: "eu-north-1" },
        },
        { id: B, name: "b", address: "https://b.example", port: 0, enabled: false },
      ],
    },
  },
};
const verdict = (healthy: boolean, reason = "", observedAtMs = START_MS) => ({
  healthy,
  changedAtMs: START_MS - 5_000,
  observedAtMs,
  reason,
});

interface Verdicts {
  endpoints: {
    endpoint: string;
    summary: string;
    worst: string;
    regions: { region: string; verdict: string; stale: boolean; reason?: string }[];
  }[];
  unreachable: string[];
}

describe("regions", () => {
  test.each(["failed", "silent"])(
    "one that %s is listed as unreachable and the others are whole",
    async (reason) => {
      const { ask, world } = planet();
      (reason === "failed" ? world.brokenRegions : world.silentRegions).add("weur");
      world.endsBelowMs = Number.POSITIVE_INFINITY;
      const answer = await ask("/v1/regions");
      const { regions } = (await answer.json()) as {
        regions: { region: string; reachable: boolean }[];
      };
      expect(answer.status).toBe(200);
      expect(regions.map(({ region }) => region)).toEqual([...REGIONS]);
      expect(regions.find(({ region }) => region === "weur")).toMatchObject({
        reachable: false,
        reason,
      });
    },
  );

  test("a colo tells its oldest version, its oldest snapshot and who served", async () => {
    const { ask, world } = planet();
    const reporter = { colo: "FRA", heardAtMs: START_MS, budgets: {} };
    const hosts = {
      FRA: {
        "shop.example": {
          requests: 9,
          retries: 1,
          statuses: { "2xx": 9 },
          problems: {},
          pools: { north: 9 },
        },
      },
    };
    world.statuses.set("weur", {
      reporters: [
        { ...reporter, isolate: "1", version: 4 as TableVersion, snapshotAgeMs: 10 },
        { ...reporter, isolate: "2", version: 3 as TableVersion, snapshotAgeMs: 900 },
      ],
      hosts,
    });
    const { regions } = (await (await ask("/v1/regions")).json()) as {
      regions: { region: string; colos: unknown[] }[];
    };
    expect(regions.find(({ region }) => region === "weur")?.colos).toEqual([
      { colo: "FRA", isolates: 2, version: 3, snapshot_age_ms: 900, hosts: hosts.FRA },
    ]);
  });
});

describe("health", () => {
  async function healthOf(prepare: (world: ReturnType<typeof planet>["world"]) => void) {
    const { ask, world } = planet();
    await ask("/v1/config", putJson(DOCUMENT));
    prepare(world);
    return (await (await ask("/v1/health")).json()) as Verdicts;
  }

  test("without data an endpoint is unknown, not down", async () => {
    const { endpoints } = await healthOf(() => undefined);
    expect(endpoints.map(({ endpoint, summary, worst }) => [endpoint, summary, worst])).toEqual([
      ["a", "unknown", "unknown"],
      ["b", "unknown", "unknown"],
    ]);
  });

  test("regions that agree make the summary; those that do not, disagree, and the worst is told", async () => {
    const { endpoints } = await healthOf((world) => {
      world.statuses.set("weur", { health: { [A]: verdict(true), [B]: verdict(true) } });
      world.statuses.set("enam", {
        health: { [A]: verdict(false, "timeout"), [B]: verdict(true) },
      });
    });
    expect(endpoints.map(({ summary, worst }) => [summary, worst])).toEqual([
      ["disagreed", "unhealthy"],
      ["healthy", "healthy"],
    ]);
    expect(endpoints[0]?.regions.find(({ region }) => region === "enam")).toMatchObject({
      verdict: "unhealthy",
      reason: "timeout",
    });
  });

  test("what the members of a monitor group saw is told beside the verdict, also of those that only watch", async () => {
    const { endpoints } = await healthOf((world) => {
      const flags = { monitoringOnly: true, mustBeHealthy: false, observedAtMs: START_MS };
      const member = { monitor: "watch", healthy: false, reason: "status 500", ...flags };
      world.statuses.set("weur", { health: { [A]: verdict(true) }, members: { [A]: [member] } });
    });
    const told = endpoints.map(({ regions }) => regions.find(({ region }) => region === "weur"));
    expect(told[0]).toMatchObject({
      verdict: "healthy",
      monitors: [
        {
          ...{ monitor: "watch", healthy: false, reason: "status 500" },
          ...{ monitoring_only: true, must_be_healthy: false },
        },
      ],
    });
    expect(told[1]).not.toHaveProperty("monitors");
  });

  test("an ejection by a region is told with its reason, and no more when its time is over", async () => {
    const { endpoints } = await healthOf((world) => {
      const reason = "30 % of 100 requests failed";
      world.statuses.set("weur", {
        health: { [A]: verdict(true) },
        ejected: {
          [A]: { untilMs: START_MS + 60_000, reason },
          [B]: { untilMs: START_MS, reason },
        },
      });
    });
    const told = endpoints.map(
      ({ regions }) => regions.find(({ region }) => region === "weur") as { ejected?: unknown },
    );
    expect(told.map(({ ejected }) => ejected)).toEqual([
      { until: new Date(START_MS + 60_000).toISOString(), reason: "30 % of 100 requests failed" },
      undefined,
    ]);
  });

  test("an endpoint that is held is told beside the verdict, with the reason", async () => {
    const { endpoints } = await healthOf((world) => {
      const held = { who: "probe", sinceMs: START_MS - 5_000, reason: "34 % have gone" } as const;
      world.statuses.set("weur", {
        health: { [A]: verdict(false, "timeout"), [B]: verdict(true) },
        held: { [A]: held },
      });
    });
    const told = endpoints.map(({ regions }) => regions.find(({ region }) => region === "weur"));
    expect(told).toMatchObject([
      {
        verdict: "unhealthy",
        held: { since: new Date(START_MS - 5_000).toISOString(), reason: "34 % have gone" },
      },
      { verdict: "healthy" },
    ]);
    expect(told[1]).not.toHaveProperty("held");
  });

  test("a region that does not answer says nothing about any endpoint", async () => {
    const { endpoints, unreachable } = await healthOf((world) => {
      world.statuses.set("weur", { health: { [A]: verdict(false, "refused") } });
      world.statuses.set("enam", { health: { [A]: verdict(true) } });
      world.brokenRegions.add("weur");
    });
    expect([endpoints[0]?.summary, unreachable]).toEqual(["healthy", ["weur"]]);
  });

  test("a verdict that nothing confirmed lately stays what it was and is marked", async () => {
    const { endpoints } = await healthOf((world) => {
      world.statuses.set("weur", { health: { [A]: verdict(true, "", START_MS - 90_001) } });
    });
    expect(endpoints[0]).toMatchObject({ summary: "healthy" });
    expect(endpoints[0]?.regions.find(({ region }) => region === "weur")?.stale).toBe(true);
  });

  test("while the configuration store is gone the last names serve on, and the answer says so", async () => {
    const { ask, world } = planet();
    await ask("/v1/config", putJson(DOCUMENT));
    await ask("/v1/health");
    world.beforeConfig = () => Promise.reject(new Error("gone"));
    world.documents.push({ pools: {} });
    const { endpoints, unreachable } = (await (await ask("/v1/health")).json()) as Verdicts;
    expect(endpoints.map(({ endpoint }) => endpoint)).toEqual(["a", "b"]);
    expect(unreachable).toEqual(["config"]);
  });
});

const event = (source: string, sequence: number, at: number): Event => ({
  sequence,
  at,
  kind: source === "config" ? "config" : "health",
  source,
  subject: `${source} ${sequence}`,
  detail: "",
});

interface List {
  events: { id: string }[];
  cursor: string;
  unreachable: string[];
}

describe("events", () => {
  const idsOf = ({ events }: List) => events.map(({ id }) => id);

  test("come merged by time; within a source the sequence decides, even when its clock stepped back", async () => {
    const { ask, world } = planet();
    world.events.set("weur", [event("weur", 1, 30), event("weur", 2, 10), event("weur", 3, 50)]);
    world.events.set("config", [event("config", 1, 20), event("config", 2, 40)]);
    const list = (await (await ask("/v1/events")).json()) as List;
    expect(idsOf(list)).toEqual(["config:1", "weur:1", "weur:2", "config:2", "weur:3"]);
    expect(list.cursor).toBe("config.2~weur.3");
  });

  test("after a cursor come only later ones; a silent source's come when it answers again", async () => {
    const { ask, world } = planet();
    world.events.set("weur", [event("weur", 1, 10)]);
    world.events.set("enam", [event("enam", 1, 5)]);
    world.brokenRegions.add("enam");
    const first = (await (await ask("/v1/events")).json()) as List;
    expect([idsOf(first), first.unreachable]).toEqual([["weur:1"], ["enam"]]);
    world.brokenRegions.clear();
    const second = (await (await ask(`/v1/events?after=${first.cursor}`)).json()) as List;
    expect(idsOf(second)).toEqual(["enam:1"]);
    const third = (await (await ask(`/v1/events?after=${second.cursor}`)).json()) as List;
    expect([idsOf(third), third.cursor]).toEqual([[], "enam.1~weur.1"]);
  });

  test.each(["weur", "weur.x", "weur.1~", "WEUR.1", "weur.1 ", "x".repeat(600)])(
    "the cursor %s is 400",
    async (after) => {
      const answer = await planet().ask(`/v1/events?after=${encodeURIComponent(after)}`);
      expect(answer.status).toBe(400);
    },
  );
});
