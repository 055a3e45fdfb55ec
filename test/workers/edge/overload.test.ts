/** What the edge does with a pool that its region calls overloaded. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SCHEMA } from "../../../routing/limits.ts";
import { seededRng } from "../../../routing/rng.ts";
import type { PoolId } from "../../../routing/units.ts";
import { compileDocument, poolsAt, routeManifest, toPool } from "./harness/document.ts";
import { type NodeEdge, startNodeEdge } from "./harness/node-edge.ts";
import { fakePorts } from "./harness/ports.ts";

const HOST = "www.example";
const TRUSTED_MS = 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start(
  ratioOfFirst: number,
  ratioOfSecond: number,
  failover = true,
  instead: object | null | undefined = undefined,
  more: {
    readonly balancer?: object;
    readonly pools?: object;
    readonly routes?: readonly object[];
  } = {},
) {
  const chance = { ...fakePorts().ports.chance, uniform: seededRng(1) };
  const edge = startNodeEdge({ ports: { chance } });
  const document = {
    pools: { ...poolsAt({ first: 9_001, second: 9_002 }), ...more.pools },
    http_routes: more.routes ?? [],
    load_balancers: {
      [HOST]: {
        default_pools: ["first", "second"],
        fallback_pool: "second",
        adaptive_routing: { failover_across_pools: failover },
        ...more.balancer,
      },
    },
  };
  const compiled = compileDocument(1, document);
  edge.write(compiled);
  const [first, second] = ["first", "second"].map(
    (name) => compiled.table.pools.find((pool) => pool.name === name)?.id ?? "",
  ) as [string, string];
  const ratios = { [first]: ratioOfFirst, [second]: ratioOfSecond };
  const admission = { untilMs: Date.now() + TRUSTED_MS, ratios };
  const view = { schema: SCHEMA, region: "enam", asOfMs: Date.now(), health: {}, latencyMs: {} };
  edge.kv.set(
    "v1:view:enam",
    JSON.stringify({ ...view, admission: instead === undefined ? admission : instead }),
  );
  return { edge, first, second };
}

const portsOf = (edge: NodeEdge) => edge.sent.map(({ url }) => new URL(url).port);

test("a request that no pool lets in is told to come again, and no endpoint sees it", async () => {
  const { edge } = start(0, 0);
  const waits = new Set<string | null>();
  for (let at = 0; at < 40; at += 1) {
    const answer = await edge.ask(HOST, "/");
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ title: "overloaded" });
    waits.add(answer.headers.get("retry-after"));
  }
  expect([...waits].sort()).toEqual(["1", "2", "3"]);
  expect(edge.sent).toEqual([]);
});

test("the next pool takes what the first does not let in", async () => {
  const { edge } = start(0, 1);
  expect((await edge.ask(HOST, "/")).status).toBe(200);
  expect(portsOf(edge)).toEqual(["9002"]);
});

test("a pool that may not be left refuses", async () => {
  const { edge } = start(0, 1, false);
  expect((await edge.ask(HOST, "/")).status).toBe(503);
});

test("a region that is gone refuses nobody: what it said is over when its time is", async () => {
  const { edge } = start(0, 0);
  expect((await edge.ask(HOST, "/")).status).toBe(503);
  await vi.advanceTimersByTimeAsync(TRUSTED_MS + 1);
  expect((await edge.ask(HOST, "/")).status).toBe(200);
});

test.each([
  ["no ratios", { untilMs: 1e15, ratios: null }],
  ["no time", { untilMs: "soon", ratios: {} }],
  ["nothing", null],
])("an admission with %s refuses nobody", async (_, admission) => {
  const { edge } = start(0, 0, true, admission);
  expect((await edge.ask(HOST, "/")).status).toBe(200);
});

test("what was asked, refused and answered is reported by pool", async () => {
  const { edge, first, second } = start(0, 1);
  for (let at = 0; at < 3; at += 1) {
    await edge.ask(HOST, "/");
    await vi.advanceTimersByTimeAsync(40_000);
  }
  const reported = edge.reports.map(({ pools }) => pools ?? {});
  expect(reported).toContainEqual({
    [first]: { asked: 1, refused: 1, answered: 0, answeredMs: 0 },
    [second]: { asked: 1, refused: 0, answered: 1, answeredMs: expect.any(Number) },
  });
});

describe("by criticality", () => {
  /** Only what is critical is let in. */
  const ONLY_CRITICAL = { untilMs: 1e15, ratios: {}, cutoffs: {} };
  const startCutOff = (more: Parameters<typeof start>[4]) => {
    const { edge, first, second } = start(1, 1, true, null, more);
    const cutoffs = { [first]: 1, [second]: 1 };
    const stored = JSON.parse(edge.kv.get("v1:view:enam") ?? "{}") as object;
    const admission = { ...ONLY_CRITICAL, cutoffs };
    edge.kv.set("v1:view:enam", JSON.stringify({ ...stored, admission }));
    return { edge, first, second };
  };
  const rules = [
    {
      condition: 'http.request.uri.path eq "/pay"',
      overrides: { criticality: "critical" },
    },
  ];
  const statusOf = async (edge: NodeEdge, path: string, headers: Record<string, string> = {}) =>
    (await edge.ask(HOST, path, { headers })).status;

  test("a load balancer's requests are what it says, one by one where its rules say otherwise", async () => {
    const { edge } = startCutOff({ balancer: { criticality: "sheddable", rules } });
    expect(await statusOf(edge, "/")).toBe(503);
    expect(await statusOf(edge, "/pay")).toBe(200);
  });

  test("a route's word comes before that of the load balancer that it leads to", async () => {
    const route = (name: string, path: string, annotations: object) => {
      const target = [{ kind: "LoadBalancer", name: HOST }];
      const rule = { ...toPool(path, "first"), backendRefs: target };
      const manifest = routeManifest(name, [HOST], [rule]);
      return { ...manifest, metadata: { ...manifest.metadata, annotations } };
    };
    const routes = [
      route("batch", "/batch", { "tradewind/criticality": "sheddable" }),
      route("other", "/other", { "another/annotation": "x" }),
    ];
    const { edge } = startCutOff({ balancer: { criticality: "critical" }, routes });
    expect(await statusOf(edge, "/batch")).toBe(503);
    expect(await statusOf(edge, "/other")).toBe(200);
    expect(await statusOf(edge, "/")).toBe(200);
  });

  test("what a visitor says of himself is not asked", async () => {
    const { edge } = startCutOff({});
    const said = { priority: "u=0", criticality: "critical", "tradewind-criticality": "critical" };
    expect(await statusOf(edge, "/", said)).toBe(503);
  });

  test("a pool with admission_control: false lets everything in", async () => {
    const first = { ...poolsAt({ first: 9_001 })["first"], admission_control: false };
    const { edge } = startCutOff({ pools: { first } });
    expect(await statusOf(edge, "/")).toBe(200);
  });

  test.each([
    ["/pay", { asked: 1, criticalAsked: 1, refused: 0, answered: 1 }],
    ["/", { asked: 1, sheddableAsked: 1, refused: 1, sheddableRefused: 1, answered: 0 }],
  ])("a request for %s is reported by what is not default", async (path, expected) => {
    const { edge, first } = startCutOff({ balancer: { criticality: "sheddable", rules } });
    for (let at = 0; at < 2; at += 1) {
      await statusOf(edge, path);
      await vi.advanceTimersByTimeAsync(40_000);
    }
    const reported = edge.reports.map(({ pools }) => pools?.[first as PoolId]);
    expect(reported).toContainEqual({ ...expected, answeredMs: expect.any(Number) });
  });
});
