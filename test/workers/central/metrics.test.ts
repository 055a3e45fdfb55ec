import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { NOBODY } from "../../../routing/load/cutoff.ts";
import type { EndpointId, PoolId, TableVersion } from "../../../routing/units.ts";
import { exposition, SERIES_MAX } from "../../../workers/central/metrics/exposition.ts";
import { FAMILIES } from "../../../workers/central/metrics/families.ts";
import { root } from "../../house/source.ts";
import { modelOf } from "./ledgers.ts";
import { planet, putJson, START_MS } from "./planet.ts";
import { parseExposition } from "./prometheus.ts";
import { SYNC as SYNC_DEFAULTS } from "./sync/bench-zone.ts";

const A = "a".repeat(32) as EndpointId;
const P = "b".repeat(32) as PoolId;
const DOCUMENT = {
  pools: { north: { id: P, origins: [{ id: A, name: "a", address: "https://a.example" }] } },
  zones: { "shop.test": {}, "other.test": {} },
};
const RECORD = { name: "a.shop.test", type: "A", ttl: 60, values: ["192.0.2.1"] } as const;
const SYNC = {
  ...SYNC_DEFAULTS,
  credentials: { env: "TW_CRED_PDNS" },
  records: [RECORD, { ...RECORD, name: "b.shop.test" }],
};
const docs = readFileSync(join(root, "docs/metrics.md"), "utf8");

beforeAll(() => {
  // The watchdog complains of the region that is broken.
  vi.spyOn(console, "error").mockImplementation(() => {});
});

/** A planet on which every family has a sample. */
async function busy() {
  const { ask, world, ports } = planet();
  world.synced.set("shop.test", SYNC);
  world.synced.set("other.test", { ...SYNC, domain: "other.test" });
  world.variables["TW_CRED_PDNS"] = '{"api_key":"k"}';
  await ask("/v1/config", putJson(DOCUMENT));
  modelOf(world, "shop.test").put({ ...RECORD, values: ["203.0.113.9"] });
  world.nowMs -= 30_000;
  await ask("/v1/zones/shop.test/plan");
  world.nowMs += 30_000;
  const outcomes = { success: 5, failure: 2, overload: 1, abandoned: 0 };
  const report = { attempts: 8, outcomes, inFlight: 2 };
  world.statuses.set("weur", {
    version: 1 as TableVersion,
    beatMs: 1_500,
    lastRoundAtMs: START_MS - 2_500,
    probes: { sent: 12, succeeded: 10, failed: 2 },
    health: { [A]: { healthy: false, changedAtMs: 0, observedAtMs: START_MS, reason: "timeout" } },
    ejected: { [A]: { untilMs: START_MS + 60_000, reason: "" } },
    held: {},
    loads: {
      endpoints: { [A]: { utilization: 0.75, rps: 3, capacityRps: 4, atMs: START_MS } },
      spills: {},
    },
    reporters: [
      {
        colo: "FRA",
        isolate: "1",
        heardAtMs: START_MS,
        version: 1 as TableVersion,
        snapshotAgeMs: 250,
        budgets: { north: 12.5 },
      },
      {
        colo: "FRA",
        isolate: "2",
        heardAtMs: START_MS,
        version: null,
        snapshotAgeMs: 50,
        budgets: { north: 20 },
      },
    ],
    hosts: {
      FRA: {
        "shop.example": {
          requests: 9,
          retries: 3,
          statuses: { "2xx": 8, "5xx": 1 },
          problems: { "no-endpoint": 1 },
          pools: { north: 8 },
        },
      },
    },
    pools: {
      [P]: {
        asked: { critical: 10, default: 70, sheddable: 20 },
        refused: { critical: 0, default: 3, sheddable: 17 },
      },
      ["e".repeat(32) as PoolId]: { asked: NOBODY, refused: NOBODY },
    },
    endpoints: {
      FRA: { [A]: report },
      LHR: { [A]: report, ["f".repeat(32) as EndpointId]: report },
    },
  });
  world.brokenRegions.add("oc");
  await ports.objects.watchdog().look();
  return { ask, world };
}

describe("the exposition", () => {
  test("is read by a strict parser, and every family has a sample on a busy planet", async () => {
    const { ask } = await busy();
    const answer = await ask("/metrics");
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const families = parseExposition(await answer.text());
    expect([...families.keys()]).toEqual(Object.values(FAMILIES).map(({ name }) => name));
    for (const { name, labels, type } of Object.values(FAMILIES)) {
      const parsed = families.get(name);
      expect([name, parsed?.type, (parsed?.samples.length ?? 0) > 0]).toEqual([name, type, true]);
      for (const sample of parsed?.samples ?? [])
        expect(Object.keys(sample.labels)).toEqual(labels);
    }
  });

  test("says what the regions said", async () => {
    const { ask } = await busy();
    const families = parseExposition(await (await ask("/metrics")).text());
    const value = (key: keyof typeof FAMILIES, wanted: Record<string, string> = {}) =>
      families
        .get(FAMILIES[key].name)
        ?.samples.filter(({ labels }) =>
          Object.entries(wanted).every(([name, is]) => labels[name] === is),
        )
        .map((sample) => sample.value);
    expect(value("requests", { colo: "FRA", host: "shop.example" })).toEqual([9]);
    expect(value("responses", { class: "5xx" })).toEqual([1]);
    expect(value("problems", { problem: "no-endpoint" })).toEqual([1]);
    expect(value("asked", { pool: "north", region: "weur" })).toEqual([10, 70, 20]);
    expect(value("refused", { criticality: "sheddable" })).toEqual([17]);
    expect(value("attempts", { pool: "north", endpoint: "a", region: "weur" })).toEqual([16]);
    expect(value("outcomes", { outcome: "failure" })).toEqual([4]);
    expect(value("inFlight")).toEqual([4]);
    expect(value("budget", { pool: "north" })).toEqual([12.5]);
    expect(value("snapshotAge", { colo: "FRA" })).toEqual([0.25]);
    expect(value("snapshotVersion", { colo: "FRA" })).toEqual([0]);
    expect(value("isolates")).toEqual([2]);
    expect(value("healthy", { region: "weur" })).toEqual([0]);
    expect(value("ejected")).toEqual([1]);
    expect(value("utilization", { region: "weur", endpoint: "a" })).toEqual([0.75]);
    expect(value("probes", { region: "weur", result: "failed" })).toEqual([2]);
    expect(value("round", { region: "weur" })).toEqual([2.5]);
    expect(value("beat", { region: "weur" })).toEqual([1.5]);
    expect(value("reachable", { region: "oc" })).toEqual([0]);
    expect(value("reachable", { region: "weur" })).toEqual([1]);
    expect(value("pending", { region: "weur" })).toEqual([0]);
    expect(value("configVersion")).toEqual([1]);
    expect(value("configReachable")).toEqual([1]);
  });

  test("says how zones stand, and claims nothing of one that was not looked at", async () => {
    const { ask } = await busy();
    await ask("/v1/zones/shop.test/freeze", { method: "PUT" });
    const families = parseExposition(await (await ask("/metrics")).text());
    const of = (name: string) =>
      families
        .get(`tradewind_zone_${name}`)
        ?.samples.map(({ labels, value }) => [labels["zone"], value]);
    const shop = (value: number) => [["shop.test", value]];
    expect(of("reachable")).toEqual([["other.test", 1], ...shop(1)]);
    expect(of("frozen")).toEqual([["other.test", 0], ...shop(1)]);
    expect(of("failures")).toEqual([["other.test", 0], ...shop(0)]);
    expect(of("in_step")).toEqual(shop(0));
    expect(of("changes_pending")).toEqual(shop(2));
    expect(of("conflicts")).toEqual(shop(1));
    expect(of("look_age_seconds")).toEqual(shop(30));
  });

  test("without the configuration store the rest is told, and that it is gone", async () => {
    const { ask, world } = await busy();
    world.beforeConfig = () => Promise.reject(new Error("gone"));
    const families = parseExposition(await (await ask("/metrics")).text());
    expect(families.get("tradewind_config_reachable")?.samples).toEqual([{ labels: {}, value: 0 }]);
    expect(families.get("tradewind_config_version")?.samples).toEqual([]);
    expect(families.get("tradewind_requests_total")?.samples).toHaveLength(1);
  });

  test("labels come back as they were, whatever is in them", () => {
    const family = {
      name: "x_total",
      type: "counter",
      help: "a \\ and\na line",
      labels: ["label"],
    } as const;
    const nasty = ["", '"', "\\", "\n", 'a"b\\c\nd', "{}", "=,", "ü☃"];
    const samples = nasty.map((label, at) => ({ labels: [label], value: at }));
    const parsed = parseExposition(exposition([{ family, samples }]).text);
    const back = parsed.get("x_total")?.samples.map(({ labels }) => labels["label"]);
    expect(new Set(back)).toEqual(new Set(nasty));
  });

  test("a family with too many series tells the same ones every time and how many it left out", () => {
    const family = { name: "x_total", type: "counter", help: "x", labels: ["label"] } as const;
    const samples = Array.from({ length: SERIES_MAX + 7 }, (_, at) => ({
      labels: [`${at}`],
      value: at,
    }));
    const one = exposition([{ family, samples }]);
    const other = exposition([{ family, samples: [...samples].reverse() }]);
    expect([one.dropped, one.text === other.text]).toEqual([7, true]);
    expect(parseExposition(one.text).get("x_total")?.samples).toHaveLength(SERIES_MAX);
  });
});

describe("names", () => {
  test("are as Prometheus wants them: own prefix, base units last, _total on counters only", () => {
    for (const { name, type } of Object.values(FAMILIES)) {
      expect(name).toMatch(/^tradewind_[a-z_]+$/);
      expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
      expect(name).not.toMatch(/_(ms|milliseconds|percent|kb)(_|$)/);
    }
  });

  test("docs/metrics.md has every one with its type and labels, and no other", () => {
    const rows = [
      ...docs.matchAll(/^\| `(tradewind_\w+)` \| (\w+) \| ([^|]*) \| ([^|]+) \|$/gm),
    ].map(([, name, type, labels]) => [
      name,
      type,
      [...(labels ?? "").matchAll(/`(\w+)`/g)].map(([, label]) => label),
    ]);
    expect(rows).toEqual(
      Object.values(FAMILIES).map(({ name, type, labels }) => [name, type, [...labels]]),
    );
  });

  test("docs/metrics.md names no metric that does not exist", () => {
    const names = new Set<string>(Object.values(FAMILIES).map(({ name }) => name));
    const mentioned = [...docs.matchAll(/tradewind_\w+/g)].map(([name]) => name);
    expect(mentioned.filter((name) => !names.has(name))).toEqual([]);
  });
});
