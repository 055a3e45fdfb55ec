import { describe, expect, test } from "vitest";
import type { RegionDemand } from "../../../routing/exchange.ts";
import { REGIONS } from "../../../routing/names.ts";
import type { EndpointId, TableVersion } from "../../../routing/units.ts";
import { planet, putJson } from "./planet.ts";

const HOST = "shop.example";
const A = "a".repeat(32) as EndpointId;
const B = "b".repeat(32) as EndpointId;

const origin = (id: string, region: string, capacity_rps: number) => ({
  ...{ id, name: "one", address: `${id.slice(0, 1)}.example`, capacity_rps },
  locality: { cloud: "aws", region },
});
const DOCUMENT = {
  pools: {
    a: { origins: [origin(A, "eu-central-1", 100)], stream_drain_seconds: 60 },
    b: { origins: [origin(B, "us-east-1", 60)] },
  },
  load_balancers: {
    [HOST]: { default_pools: ["a", "b"], fallback_pool: "b", steering_policy: "off" },
    "eu.example": { default_pools: ["a", "b"], fallback_pool: "b", residency: ["EU"] },
  },
};

interface Told {
  readonly id: string;
  readonly status: string;
  readonly detail: string;
  readonly evacuation: string;
  readonly progress: {
    readonly rps: number;
    readonly share: number;
    readonly open_streams: number;
    readonly done: boolean;
    readonly rps_before: number | null;
    readonly regions: readonly { readonly region: string }[];
  };
}

/** Every region has the version and is asked this. */
async function asked(rps: number, document: object = DOCUMENT) {
  const all = planet();
  const measure = (endpoints: RegionDemand["endpoints"], streams: RegionDemand["streams"] = {}) => {
    for (const region of REGIONS) {
      const hosts = region === "weur" ? { FRA: { [HOST]: { rps, pools: { a: rps } } } } : {};
      const own = region === "weur" ? { endpoints, streams } : { endpoints: {}, streams: {} };
      const version = all.world.documents.length as TableVersion;
      all.world.statuses.set(region, { version, demand: { hosts, ...own } });
    }
  };
  measure({ [A]: rps });
  expect((await all.ask("/v1/config", putJson(document))).status).toBe(201);
  const post = async (path: string, body?: object) => {
    const init = body === undefined ? {} : putJson(body);
    const answer = await all.ask(path, { ...init, method: "POST" });
    return { status: answer.status, headers: answer.headers, told: (await answer.json()) as Told };
  };
  return { ...all, measure, post };
}

const ORDER = { pool: "a", reason: "provider incident" };
const FREE = { ...DOCUMENT, load_balancers: { [HOST]: DOCUMENT.load_balancers[HOST] } };

describe("before it is done", () => {
  test("a dry run tells who would have no endpoint, why residency forbids it, and what is disabled", async () => {
    const { post, world } = await asked(50);
    const { status, told } = await post("/v1/evacuations?dry_run=true", ORDER);
    expect([status, told]).toMatchObject([
      200,
      {
        target: { kind: "pool", name: "a" },
        disables: ["a"],
        objections: [{ guard: "no-endpoint", hostname: "eu.example" }],
        forbidden: { "eu.example": ["b"] },
        n_minus_one: { worst: { kind: "region", name: "aws us-east-1", stranded: [HOST] } },
      },
    ]);
    expect(world.documents).toHaveLength(1);
  });

  test("one that fails it is refused with the reason, and force does it", async () => {
    const { post } = await asked(80, FREE);
    const refused = await post("/v1/evacuations?at_once=true", ORDER);
    expect([refused.status, refused.told.detail]).toEqual([
      409,
      expect.stringContaining("Pool b would be asked 80 requests/s of the 60 it declares"),
    ]);
    expect((await post("/v1/evacuations?force=true&at_once=true", ORDER)).status).toBe(201);
  });

  test.each([
    [{ pool: "far", reason: "x" }, 404, "There is: a, b."],
    [{ region: "mars", reason: "x" }, 404, "There is: aws eu-central-1, aws us-east-1."],
    [{ pool: "a", cloud: "aws", reason: "x" }, 422, "Nothing was evacuated"],
    [{ pool: "a" }, 422, "Nothing was evacuated"],
  ])("%j is %i", async (body, status, detail) => {
    const { post } = await asked(1, FREE);
    const answer = await post("/v1/evacuations", body);
    expect([answer.status, answer.told.detail]).toEqual([status, expect.stringContaining(detail)]);
  });
});

describe("on its way", () => {
  test("its progress is what the regions still measure there, until all are current and nothing is left", async () => {
    const { ask, measure, post } = await asked(50, FREE);
    const { told, headers, status } = await post("/v1/evacuations?at_once=true", ORDER);
    expect([status, headers.get("location")]).toEqual([201, `/v1/evacuations/${told.id}`]);
    expect(told.progress).toMatchObject({ rps_before: 50, rps: 50, share: 1, done: false });
    const progress = async () => {
      const answer = await ask(`/v1/evacuations/${told.id}`);
      return ((await answer.json()) as Told).progress;
    };
    measure({ [A]: 10, [B]: 40 }, { [A]: 3 });
    expect(await progress()).toMatchObject({ rps: 10, share: 0.2, open_streams: 3, done: false });
    measure({ [B]: 50 }, { [A]: 1 });
    expect(await progress()).toMatchObject({ rps: 0, open_streams: 1, done: false });
    measure({ [B]: 50 });
    expect(await progress()).toMatchObject({ rps: 0, share: 0, open_streams: 0, done: true });
  });

  test("a region that does not answer, or has not the version yet, keeps it from being done", async () => {
    const { ask, measure, post, world } = await asked(50, FREE);
    const { told } = await post("/v1/evacuations?at_once=true", ORDER);
    const isDone = async () => {
      const answer = await ask(`/v1/evacuations/${told.id}`);
      return ((await answer.json()) as Told).progress.done;
    };
    measure({ [B]: 50 });
    expect(await isDone()).toBe(true);
    world.brokenRegions.add("oc");
    expect(await isDone()).toBe(false);
    world.brokenRegions.clear();
    world.statuses.set("oc", { ...world.statuses.get("oc"), version: 1 as TableVersion });
    expect(await isDone()).toBe(false);
  });

  test("the same order again is the same evacuation; another of the same endpoints is refused with its id", async () => {
    const { post, world } = await asked(50, FREE);
    const { told } = await post("/v1/evacuations?at_once=true", ORDER);
    const again = await post("/v1/evacuations?at_once=true", ORDER);
    expect([again.status, again.told.id, world.documents.length]).toEqual([200, told.id, 2]);
    const other = await post("/v1/evacuations", { region: "eu-central-1", reason: "x" });
    expect([other.status, other.told.evacuation]).toEqual([409, told.id]);
  });

  test("drains tell what still goes to what is disabled, by whoever", async () => {
    const { ask, measure, post } = await asked(50, FREE);
    await post("/v1/evacuations?at_once=true", ORDER);
    measure({ [A]: 5, [B]: 45 });
    const drains = async () =>
      ((await (await ask("/v1/drains")).json()) as { drains: object[] }).drains;
    expect(await drains()).toMatchObject([
      { pool: "a", endpoint: null, rps: 5, open_streams: 0, sessions_until: null, done: false },
    ]);
    measure({ [B]: 50 });
    expect(await drains()).toMatchObject([{ pool: "a", rps: 0, done: true }]);
  });
});

test("without at_once it goes in steps, is not done before the last, and at_once does the rest", async () => {
  const { measure, post } = await asked(50, FREE);
  const { told } = await post("/v1/evacuations", ORDER);
  expect(told).toMatchObject({ status: "standing", ramp: { share: 0.25, halted: false } });
  measure({ [B]: 50 });
  const again = await post("/v1/evacuations", ORDER);
  expect([again.status, again.told.progress.done]).toEqual([200, false]);
  const hurried = await post("/v1/evacuations?at_once=true", ORDER);
  expect(hurried.told).toMatchObject({ id: told.id, ramp: null });
});

describe("undone", () => {
  test("everything is as it was, once", async () => {
    const { ask, post, world } = await asked(50, FREE);
    const { told } = await post("/v1/evacuations?at_once=true", ORDER);
    const undone = await post(`/v1/evacuations/${told.id}/undo`);
    expect([undone.status, undone.told.status]).toEqual([200, "undone"]);
    const { pools } = (await (await ask("/v1/config")).json()) as {
      pools: Record<string, { enabled: boolean }>;
    };
    expect(pools["a"]?.enabled).toBe(true);
    await post(`/v1/evacuations/${told.id}/undo`);
    expect(world.documents).toHaveLength(3);
    const list = (await (await ask("/v1/evacuations")).json()) as { evacuations: Told[] };
    expect(list.evacuations.map(({ status }) => status)).toEqual(["undone"]);
  });

  test("not over what somebody changed since", async () => {
    const { ask, post } = await asked(50, FREE);
    const { told } = await post("/v1/evacuations?at_once=true", ORDER);
    await ask("/v1/config", putJson(FREE));
    const refused = await post(`/v1/evacuations/${told.id}/undo`);
    expect([refused.status, refused.told.detail]).toEqual([409, expect.stringContaining("pool a")]);
    expect((await post(`/v1/evacuations/${"0".repeat(32)}/undo`)).status).toBe(404);
  });
});
