import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OriginProcess } from "../../origins/process.ts";
import { TestEdge } from "./harness/edge.ts";
import { compile } from "./harness/table.ts";
import { World } from "./harness/world.ts";

const HOST = "shop.example";
const world = new World();
const origin = new OriginProcess({ name: "one", pool: "first" });
let edge: TestEdge;

beforeAll(async () => {
  await Promise.all([world.start(), origin.start()]);
  const table = compile(1, { [HOST]: { pools: [[origin.port]] } });
  world.writeKv(table);
  world.pushed = table;
  edge = await TestEdge.start(world);
});

afterAll(async () => {
  await edge.stop();
  await Promise.all([world.stop(), origin.kill()]);
});

describe("a request for a known host", () => {
  test("reaches its endpoint with path and query as they came", async () => {
    const { status, text } = await edge.ask(HOST, { path: "/echo/a%20b/%2F?x=1&y=%41" });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ method: "GET", url: "/echo/a%20b/%2F?x=1&y=%41" });
  });

  test("is known in capitals, with a port and with the root's dot", async () => {
    for (const host of ["SHOP.Example", `${HOST}:8787`, `${HOST}.`, `${HOST}.:80`]) {
      expect((await edge.ask(host, { path: "/echo" })).status).toBe(200);
    }
  });
});

test("an unknown host is 421 and reaches no endpoint", async () => {
  const { status, headers, text } = await edge.ask("other.example");
  expect(status).toBe(421);
  expect(headers["content-type"]).toBe("application/problem+json");
  expect(JSON.parse(text)).toMatchObject({ status: 421, title: "unknown-host" });
});
