import { describe, expect, test } from "vitest";
import { PREVIEW_ENDPOINTS_MAX } from "../../../routing/limits.ts";
import { REGIONS } from "../../../routing/names.ts";
import { planet, putJson, START_MS } from "./planet.ts";

const origins = (...names: readonly string[]) =>
  names.map((name) => ({ name, address: `${name}.example`, port: 8443 }));

const DOCUMENT = {
  monitors: {
    web: { type: "https", path: "/healthz", header: { "X-Key": ["secret"] } },
    sql: { type: "tcp", port: 5432 },
    spare: {},
  },
  monitor_groups: { both: { members: [{ monitor_id: "web" }, { monitor_id: "sql" }] } },
  pools: {
    eu: {
      monitor: "web",
      origins: [...origins("a", "b"), { name: "c", address: "c.example", enabled: false }],
    },
    us: { monitor_group: "both", origins: origins("d") },
    bare: { origins: [{ name: "e", address: "e.example" }] },
    big: { origins: origins(...Array.from({ length: 26 }, (_, at) => `x${at}`)) },
  },
};

async function started() {
  const all = planet();
  await all.ask("/v1/config", putJson(DOCUMENT));
  const preview = async (path: string, body: unknown = {}) => {
    const answer = await all.ask(`/v1/${path}/preview`, { ...putJson(body), method: "POST" });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const asked = () =>
    all.world.previews.flatMap(({ region, preview: { targets } }) =>
      targets.map(({ name, monitor }) => `${region} ${monitor.name} ${monitor.type} ${name}`),
    );
  return { ...all, preview, asked };
}

describe("a preview of a stored monitor", () => {
  test("asks every endpoint of the pool that is named, from every region", async () => {
    const { preview, world } = await started();
    world.previewed.set("b", { saw: "unhealthy", reason: "status 503", status: 503, ms: 7 });
    const { status, body } = await preview("monitors/spare", { pool: "eu" });
    expect(status).toBe(200);
    expect(world.previews.map(({ region }) => region)).toEqual(REGIONS);
    expect(body).toMatchObject({
      version: 1,
      monitor: "spare",
      endpoints: [
        { pool: "eu", endpoint: "a", address: "a.example", port: 8443 },
        { endpoint: "b" },
        { endpoint: "c" },
      ],
      unreachable: [],
    });
    const [a, b] = body["endpoints"] as { regions: unknown[] }[];
    expect(a?.regions).toEqual(
      REGIONS.map((region) => ({ region, healthy: true, reason: "", status_code: 200, ms: 12 })),
    );
    expect(b?.regions[0]).toEqual({
      ...{ region: "wnam", healthy: false, reason: "status 503", status_code: 503, ms: 7 },
    });
  });

  test("asks the pools that use it, by themselves and in groups, when none is named", async () => {
    const { preview, asked } = await started();
    await preview("monitors/web", { regions: ["weur", "weur"] });
    expect(asked()).toEqual(["a", "b", "c", "d"].map((name) => `weur web https ${name}`));
  });

  test("asks the endpoints that are named, by name or id, and the monitor by its id", async () => {
    const { preview, asked, world } = await started();
    const { body } = await preview("monitors/sql", { regions: ["oc"] });
    const [{ id }] = body["endpoints"] as [{ id: string }];
    const monitor = world.previews[0]?.preview.targets[0]?.monitor.id;
    world.previews.length = 0;
    await preview(`monitors/${monitor}`, { regions: ["oc"], endpoints: [id] });
    await preview("monitors/sql", { pool: "eu", regions: ["oc"], endpoints: ["b"] });
    expect(asked()).toEqual(["oc sql tcp d", "oc sql tcp b"]);
  });
});

describe("a preview of a pool", () => {
  test("asks by the draft of the body, whatever the pool has", async () => {
    const { preview, asked } = await started();
    const { body } = await preview("pools/us", {
      monitor: { type: "http", path: "/new" },
      regions: ["weur"],
    });
    expect(body).toMatchObject({ monitor: "draft" });
    expect(asked()).toEqual(["weur draft http d"]);
  });

  test("asks by its own group, and tells what each member saw", async () => {
    const { preview, world } = await started();
    const member = { monitor: "sql", healthy: false, reason: "timeout", observedAtMs: START_MS };
    const members = [{ ...member, monitoringOnly: false, mustBeHealthy: true }];
    world.previewed.set("d", { saw: "nothing", reason: "all", members });
    const { body } = await preview("pools/us", { regions: ["weur"] });
    expect(world.previews[0]?.preview.targets[0]?.members).toHaveLength(2);
    expect(body["endpoints"]).toMatchObject([
      {
        regions: [
          {
            ...{ healthy: false, reason: "all", status_code: null, ms: null },
            monitors: [
              {
                ...{ monitor: "sql", healthy: false, reason: "timeout" },
                ...{ monitoring_only: false, must_be_healthy: true },
              },
            ],
          },
        ],
      },
    ]);
    expect(JSON.stringify(body)).not.toContain("secret");
  });

  test("says which endpoints there was no time for, and which regions did not answer", async () => {
    const { preview, world } = await started();
    world.previewed.set("d", { saw: "unprobed", reason: "no time was left" });
    world.brokenRegions.add("oc");
    const { body } = await preview("pools/us", { regions: ["weur", "oc"] });
    expect(body).toMatchObject({
      endpoints: [{ regions: [{ region: "weur", healthy: null, reason: "no time was left" }] }],
      unreachable: ["oc"],
    });
  });

  test("does not wait for ever for a region that is silent", async () => {
    const { preview, world } = await started();
    world.silentRegions.add("oc");
    world.endsBelowMs = Number.POSITIVE_INFINITY;
    const { body } = await preview("pools/us", { regions: ["oc"] });
    expect(body).toMatchObject({ endpoints: [{ regions: [] }], unreachable: ["oc"] });
  });
});

describe("a preview is refused", () => {
  test.each<[string, string, object, number, object]>([
    ["of a monitor that is not there", "monitors/wbe", {}, 404, { detail: /"wbe"/ }],
    ["of a pool that is not there", "pools/ue", {}, 404, { detail: /"ue"/ }],
    ["for a pool that is not there", "monitors/web", { pool: "ue" }, 422, { at: "/pool" }],
    [
      "for an endpoint that is not there",
      "pools/eu",
      { endpoints: ["z"] },
      422,
      { at: "/endpoints" },
    ],
    ["of a monitor that nobody uses, for no pool", "monitors/spare", {}, 422, { at: "/pool" }],
    ["of a pool without a monitor", "pools/bare", {}, 422, { at: "/monitor" }],
    ["of too many endpoints", "monitors/web", { pool: "big" }, 422, { at: "/endpoints" }],
    [
      "of a draft that is no monitor",
      "pools/eu",
      { monitor: { type: "smtp" } },
      422,
      { at: "/monitor/type" },
    ],
    ["of a draft that is no object", "pools/eu", { monitor: 7 }, 422, { at: "/monitor" }],
    [
      "of a TCP monitor for endpoints without a port",
      "pools/bare",
      { monitor: { type: "tcp" } },
      422,
      { at: "/monitor" },
    ],
  ])("%s", async (_claim, path, body, status, wanted) => {
    const { preview, world } = await started();
    const refused = await preview(path, body);
    expect(refused.status).toBe(status);
    if ("at" in wanted) expect(refused.body["errors"]).toMatchObject([{ pointer: wanted.at }]);
    if ("detail" in wanted) expect(refused.body["detail"]).toMatch(wanted.detail as RegExp);
    expect(world.previews).toEqual([]);
  });

  test("and says how many it would take", async () => {
    const { preview } = await started();
    const { body } = await preview("monitors/web", { pool: "big" });
    const range = `1..${PREVIEW_ENDPOINTS_MAX}`;
    expect(body["errors"]).toMatchObject([{ value: 26, range }]);
  });

  test("before there is a configuration", async () => {
    const { ask } = planet();
    const answer = await ask("/v1/pools/eu/preview", { ...putJson({}), method: "POST" });
    expect([answer.status, await answer.text()]).toEqual([
      404,
      expect.stringContaining("There is no configuration yet"),
    ]);
  });
});
