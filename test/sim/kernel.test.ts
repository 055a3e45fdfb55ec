import { describe, expect, test } from "vitest";
import { seededRng } from "../../routing/rng.ts";
import { BEGIN_MS, Kernel } from "./kernel.ts";
import { EventQueue } from "./queue.ts";

describe("the queue", () => {
  test("gives events by time, and equal times in the order they came", () => {
    const rng = seededRng(7);
    const queue = new EventQueue();
    const events = Array.from({ length: 500 }, (_, sequence) => ({
      atMs: Math.floor(rng() * 50),
      sequence,
      work: null,
    }));
    for (const event of events) queue.push(event);
    const given = events.map(() => queue.pop());
    const wanted = [...events].sort((a, b) => a.atMs - b.atMs || a.sequence - b.sequence);
    expect(given).toEqual(wanted);
    expect(queue.pop()).toBeUndefined();
  });
});

describe("the kernel", () => {
  test("lets time pass only from event to event", async () => {
    const kernel = new Kernel();
    const seen: number[] = [];
    for (const ms of [30, 10, 20]) kernel.schedule(ms, () => seen.push(kernel.nowMs - BEGIN_MS));
    await kernel.run(25);
    expect(seen).toEqual([10, 20]);
    expect(kernel.nowMs).toBe(BEGIN_MS + 25);
  });

  test("ends every chain of promises and streams within the step that began it", async () => {
    const kernel = new Kernel();
    const ended: string[] = [];
    const longChain = async () => {
      for (let link = 0; link < 10_000; link += 1) await null;
      ended.push("chain");
    };
    const stream = async () => {
      const through = new Response("text").body?.pipeThrough(new TransformStream());
      ended.push(await new Response(through).text());
    };
    const afterStep: number[] = [];
    kernel.afterEachStep(() => afterStep.push(ended.length));
    kernel.schedule(1, () => void Promise.all([longChain(), stream()]));
    kernel.schedule(2, () => {});
    await kernel.run(10);
    expect(afterStep).toEqual([2, 2]);
  });

  test("a cancelled event and the timers of somebody dead do not happen", async () => {
    const kernel = new Kernel();
    const life = { alive: true };
    const happened: string[] = [];
    kernel.schedule(1, () => happened.push("cancelled"))();
    kernel.timers(life).after(5, () => happened.push("after"));
    kernel
      .timers(life)
      .wait(5)
      .then(() => happened.push("wait"));
    const signal = kernel.timers(life).deadline(5);
    kernel.schedule(3, () => {
      life.alive = false;
    });
    await kernel.run(10);
    expect(happened).toEqual([]);
    expect(signal.aborted).toBe(false);
  });

  test("`wait` rejects with the signal's reason, `deadline` aborts with a TimeoutError", async () => {
    const kernel = new Kernel();
    const timers = kernel.timers({ alive: true });
    let reason: unknown;
    timers.wait(100, timers.deadline(10)).catch((error) => {
      reason = error;
    });
    await kernel.run(50);
    expect(reason).toMatchObject({ name: "TimeoutError" });
  });

  test("stops after the given number of steps", async () => {
    const kernel = new Kernel();
    for (let ms = 1; ms <= 5; ms += 1) kernel.schedule(ms, () => {});
    await kernel.run(10, 3);
    expect([kernel.steps, kernel.nowMs - BEGIN_MS]).toEqual([3, 3]);
  });
});
