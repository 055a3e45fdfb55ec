import { describe, expect, test } from "vitest";
import type { RegionDemand } from "../../../routing/exchange.ts";
import { planet, putJson } from "./planet.ts";

const HOST = "shop.example";
const NAMES = ["a", "b", "c", "d", "e"];

const pool = (name: string, more: object = {}) => ({
  origins: [
    {
      ...{ name: "one", address: `${name}.example`, capacity_rps: 1000 },
      locality: { cloud: "aws", region: name === "a" ? "eu-central-1" : "us-east-1" },
      ...more,
    },
  ],
});
const POOLS = Object.fromEntries(NAMES.map((name) => [name, pool(name)]));
const balancer = (default_pools: readonly string[], steering_policy = "off") => ({
  ...{ default_pools, fallback_pool: default_pools[0], steering_policy },
});
const SPREAD = { pools: POOLS, load_balancers: { [HOST]: balancer(NAMES, "random") } };
const ONE = { pools: POOLS, load_balancers: { [HOST]: balancer(["a"]) } };

const demand = (rps: number, more: Partial<RegionDemand> = {}): RegionDemand => ({
  hosts: { FRA: { [HOST]: { rps, pools: {} } } },
  endpoints: {},
  streams: {},
  ...more,
});

/** Every region measures, and one of them this. */
async function measuring(rps: number, document: object = SPREAD) {
  const all = planet();
  for (const region of ["wnam", "enam", "eeur", "apac", "apac-ne", "apac-se", "oc"]) {
    all.world.statuses.set(region, { demand: demand(0, { hosts: {} }) });
  }
  all.world.statuses.set("weur", { demand: demand(rps) });
  expect((await all.ask("/v1/config", putJson(document))).status).toBe(201);
  const post = (path: string, body?: object) =>
    all.ask(path, body === undefined ? { method: "POST" } : { ...putJson(body), method: "POST" });
  return { ...all, post };
}

/** As much of an answer as these tests read. */
interface Told {
  readonly after: Forecast;
  readonly now: Forecast;
  readonly objections: readonly { readonly guard: string }[];
  readonly worst: {
    readonly kind: string;
    readonly name: string;
    readonly stranded: readonly string[];
  };
  readonly n_minus_one: Pick<Told, "worst">;
  readonly detail: string;
  readonly warnings: readonly unknown[];
  readonly unreachable: readonly string[];
}
interface Forecast {
  readonly pools: readonly {
    readonly pool: string;
    readonly share: number;
    readonly rps: number;
  }[];
  readonly undeclared: readonly string[];
  readonly unknown: readonly string[];
}
const told = async (answer: Response) => (await answer.json()) as Told;

describe("O14: an edit that would give one pool of five everything", () => {
  test("is shown by a dry run with the share it would have, and is not stored", async () => {
    const { ask, world } = await measuring(2500);
    const answer = await ask("/v1/config?dry_run=true", putJson(ONE));
    expect(answer.status).toBe(200);
    const { after, objections, n_minus_one } = await told(answer);
    expect(after.pools.find((one) => one.pool === "a")).toMatchObject({ share: 1, rps: 2500 });
    expect(objections).toMatchObject([
      {
        guard: "capacity",
        pool: "a",
        utilization: 2.5,
        utilization_before: 0.5,
        capacity_rps: 1000,
      },
    ]);
    expect(n_minus_one.worst).toMatchObject({ name: "a", stranded: [HOST] });
    expect(world.documents).toHaveLength(1);
  });

  test("is refused with the numbers and what to do, and done with force by the operator's name", async () => {
    const { ask, world } = await measuring(2500);
    const refused = await ask("/v1/config", putJson(ONE));
    expect(refused.status).toBe(409);
    expect((await told(refused)).detail).toBe(
      "Nothing was changed. Pool a would be asked 2500 requests/s of the 1000 it declares (250 %, now 50 %): move less, or add endpoints first. dry_run=true shows the whole forecast; force=true does it all the same.",
    );
    expect(world.documents).toHaveLength(1);
    expect((await ask("/v1/config?force=true&note=hurry", putJson(ONE))).status).toBe(200);
    expect((await ask("/v1/config?force=maybe", putJson(ONE))).status).toBe(400);
  });

  test("as a restore is judged the same, and so is one route", async () => {
    const { ask, post } = await measuring(2500, ONE);
    expect((await ask("/v1/config", putJson(SPREAD))).status).toBe(200);
    expect((await post("/v1/versions/1/restore")).status).toBe(409);
    const dry = await told(await post("/v1/versions/1/restore?dry_run=true"));
    expect(dry.objections).toMatchObject([{ guard: "capacity", pool: "a" }]);
    expect((await post("/v1/versions/9/restore?dry_run=true")).status).toBe(404);
    expect((await post("/v1/versions/1/restore?force=true")).status).toBe(200);
    const route = {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      spec: {
        hostnames: [HOST],
        rules: [{ backendRefs: [{ group: "tradewind.dev", kind: "Pool", name: "b" }] }],
      },
    };
    const shown = await ask("/v1/http_routes/team/shop?dry_run=true", putJson(route));
    expect([shown.status, (await told(shown)).objections]).toEqual([200, []]);
    expect((await ask("/v1/http_routes/team/shop")).status).toBe(404);
  });
});

describe("what cannot be known", () => {
  test("is said: regions that are silent, and pools that declare nothing", async () => {
    const document = { ...SPREAD, pools: { ...POOLS, b: pool("b", { capacity_rps: undefined }) } };
    const { ask, world } = await measuring(2500, document);
    world.brokenRegions.add("oc");
    const { now, unreachable } = await told(await ask("/v1/capacity"));
    expect(unreachable).toEqual(["oc"]);
    expect(now.undeclared).toEqual(["b"]);
    expect(now.unknown).toEqual(["Regions that did not answer, whose demand is missing: oc."]);
  });

  test("with every region gone a change is still taken, because nothing speaks against it", async () => {
    const { ask, world } = await measuring(2500);
    for (const region of [...world.statuses.keys()]) world.brokenRegions.add(region);
    expect((await ask("/v1/config", putJson(ONE))).status).toBe(200);
  });
});

test("the capacity tells each loss, the worst first", async () => {
  const { ask } = await measuring(2500);
  const { worst, now } = await told(await ask("/v1/capacity"));
  expect(worst).toMatchObject({
    ...{ kind: "region", name: "aws us-east-1", rps: 2000, utilization: 2.5 },
    over: [{ pool: "a", rps: 2500 }],
  });
  expect(now.pools.map(({ rps }) => rps)).toEqual([500, 500, 500, 500, 500]);
});

describe("frozen", () => {
  const writes: readonly (readonly [string, RequestInit])[] = [
    ["/v1/config", putJson(SPREAD)],
    ["/v1/versions/1/restore", { method: "POST" }],
    ["/v1/evacuations", { ...putJson({ pool: "a", reason: "x" }), method: "POST" }],
    [`/v1/evacuations/${"0".repeat(32)}/undo`, { method: "POST" }],
    ["/v1/http_routes/team/shop", { method: "DELETE" }],
  ];

  test.each([
    ["store", "DELETE /v1/freeze"],
    ["kv", "delete the key v1:freeze:default"],
    ["script", "take the variable TW_FREEZE away"],
  ] as const)(
    "by %s every change is 423 with the place and the way back",
    async (place, wayBack) => {
      const { ask, world } = await measuring(10);
      const before = world.documents.length;
      if (place === "script") world.variables["TW_FREEZE"] = "1";
      else world.frozen.add(place);
      for (const [path, init] of writes) {
        const answer = await ask(path, init);
        // A route that is not there is not there: nothing would have been written.
        if (answer.status === 404) continue;
        expect([path, answer.status]).toEqual([path, 423]);
        const problem = (await answer.json()) as { frozen: string[]; detail: string };
        expect([problem.frozen, problem.detail]).toEqual([
          [place],
          expect.stringContaining(wayBack),
        ]);
      }
      expect(world.documents).toHaveLength(before);
      const dry = await ask("/v1/config?dry_run=true", putJson(SPREAD));
      expect(dry.status).toBe(200);
      expect(await (await ask("/v1/freeze")).json()).toMatchObject({ frozen: [place] });
    },
  );

  test("and thawed by the API, which names the places that it cannot reach", async () => {
    const { ask, world } = await measuring(10);
    expect(await (await ask("/v1/freeze?note=incident", { method: "PUT" })).json()).toMatchObject({
      frozen: ["store"],
      thaw: "To go on: DELETE /v1/freeze.",
    });
    world.frozen.add("kv");
    expect(await (await ask("/v1/freeze", { method: "DELETE" })).json()).toMatchObject({
      frozen: ["kv"],
      thaw: "To go on: delete the key v1:freeze:default of the namespace SNAPSHOTS.",
    });
    world.frozen.clear();
    expect((await ask("/v1/config", putJson(SPREAD))).status).toBe(200);
  });
});
