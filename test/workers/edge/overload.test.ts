/** What the edge does with a pool that its region calls overloaded. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SCHEMA } from "../../../routing/limits.ts";
import { seededRng } from "../../../routing/rng.ts";
import type { EndpointId, PoolId } from "../../../routing/units.ts";
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
    readonly limits?: (endpoints: readonly EndpointId[]) => unknown;
  } = {},
) {
  const chance = { ...fakePorts().ports.chance, uniform: seededRng(1) };
  const delay = { ms: 0 };
  const fetch = async () => {
    if (delay.ms > 0) await new Promise((resolve) => setTimeout(resolve, delay.ms));
    return new Response("ok");
  };
  const edge = startNodeEdge({ fetch, ports: { chance } });
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
  const endpoints = compiled.table.pools.flatMap(({ origins }) => origins.map(({ id }) => id));
  edge.kv.set(
    "v1:view:enam",
    JSON.stringify({
      ...view,
      admission: instead === undefined ? admission : instead,
      ...(more.limits === undefined ? {} : { limits: more.limits(endpoints) }),
    }),
  );
  return { edge, first, second, delay, compiled, endpoints };
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

describe("where endpoints have limits", () => {
  const one = (endpoints: readonly EndpointId[]) => ({
    untilMs: Date.now() + TRUSTED_MS,
    inFlight: Object.fromEntries(endpoints.map((id) => [id, 0.5])),
    asked: {},
  });
  test("the next pool takes what the first has no room for, and then nobody does", async () => {
    const { edge, delay } = start(1, 1, true, undefined, { limits: one });
    delay.ms = 1_000;
    const answers = [edge.ask(HOST, "/"), edge.ask(HOST, "/"), edge.ask(HOST, "/")];
    const [first, second, third] = await Promise.all(answers);
    expect([first?.status, second?.status, third?.status]).toEqual([200, 200, 503]);
    expect(await third?.json()).toMatchObject({ title: "overloaded" });
    expect(Number(third?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(portsOf(edge).sort()).toEqual(["9001", "9002"]);
  });

  test("what a try was beyond the isolate's part is worked off before the next", async () => {
    const { edge, delay } = start(1, 1, false, undefined, { limits: one });
    delay.ms = 1_000;
    expect((await edge.ask(HOST, "/")).status).toBe(200);
    expect((await edge.ask(HOST, "/")).status).toBe(503);
  });

  test("an isolate's part is by what its reports say that its pools were asked", async () => {
    const { edge, delay, compiled, endpoints, first } = start(1, 1, false);
    edge.region = compiled;
    const inFlight = Object.fromEntries(endpoints.map((id) => [id, 2]));
    const limits = { untilMs: Date.now() + TRUSTED_MS, inFlight, asked: { [first]: 0.001 } };
    edge.told = { limits };
    for (let beat = 0; beat < 3; beat += 1) {
      await edge.ask(HOST, "/");
      await vi.advanceTimersByTimeAsync(3_000);
    }
    delay.ms = 1_000;
    const answers = await Promise.all([1, 2, 3].map(() => edge.ask(HOST, "/")));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 503]);
  });

  test("a region that is gone limits nobody", async () => {
    const { edge, delay } = start(1, 1, false, undefined, { limits: one });
    delay.ms = 1_000;
    const three = () => Promise.all([1, 2, 3].map(() => edge.ask(HOST, "/")));
    expect((await three()).map(({ status }) => status)).toEqual([200, 503, 503]);
    await vi.advanceTimersByTimeAsync(TRUSTED_MS + 1);
    expect((await three()).map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});
