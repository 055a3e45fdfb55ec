import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Beat, Report } from "../../../routing/exchange.ts";
import { BEAT_MS_MIN, EXCHANGE_TIMEOUT_MS, SCHEMA } from "../../../routing/limits.ts";
import { Exchange } from "../../../workers/edge/exchange.ts";
import { Snapshot } from "../../../workers/edge/snapshot.ts";
import { type FakePorts, fakePorts } from "./harness/ports.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const beat = (beatMs: number): Beat => ({
  schema: SCHEMA,
  beatMs,
  manifestHash: null,
  shards: {},
  view: { schema: SCHEMA, region: "weur", asOfMs: Date.now(), health: {}, latencyMs: {} },
});

function start(uniform = 0.5) {
  const fake: FakePorts = fakePorts();
  const ports = { ...fake.ports, chance: { ...fake.ports.chance, uniform: () => uniform } };
  const snapshot = new Snapshot(ports, "default", { colo: "FRA", region: "weur" });
  const acknowledge = vi.fn();
  const reporter = { report: () => ({}) as Report, acknowledge };
  const exchange = new Exchange(ports, "weur", snapshot, reporter);
  const run = async () => {
    const running = exchange.run(() => {});
    await vi.advanceTimersByTimeAsync(0);
    return running;
  };
  /** How long until the next one is due. */
  const dueInMs = () => {
    for (let ms = 0; ms < 100_000; ms += 100) if (exchange.isDue(Date.now() + ms)) return ms;
    return -1;
  };
  return { fake, exchange, acknowledge, run, dueInMs };
}

describe("a beat", () => {
  test("is due at once in a new isolate, then when the region says", async () => {
    const { fake, exchange, acknowledge, run, dueInMs } = start();
    fake.exchange = async () => beat(3_000);
    expect(exchange.isDue(Date.now())).toBe(true);
    await run();
    expect(dueInMs()).toBe(3_000);
    expect(acknowledge).toHaveBeenCalledTimes(1);
  });

  test("is never asked for faster than the least beat", async () => {
    const { fake, run, dueInMs } = start();
    fake.exchange = async () => beat(0);
    await run();
    expect(dueInMs()).toBe(BEAT_MS_MIN);
  });

  test.each([
    [0, 8_000],
    [0.999_999, 12_000],
  ])("is jittered: chance %d makes 10 s to %d ms", async (uniform, ms) => {
    const { fake, run, dueInMs } = start(uniform);
    fake.exchange = async () => beat(10_000);
    await run();
    expect(dueInMs()).toBe(ms);
  });

  test("that runs is not begun a second time", () => {
    const { fake, exchange } = start();
    fake.exchange = () => new Promise(() => {});
    void exchange.run(() => {});
    expect(exchange.isDue(Date.now())).toBe(false);
    expect(exchange.isDue(Date.now() + EXCHANGE_TIMEOUT_MS)).toBe(false);
  });

  test("whose work the platform dropped is not waited for", () => {
    const { fake, exchange } = start();
    fake.exchange = () => new Promise(() => {});
    void exchange.run(() => {});
    expect(exchange.isDue(Date.now() + 2 * EXCHANGE_TIMEOUT_MS + 1)).toBe(true);
  });
});

describe("a region that does not answer", () => {
  test("is asked more and more rarely, at least twice a minute, and acknowledges nothing", async () => {
    const { acknowledge, run, dueInMs } = start();
    const waits: number[] = [];
    for (let count = 0; count < 7; count += 1) {
      await run();
      waits.push(dueInMs());
      await vi.advanceTimersByTimeAsync(dueInMs());
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 25_000, 25_000, 25_000]);
    expect(acknowledge).not.toHaveBeenCalled();
  });

  test("is never asked more often than when it answered", async () => {
    const { fake, run, dueInMs } = start();
    fake.exchange = async () => beat(20_000);
    await run();
    fake.exchange = () => Promise.reject(new Error("overloaded"));
    await vi.advanceTimersByTimeAsync(20_000);
    await run();
    expect(dueInMs()).toBe(20_000);
  });

  test("is given up on after the timeout, and asked normally once it answers", async () => {
    const { fake, exchange, run, dueInMs } = start();
    fake.exchange = () => new Promise(() => {});
    const hanging = exchange.run(() => {});
    await vi.advanceTimersByTimeAsync(EXCHANGE_TIMEOUT_MS);
    await vi.advanceTimersByTimeAsync(1_000);
    await hanging;
    expect(exchange.isDue(Date.now() + 2 * BEAT_MS_MIN)).toBe(true);
    fake.exchange = async () => beat(1_000);
    await run();
    expect(dueInMs()).toBe(BEAT_MS_MIN);
  });
});

test("an isolate that asked nothing for long has been idle; one that asks has not", async () => {
  const { fake, exchange, run } = start();
  fake.exchange = async () => beat(1_000);
  expect(exchange.wasIdle(Date.now())).toBe(false);
  await run();
  expect(exchange.wasIdle(Date.now() + 10_000)).toBe(false);
  expect(exchange.wasIdle(Date.now() + 12_000)).toBe(true);
});
