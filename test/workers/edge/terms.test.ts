/** A route's `timeouts` and `retry` on the whole edge in Node: what they say of time is kept. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { FetchPort } from "../../../workers/ports.ts";
import { compileDocument, poolsAt, routeManifest, toPool } from "./harness/document.ts";
import { startNodeEdge } from "./harness/node-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const HOST = "shop.example";

function start(rule: object, fetch: FetchPort) {
  const sentAtMs: number[] = [];
  const edge = startNodeEdge({
    fetch: (request) => {
      sentAtMs.push(Date.now());
      return fetch(request);
    },
  });
  const routes = [routeManifest("r", [HOST], [toPool("/", "p", rule)])];
  edge.write(compileDocument(1, { pools: poolsAt({ p: 9001 }), http_routes: routes }));
  return { edge, sentAtMs };
}
const fails: FetchPort = async () => new Response("broken", { status: 500 });
const hangs: FetchPort = (request) =>
  new Promise((_resolve, reject) => {
    request.signal.addEventListener("abort", () => reject(request.signal.reason));
  });

describe("a backoff", () => {
  const retry = { codes: [500], attempts: 3, backoff: "1s" };

  test("is the least time between two tries", async () => {
    const { edge, sentAtMs } = start({ retry }, fails);
    expect((await edge.ask(HOST, "/")).status).toBe(500);
    const waits = sentAtMs.slice(1).map((atMs, index) => atMs - (sentAtMs[index] ?? 0));
    expect(waits).toHaveLength(3);
    for (const waitMs of waits) expect(waitMs).toBeGreaterThanOrEqual(1_000);
  });

  test("in which the visitor leaves is the end: no endpoint is asked for nobody", async () => {
    const leaving = new AbortController();
    const { edge, sentAtMs } = start({ retry }, fails);
    const answer = edge.ask(HOST, "/", { signal: leaving.signal });
    setTimeout(() => leaving.abort(), 500);
    expect((await answer).status).toBe(499);
    expect(sentAtMs).toHaveLength(1);
  });

  test("that the request's time does not allow leaves the answer that is there", async () => {
    const { edge, sentAtMs } = start({ retry, timeouts: { request: "900ms" } }, fails);
    const startedAtMs = Date.now();
    const answer = await edge.ask(HOST, "/");
    expect([answer.status, await answer.text()]).toEqual([500, "broken"]);
    expect(sentAtMs).toHaveLength(1);
    expect(Date.now() - startedAtMs).toBeLessThan(900);
  });
});

describe("a timeout", () => {
  const tookMs = async (rule: object, status: number, init: RequestInit = {}) => {
    const { edge } = start(rule, hangs);
    const startedAtMs = Date.now();
    expect((await edge.ask(HOST, "/", init)).status).toBe(status);
    return Date.now() - startedAtMs;
  };
  const NEAR = 20;

  test("of the request is for all its tries", async () => {
    const tries = { retry: { attempts: 5 }, timeouts: { request: "1s", backendRequest: "300ms" } };
    const ms = await tookMs(tries, 504);
    expect(ms).toBeGreaterThanOrEqual(1_000 - 50);
    expect(ms).toBeLessThan(1_000 + NEAR);
  });

  test("of a try is for each", async () => {
    const ms = await tookMs({ retry: { attempts: 2 }, timeouts: { backendRequest: "300ms" } }, 504);
    expect(Math.abs(ms - 900)).toBeLessThan(NEAR);
  });

  test("of a try is for what is sent only once, too", async () => {
    const ms = await tookMs({ timeouts: { backendRequest: "300ms" } }, 504, { method: "POST" });
    expect(Math.abs(ms - 300)).toBeLessThan(NEAR);
  });

  test("of 0s is none: an answer after a minute is an answer", async () => {
    const slow: FetchPort = () =>
      new Promise((resolve) => setTimeout(() => resolve(new Response("late")), 60_000));
    const { edge, sentAtMs } = start({ timeouts: { request: "0s" } }, slow);
    expect(await (await edge.ask(HOST, "/")).text()).toBe("late");
    expect(sentAtMs).toHaveLength(1);
  });
});
