import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TestEdge } from "./harness/edge.ts";
import { compile } from "./harness/table.ts";
import { World } from "./harness/world.ts";

const HOST = "shop.example";
const PATH = "/.tw/healthz";
let world: World;
let edge: TestEdge | null = null;

beforeEach(async () => {
  world = await new World().start();
  world.modes.exchange = "fails";
});
afterEach(async () => {
  await edge?.stop();
  edge = null;
  await world.stop();
});

describe("whether the edge can serve", () => {
  test("is yes under every hostname, its own too, as soon as it knows a configuration, whatever its endpoints do", async () => {
    world.writeKv(compile(1, { [HOST]: { pools: [[1]] } }));
    edge = await TestEdge.start(world);
    const answers = [
      await edge.ask("edge.example.net", { path: PATH }),
      await edge.ask(HOST, { path: PATH }),
    ];
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [200, "ok\n"],
      [200, "ok\n"],
    ]);
    expect(answers[0]?.headers["cache-control"]).toBe("no-store");
  });

  test("is told who asks by an address, which is no hostname: a check of an address has no other", async () => {
    world.writeKv(compile(1, { [HOST]: { pools: [[1]] } }));
    edge = await TestEdge.start(world);
    const asked = (host: string, path: string) => edge?.ask(host, { path });
    const answers = await Promise.all([
      asked("203.0.113.1", PATH),
      asked("[2001:db8::1]:8443", PATH),
      asked("203.0.113.1", "/"),
      asked("a b", PATH),
    ]);
    expect(answers.map((answer) => answer?.status)).toEqual([200, 200, 421, 400]);
  });

  test("is no while it knows none", async () => {
    edge = await TestEdge.start(world);
    const { status, text } = await edge.ask(HOST, { path: PATH });
    expect([status, JSON.parse(text).title]).toEqual([503, "no-snapshot"]);
  });

  test.each([`${PATH}?x=1`, `${PATH}/`, `/a${PATH}`])("is not asked by %s", async (target) => {
    world.writeKv(compile(1, { [HOST]: { pools: [[1]] } }));
    edge = await TestEdge.start(world);
    expect((await edge.ask("edge.example.net", { path: target })).status).toBe(421);
  });
});
