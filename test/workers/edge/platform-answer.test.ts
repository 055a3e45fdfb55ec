/** What the platform answers in an endpoint's place, through the whole edge in Node. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { attributed } from "../../../workers/edge/platform-answer.ts";
import { startNodeEdge } from "./harness/node-edge.ts";
import { compile, endpointId } from "./harness/table.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const HOST = "a.example";
const [FIRST, SECOND] = [9001, 9002];

const line = (code: number, status: number) =>
  new Response(`error code: ${code}`, {
    status,
    headers: {
      server: "cloudflare",
      "content-type": "text/plain; charset=UTF-8",
      "content-length": "16",
    },
  });

/** Asks for a page while the first endpoint gets this in its place; answers what the visitor got and what the region is told. */
async function visited(code: number, status: number, method = "GET") {
  const edge = startNodeEdge({
    fetch: async ({ url }) =>
      new URL(url).port === String(FIRST) ? line(code, status) : new Response("ok"),
  });
  const table = compile(1, { [HOST]: { pools: [[FIRST], [SECOND]] } });
  edge.write(table);
  edge.region = table;
  const answer = await edge.ask(HOST, "/", { method });
  await vi.advanceTimersByTimeAsync(2_000);
  await edge.ask(HOST, "/", { method });
  const told = edge.reports.flatMap(({ endpoints }) => endpoints[endpointId(FIRST)] ?? []);
  return { status: answer.status, text: await answer.text(), told: told[0] };
}

describe("a line of the platform's", () => {
  test("for a reason of ours has another endpoint asked and counts against none", async () => {
    const { status, text, told } = await visited(1024, 403);
    expect([status, text]).toEqual([200, "ok"]);
    expect(told).toMatchObject({ outcomes: { failure: 0, abandoned: 1 }, platform: 1 });
  });

  test("because the endpoint cannot be reached has another one asked, and is its failure", async () => {
    const { status, text, told } = await visited(1003, 403);
    expect([status, text]).toEqual([200, "ok"]);
    expect(told).toMatchObject({ outcomes: { failure: 1, abandoned: 0 }, unreached: 1 });
    expect(told?.platform).toBeUndefined();
  });

  test("that says no more than its status is the visitor's to see, whole", async () => {
    const { status, text, told } = await visited(1020, 403);
    expect([status, text]).toEqual([403, "error code: 1020"]);
    expect(told).toMatchObject({ outcomes: { success: 1 } });
  });

  test("after a request that may not be sent twice is the visitor's to see", async () => {
    const { status, told } = await visited(1024, 403, "POST");
    expect(status).toBe(403);
    expect(told).toMatchObject({ outcomes: { failure: 0, abandoned: 1 }, platform: 1 });
  });
});

test("an answer that cannot be one is the same object, unread", async () => {
  const own = [
    new Response("ok"),
    new Response("no", { status: 403, headers: { server: "nginx" } }),
    new Response("<html>", { status: 500, headers: { "content-type": "text/html" } }),
  ];
  for (const answer of own) {
    expect(await attributed(answer)).toEqual({ answer, fault: null });
    expect(answer.bodyUsed).toBe(false);
  }
});
