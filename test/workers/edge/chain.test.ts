import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { raceInOrder } from "../../../workers/edge/chain.ts";
import { fakePorts } from "./harness/ports.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LIMITS = { headStartMs: 10, limitMs: 50 };
const good = async (text: string) => text === "good" || text === "late";

/** A source that answers with `text` after `ms`, and when it was asked. */
function source(text: string | null, ms: number) {
  const askedAtMs: number[] = [];
  const read = () => {
    askedAtMs.push(Date.now() - startMs);
    return new Promise<string | null>((resolve) => setTimeout(() => resolve(text), ms));
  };
  return { askedAtMs, read };
}
let startMs = 0;

/** Runs the race to its end; when it was won or given up, and what it said. */
async function race(sources: readonly { read: () => Promise<string | null> }[]) {
  startMs = Date.now();
  const accept = vi.fn(good);
  const { won, over } = raceInOrder(
    sources.map(({ read }) => read),
    accept,
    LIMITS,
    fakePorts().ports.timers,
  );
  let afterMs = -1;
  void won.then(() => {
    afterMs = Date.now() - startMs;
  });
  await vi.advanceTimersByTimeAsync(1_000);
  await over;
  return { won: await won, afterMs, accept };
}

describe("sources in order", () => {
  test("the second is not asked when the first is good in time", async () => {
    const second = source("good", 1);
    expect(await race([source("good", 5), second])).toMatchObject({ won: true, afterMs: 5 });
    expect(second.askedAtMs).toEqual([]);
  });

  test.each([
    ["has nothing", null],
    ["has something damaged", "bad"],
  ])("the second is asked at once when the first %s", async (_name, text) => {
    const second = source("good", 3);
    expect(await race([source(text, 2), second])).toMatchObject({ won: true, afterMs: 5 });
    expect(second.askedAtMs).toEqual([2]);
  });

  test("the second is asked when the first fails", async () => {
    const failing = { read: () => Promise.reject(new Error("gone")) };
    expect(await race([failing, source("good", 3)])).toMatchObject({ won: true, afterMs: 3 });
  });

  test("the second is asked after the head start of a first that is slow, and the faster one wins", async () => {
    const second = source("good", 5);
    expect(await race([source("good", 500), second])).toMatchObject({ won: true, afterMs: 15 });
    expect(second.askedAtMs).toEqual([10]);
  });
});

describe("who waits goes on without an answer", () => {
  test("at once when every source has ended in vain", async () => {
    expect(await race([source(null, 2), source("bad", 3)])).toMatchObject({
      won: false,
      afterMs: 5,
    });
  });

  test("at the limit when they are slow, and a late answer is still taken", async () => {
    const { won, afterMs, accept } = await race([source(null, 500), source("late", 200)]);
    expect([won, afterMs]).toEqual([false, 50]);
    expect(accept).toHaveBeenCalledWith("late", 1);
  });
});
