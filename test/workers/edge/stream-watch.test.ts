/** How an open stream learns that it is to end, on time that the test moves. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { STREAM_LOOK_MS } from "../../../routing/limits.ts";
import type { Table } from "../../../routing/model.ts";
import type { OpenStream } from "../../../routing/steer/stream-drain.ts";
import { openIsolate } from "../../../workers/edge/isolate.ts";
import { watchOf } from "../../../workers/edge/stream-watch.ts";
import { Visitor } from "../../../workers/edge/visitor.ts";
import { type CompiledDocument, compileDocument } from "./harness/document.ts";
import { fakePorts } from "./harness/ports.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const HOST = "chat.example";
const WINDOW_MS = 30_000;

function world() {
  const fake = fakePorts();
  const colo = "FRA";
  const request = new Request(`http://${HOST}/`);
  const isolate = openIsolate(fake.ports, colo, new Visitor(request, "", colo));
  const { held } = isolate.snapshot;
  let exchanges = 0;
  fake.exchange = async () => {
    exchanges += 1;
    throw new Error("no region");
  };
  let table: Table | null = null;
  /** The isolate has this from now on. `hosts` without the host: it is removed. */
  const know = (enabled: boolean | null): CompiledDocument => {
    const endpoints = [true, enabled ?? true].map((is, at) => ({
      ...{ name: `e${at}`, address: "127.0.0.1", port: 9_000 + at, enabled: is },
    }));
    const balancer = { default_pools: ["p"], fallback_pool: "p" };
    const document = {
      pools: { p: { origins: endpoints } },
      load_balancers: { [enabled === null ? "other.example" : HOST]: balancer },
    };
    const compiled = compileDocument((table?.version ?? 0) + 1, document, table);
    table = compiled.table;
    held.takeManifest(compiled.manifest);
    return compiled;
  };
  const bring = ({ shards }: CompiledDocument) => {
    for (const [key, sealed] of Object.entries(shards)) held.takePart(key, sealed, Date.now());
  };
  return { isolate, know, bring, held, exchanges: () => exchanges };
}

function opened(part = 0.5) {
  const made = world();
  const compiled = made.know(true);
  made.bring(compiled);
  const [pool] = compiled.table.pools;
  const [balancer] = compiled.table.load_balancers;
  const endpoint = pool?.origins[1];
  if (pool === undefined || balancer === undefined || endpoint === undefined) throw new Error("no");
  const stream: OpenStream = {
    ...{ balancer: balancer.id, pool: pool.id, endpoint: endpoint.id },
    ...{ keptMs: 0, part, windowMs: WINDOW_MS },
  };
  const end = vi.fn();
  const over = watchOf(stream, HOST, made.isolate, () => {})(end);
  return { ...made, end, over };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("an open stream", () => {
  test("that stays wanted is never ended, and its host stays held although nobody else asks for it", async () => {
    const { end, held } = opened();
    for (let minutes = 0; minutes < 30; minutes += 1) {
      await pass(60_000);
      held.dropIdle(Date.now());
    }
    expect(end).not.toHaveBeenCalled();
    expect(held.inUse()).toEqual([HOST]);
  });

  test("goes with the beat, because nobody else may", async () => {
    const { exchanges } = opened();
    await pass(60_000);
    expect(exchanges()).toBeGreaterThan(1);
  });

  test("whose endpoint is disabled is ended once, at its part of the window after it looked", async () => {
    const { know, bring, end } = opened();
    await pass(STREAM_LOOK_MS);
    bring(know(false));
    await pass(0.5 * WINDOW_MS - 1);
    expect(end).not.toHaveBeenCalled();
    await pass(STREAM_LOOK_MS + 1);
    expect(end).toHaveBeenCalledTimes(1);
    await pass(10 * WINDOW_MS);
    expect(end).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("whose endpoint is enabled again before its time is not ended", async () => {
    const { know, bring, end } = opened(1);
    bring(know(false));
    await pass(0.6 * WINDOW_MS);
    bring(know(true));
    await pass(10 * WINDOW_MS);
    expect(end).not.toHaveBeenCalled();
  });

  test("and disabled once more has a whole window again", async () => {
    const { know, bring, end } = opened(0.5);
    bring(know(false));
    await pass(2 * STREAM_LOOK_MS);
    bring(know(true));
    await pass(WINDOW_MS);
    bring(know(false));
    await pass(0.5 * WINDOW_MS - 1);
    expect(end).not.toHaveBeenCalled();
    await pass(STREAM_LOOK_MS + 1);
    expect(end).toHaveBeenCalledTimes(1);
  });

  test("waits for the parts of a new version before it judges by it", async () => {
    const { know, bring, end } = opened(0.001);
    const next = know(false);
    await pass(WINDOW_MS);
    expect(end).not.toHaveBeenCalled();
    bring(next);
    await pass(2 * STREAM_LOOK_MS);
    expect(end).toHaveBeenCalledTimes(1);
  });

  test("whose host is removed is ended", async () => {
    const { know, end } = opened();
    know(null);
    await pass(WINDOW_MS + STREAM_LOOK_MS);
    expect(end).toHaveBeenCalledTimes(1);
  });

  test("that is over looks no more", async () => {
    const { over } = opened();
    await pass(STREAM_LOOK_MS);
    over();
    expect(vi.getTimerCount()).toBe(0);
  });
});
