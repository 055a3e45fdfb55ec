/** Load reports on their way, on the whole edge in Node: from an answer to the region, and from the region to a decision. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LOAD_STALE_MS } from "../../../routing/limits.ts";
import { readShard } from "../../../routing/snapshot.ts";
import type { EndpointId } from "../../../routing/units.ts";
import { loadsOf, spill, use } from "../../routing/steer/loads.ts";
import { compileDocument } from "./harness/document.ts";
import { startNodeEdge } from "./harness/node-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const HOST = "shop.example";
const REPORT = 'JSON {"application_utilization":0.7}';

function started(header: string | null, capacity_rps?: number) {
  const headers = header === null ? {} : { "endpoint-load-metrics": header, "x-own": "1" };
  const edge = startNodeEdge({ fetch: async () => new Response("ok", { headers }) });
  const origin = (port: number) => ({ name: `e${port}`, address: "http://127.0.0.1", port });
  const pools = {
    near: {
      origins: [{ ...origin(9001), ...(capacity_rps === undefined ? {} : { capacity_rps }) }],
    },
    far: { origins: [origin(9002)] },
  };
  const balancer = { default_pools: ["near", "far"], fallback_pool: "far" };
  const table = compileDocument(1, { pools, load_balancers: { [HOST]: balancer } });
  edge.write(table);
  edge.region = table;
  const shard = readShard(Object.values(table.shards)[0]?.text ?? "");
  if (!shard.ok) throw new Error("the table has a shard");
  const [near, far] = ["near", "far"].map((name) =>
    shard.value.pools.find((pool) => pool.name === name),
  );
  const ask = async () => {
    const answer = await edge.ask(HOST, "/");
    await vi.advanceTimersByTimeAsync(1_500);
    return answer;
  };
  const ids = {
    near: near?.origins[0]?.id as EndpointId,
    far: far?.origins[0]?.id as EndpointId,
    nearPool: near?.id ?? "",
    farPool: far?.id ?? "",
  };
  return { edge, ask, ids };
}

test("what an endpoint says of its load goes to the region, and not to the visitor", async () => {
  const { edge, ask, ids } = started(REPORT);
  const answer = await ask();
  expect(answer.headers.get("endpoint-load-metrics")).toBeNull();
  expect(answer.headers.get("x-own")).toBe("1");
  expect(await answer.text()).toBe("ok");
  await ask();
  const told = edge.reports.map(({ endpoints }) => endpoints[ids.near]?.utilization);
  expect(told).toContain(0.7);
});

test("a declared capacity goes to the region with the tries", async () => {
  const { edge, ask, ids } = started(null, 50);
  await ask();
  await ask();
  const told = edge.reports.map(({ endpoints }) => endpoints[ids.near]?.capacityRps);
  expect(told).toContain(50);
});

test("without either a report is as it always was", async () => {
  const { edge, ask, ids } = started(null);
  await ask();
  await ask();
  const { endpoints, spills } = edge.reports.at(-1) ?? {};
  expect(Object.keys(endpoints?.[ids.near] ?? {}).sort()).toEqual([
    "attempts",
    "inFlight",
    "latencyMs",
    "meanMs",
    "outcomes",
  ]);
  expect(spills).toBeUndefined();
});

/** Nearly all of what comes to the near pool is too much for it. */
function crowded() {
  const { edge, ask, ids } = started(null);
  const loads = loadsOf(
    { [ids.near]: use(10, 10), [ids.far]: { ...use(90, 900) } },
    { [ids.nearPool]: spill(100, { [ids.farPool]: 90 }) },
  );
  const young = Date.now();
  for (const one of Object.values(loads.endpoints)) Object.assign(one, { atMs: young });
  edge.told = { loads };
  return { edge, ask, ids };
}

const portsOf = (edge: ReturnType<typeof started>["edge"]) =>
  edge.sent.map(({ url }) => new URL(url).port);

test("what the region says of a full pool sends requests away, and is counted", async () => {
  const { edge, ask, ids } = crowded();
  for (let count = 0; count < 4; count += 1) await ask();
  expect(portsOf(edge)).toEqual(["9001", "9002", "9002", "9002"]);
  await ask();
  const spills = edge.reports.map((report) => report.spills?.[ids.nearPool as never]);
  expect(spills).toContainEqual({ asked: 1, to: { [ids.farPool]: 1 } });
});

test("a region that is silent for three minutes is not acted on any more", async () => {
  const { edge, ask } = crowded();
  await ask();
  edge.region = null;
  await ask();
  await vi.advanceTimersByTimeAsync(LOAD_STALE_MS + 60_000);
  await ask();
  expect(portsOf(edge)).toEqual(["9001", "9002", "9001"]);
});
