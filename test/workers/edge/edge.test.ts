/** The whole edge in Node, on time that the test moves. */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DEADLINE_MS, SCHEMA, TRY_TIMEOUT_MS } from "../../../routing/limits.ts";
import { manifestKey, shardKey } from "../../../routing/names.ts";
import { toStored } from "../../../routing/snapshot.ts";
import { createEdge } from "../../../workers/edge/edge.ts";
import type { EdgePorts, EdgeTimers, FetchPort } from "../../../workers/ports.ts";
import { sending } from "../../helpers/sending.ts";
import { fakePorts } from "./harness/ports.ts";
import { type Compiled, compile } from "./harness/table.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const HOST = "a.example";

function start(fetch: FetchPort, ports = [[1, 2]]) {
  const fake = fakePorts();
  const write = (entries: Map<string, string>, table: Compiled) => {
    for (const shard of Object.values(table.shards)) {
      entries.set(shardKey(shard.hash), toStored(shard));
    }
    entries.set(manifestKey("default"), toStored(table.manifest));
  };
  write(fake.kv, compile(1, { [HOST]: { pools: ports } }));
  const edge = createEdge({ ...fake.ports, send: sending(fetch) });
  const work: Promise<unknown>[] = [];
  const ask = (init: RequestInit = {}, host = HOST) =>
    edge.fetch(
      new Request(`http://${host}/x`, { ...init, headers: { host, ...init.headers } }),
      (promise) => void work.push(promise.catch(() => {})),
    );
  return { ask, edge, fake, work, write };
}

/** Never answers, unless its signal says that nobody waits any more. */
const hangs: FetchPort = (request) =>
  new Promise((_resolve, reject) => {
    request.signal.addEventListener("abort", () => reject(request.signal.reason));
  });

const portOf = (request: Request) => new URL(request.url).port;

describe("an endpoint that hangs", () => {
  test("is left for the next one when its try has timed out", async () => {
    const asked: string[] = [];
    const { ask } = start((request) => {
      asked.push(portOf(request));
      return asked.length === 1 ? hangs(request) : Promise.resolve(new Response("second"));
    });
    const answer = ask();
    await vi.advanceTimersByTimeAsync(TRY_TIMEOUT_MS);
    expect(await (await answer).text()).toBe("second");
    expect(new Set(asked).size).toBe(2);
  });

  test("costs a visitor no more than the deadline", async () => {
    const { ask } = start(hangs);
    const answer = ask();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect((await answer).status).toBe(504);
  });

  test("has the whole deadline for a request that cannot be sent again", async () => {
    const fetch = vi.fn(hangs);
    const answer = start(fetch).ask({ method: "POST" });
    await vi.advanceTimersByTimeAsync(DEADLINE_MS - 1_000);
    expect(fetch.mock.calls[0]?.[0].signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await answer).status).toBe(504);
    expect(fetch).toHaveBeenCalledTimes(1);
  });
});

test("the timeout of a try ends with its headers: a body flows as long as it likes", async () => {
  const fetch = vi.fn<FetchPort>(async () => new Response("ok"));
  const answer = await start(fetch).ask();
  await vi.advanceTimersByTimeAsync(10 * DEADLINE_MS);
  expect(fetch.mock.calls[0]?.[0].signal.aborted).toBe(false);
  expect(await answer.text()).toBe("ok");
});

describe("an error of ours", () => {
  const served = async (broken: Partial<EdgePorts>) => {
    const fetch = vi.fn<FetchPort>(async () => new Response("served"));
    const { fake } = start(fetch);
    const edge = createEdge({ ...fake.ports, send: sending(fetch), ...broken });
    const asked = new Request(`http://${HOST}/x`, { headers: { host: HOST } });
    const answer = await edge.fetch(asked, (promise) => void promise.catch(() => {}));
    expect([answer.status, await answer.text()]).toEqual([200, "served"]);
    expect(fetch).toHaveBeenCalledTimes(1);
  };
  const { chance, timers } = fakePorts().ports;

  test("while deciding ends in the operator's order, not at the visitor", async () => {
    const uniform = () => {
      throw new Error("chance is broken");
    };
    await served({ chance: { ...chance, uniform } });
  });

  test("while sending is answered by sending again in the operator's order", async () => {
    let isBroken = true;
    const after: EdgeTimers["after"] = (ms, run) => {
      const isTryTimeout = ms === TRY_TIMEOUT_MS;
      if (isTryTimeout && isBroken) {
        isBroken = false;
        throw new Error("the timer is broken");
      }
      return timers.after(ms, run);
    };
    await served({ timers: { ...timers, after } });
  });
});

test("a host that is new since the last word of the region is looked up before it is called unknown", async () => {
  const { ask, fake, write } = start(async () => new Response("ok"));
  await ask();
  await vi.advanceTimersByTimeAsync(2_000);
  const table = { [HOST]: { pools: [[1]] }, "new.example": { pools: [[1]] } };
  write(fake.kv, compile(2, table));
  const answer = ask({}, "new.example");
  await vi.advanceTimersByTimeAsync(100);
  expect((await answer).status).toBe(200);
});

test("a view that is no view changes nothing", async () => {
  const { ask, fake } = start(async () => new Response("ok"));
  const broken = { schema: SCHEMA, region: "enam", asOfMs: 1, health: null, latencyMs: {} };
  fake.kv.set("v1:view:enam", JSON.stringify(broken));
  expect((await ask()).status).toBe(200);
});

test("an isolate that has slept asks its colo before it answers", async () => {
  const asked: string[] = [];
  const { ask, fake, work, write } = start(
    (request) => {
      asked.push(portOf(request));
      return Promise.resolve(new Response("ok"));
    },
    [[1]],
  );
  await ask();
  await vi.advanceTimersByTimeAsync(100);
  await Promise.all(work);
  write(fake.cache, compile(2, { [HOST]: { pools: [[9]] } }));
  await vi.advanceTimersByTimeAsync(60_000);
  const answer = ask();
  await vi.advanceTimersByTimeAsync(100);
  await answer;
  expect(asked).toEqual(["1", "9"]);
});
