import { expect, test } from "vitest";
import { WorkQueue } from "./queue.ts";

/** Virtual time: what is to run later, in order. */
function stage(workers: number) {
  let nowMs = 0;
  const pending: { atMs: number; run: () => void }[] = [];
  const done: string[] = [];
  const gone = new Set<string>();
  const queue = new WorkQueue(workers, (ms, run) => pending.push({ atMs: nowMs + ms, run }));
  const add = (name: string, serviceMs: number, slowdown = () => 1) =>
    queue.add(
      { serviceMs, done: () => done.push(`${name}@${nowMs}`), isAbandoned: () => gone.has(name) },
      slowdown,
    );
  const runAll = () => {
    for (;;) {
      pending.sort((a, b) => a.atMs - b.atMs);
      const next = pending.shift();
      if (next === undefined) return;
      nowMs = next.atMs;
      next.run();
    }
  };
  return { queue, add, runAll, done, gone };
}

test("workers take from one line, first come first served", () => {
  const { add, runAll, done } = stage(2);
  add("a", 10);
  add("b", 30);
  add("c", 10);
  add("d", 5);
  runAll();
  expect(done).toEqual(["a@10", "c@20", "d@25", "b@30"]);
});

test("who has gone before their turn takes no worker's time; who has begun does", () => {
  const { add, runAll, done, gone } = stage(1);
  add("a", 10);
  add("b", 100);
  add("c", 10);
  gone.add("b");
  runAll();
  expect(done).toEqual(["a@10", "c@20"]);
});

test("a server that becomes slow is slow for those who wait already", () => {
  const { add, runAll, done } = stage(1);
  let factor = 1;
  add("a", 10, () => factor);
  add("b", 10, () => factor);
  factor = 10;
  runAll();
  expect(done).toEqual(["a@10", "b@110"]);
});

test("after a drop nothing of the old work is done and its workers are free", () => {
  const { queue, add, runAll, done } = stage(1);
  add("a", 100);
  add("b", 100);
  queue.drop();
  add("c", 10);
  add("d", 10);
  runAll();
  expect(done).toEqual(["c@10", "d@20"]);
});
