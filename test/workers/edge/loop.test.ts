import { afterAll, beforeAll, expect, test } from "vitest";
import { LOOP_HOPS_MAX } from "../../../routing/limits.ts";
import { TestEdge } from "./harness/edge.ts";
import { compile, endpointId } from "./harness/table.ts";
import { until } from "./harness/until.ts";
import { World } from "./harness/world.ts";

const HOST = "localhost";
const world = new World();
let edge: TestEdge;

beforeAll(async () => {
  await world.start();
  edge = await TestEdge.start(world);
  world.writeKv(compile(1, { [HOST]: { pools: [[edge.port]], address: HOST } }));
});

afterAll(async () => {
  await edge.stop();
  await world.stop();
});

test("an edge whose endpoint is the edge itself says 508 after the hops it allows", async () => {
  const { status, text } = await edge.ask(HOST);
  expect([status, JSON.parse(text).title]).toEqual([508, "loop"]);
  const hops = () =>
    world.reports.reduce(
      (sum, { endpoints }) => sum + (endpoints[endpointId(edge.port)]?.attempts ?? 0),
      0,
    );
  let asked = 1;
  await until(async () => {
    if (hops() > 0) return true;
    asked += 1;
    await edge.ask(HOST);
    return false;
  });
  expect(hops()).toBeLessThanOrEqual(asked * (LOOP_HOPS_MAX + 1));
});
