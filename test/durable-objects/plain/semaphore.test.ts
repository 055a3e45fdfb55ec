import { expect, test } from "vitest";
import { Semaphore } from "../../../durable-objects/semaphore.ts";

test("no more than so many pieces of work run at once, in the order they came, and one that throws gives its permit on", async () => {
  const semaphore = new Semaphore(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = [0, 1, 2, 3].map((at) =>
    semaphore.run(async () => {
      begun.push(at);
      await new Promise<void>((resolve, reject) => {
        ends.push(at === 0 ? () => reject(new Error("0 fails")) : resolve);
      });
      return at;
    }),
  );
  const [first = Promise.resolve(0), ...others] = all;
  const refused = expect(first).rejects.toThrow("0 fails");
  expect(begun).toEqual([0, 1]);
  ends[0]?.();
  await refused;
  expect(begun).toEqual([0, 1, 2]);
  ends[1]?.();
  await all[1];
  await Promise.resolve();
  ends[2]?.();
  await all[2];
  ends[3]?.();
  expect(await Promise.all(others)).toEqual([1, 2, 3]);
});
