/** Copies of requests, on the whole edge in Node. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TRY_TIMEOUT_MS } from "../../../routing/limits.ts";
import { openIsolate } from "../../../workers/edge/isolate.ts";
import type { Job } from "../../../workers/edge/job.ts";
import { mirror } from "../../../workers/edge/mirror.ts";
import { Visitor } from "../../../workers/edge/visitor.ts";
import type { FetchPort } from "../../../workers/ports.ts";
import { pool, shardOf } from "../../routing/steer/world.ts";
import { compileDocument, poolsAt, routeManifest, toPool } from "./harness/document.ts";
import { type NodeEdge, startNodeEdge } from "./harness/node-edge.ts";
import { fakePorts } from "./harness/ports.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const HOST = "shop.example";
const REAL = "9001";
const portOf = ({ url }: Request) => new URL(url).port;
const mirrorTo = (name: string, more: object = {}) => ({
  type: "RequestMirror",
  requestMirror: { backendRef: { name }, ...more },
});

function start(mirrors: readonly object[], copies?: FetchPort): NodeEdge {
  const real: FetchPort = async () => new Response("real");
  const fetch: FetchPort = (request) =>
    portOf(request) === REAL || copies === undefined ? real(request) : copies(request);
  const edge = startNodeEdge({ fetch });
  const rule = toPool("/", "real", { filters: mirrors });
  const pools = poolsAt({ real: Number(REAL), one: 9002, two: 9003 });
  edge.write(compileDocument(1, { pools, http_routes: [routeManifest("r", [HOST], [rule])] }));
  return edge;
}
const portsOf = (edge: NodeEdge) => edge.sent.map(portOf);
const hangs: FetchPort = (request) =>
  new Promise((_resolve, reject) => {
    request.signal.addEventListener("abort", () => reject(request.signal.reason));
  });

describe("a copy", () => {
  test("goes to every mirror, with method, target, headers and a small body", async () => {
    const edge = start([mirrorTo("one"), mirrorTo("two")]);
    const headers = { "x-a": "1", "content-length": "4" };
    const answer = await edge.ask(HOST, "/p?q", { method: "POST", body: "body", headers });
    expect(await answer.text()).toBe("real");
    expect(portsOf(edge).toSorted()).toEqual(["9001", "9002", "9003"]);
    for (const request of edge.sent) {
      expect([request.method, new URL(request.url).pathname, new URL(request.url).search]).toEqual([
        "POST",
        "/p",
        "?q",
      ]);
      expect(request.headers.get("x-a")).toBe("1");
      expect(await request.text()).toBe("body");
    }
  });

  test.each<[string, FetchPort]>([
    ["fails", async () => Promise.reject(new Error("refused"))],
    ["answers 500", async () => new Response("broken", { status: 500 })],
    ["hangs", hangs],
  ])("that %s changes nothing of the answer, and is not sent again", async (_what, copies) => {
    const edge = start([mirrorTo("one")], copies);
    const answer = await edge.ask(HOST, "/");
    expect([answer.status, await answer.text()]).toEqual([200, "real"]);
    await vi.advanceTimersByTimeAsync(2 * TRY_TIMEOUT_MS);
    expect(portsOf(edge).filter((port) => port !== REAL)).toEqual(["9002"]);
  });

  test("that hangs is given up after the timeout of a try", async () => {
    const edge = start([mirrorTo("one")], hangs);
    await edge.ask(HOST, "/");
    const copy = edge.sent.find((request) => portOf(request) === "9002");
    expect(copy?.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(TRY_TIMEOUT_MS);
    expect(copy?.signal.aborted).toBe(true);
  });

  test("of an upload that is not kept is not made", () => {
    const { ports } = fakePorts();
    const isolate = openIsolate(ports, "FRA", {});
    const balanced = shardOf([pool("p", ["p1"])]);
    const visitor = new Visitor({}, "", "FRA");
    const upload = { body: new ReadableStream(), isBroken: () => false };
    mirror({ upload } as Partial<Job> as Job, [{ balanced, ratio: 1 }], visitor, isolate, () => {});
    expect(ports.send).not.toHaveBeenCalled();
  });

  test("teaches nothing: a mirror that fails is not counted against its endpoint", async () => {
    const edge = start([mirrorTo("one")], async () => Promise.reject(new Error("refused")));
    for (let count = 0; count < 5; count += 1) await edge.ask(HOST, "/");
    await vi.advanceTimersByTimeAsync(3_000);
    await edge.ask(HOST, "/");
    const counted = edge.reports.flatMap(({ endpoints }) => Object.values(endpoints));
    expect(counted.every(({ outcomes }) => outcomes.failure === 0)).toBe(true);
    expect(counted.length).toBeGreaterThan(0);
  });
});

test("copies under way are bounded: a mirror that has stalled costs no more than these", async () => {
  const edge = start([mirrorTo("one"), mirrorTo("two")], hangs);
  for (let count = 0; count < 100; count += 1) await edge.ask(HOST, "/");
  expect(portsOf(edge).filter((port) => port === REAL)).toHaveLength(100);
  expect(portsOf(edge).filter((port) => port !== REAL)).toHaveLength(64);
  await vi.advanceTimersByTimeAsync(TRY_TIMEOUT_MS);
  await edge.ask(HOST, "/");
  expect(portsOf(edge).slice(-3).toSorted()).toEqual(["9001", "9002", "9003"]);
});

test("of a share only that share is copied", async () => {
  // Chance is 0.5 here.
  const edge = start([mirrorTo("one", { percent: 51 }), mirrorTo("two", { percent: 50 })]);
  await edge.ask(HOST, "/");
  expect(portsOf(edge).toSorted()).toEqual(["9001", "9002"]);
});
