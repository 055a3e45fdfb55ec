import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Claims } from "../../../workers/edge/claims.ts";
import { fakePorts } from "./harness/ports.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Isolates of one colo. */
function colo(count: number, cache: Partial<ReturnType<typeof fakePorts>["ports"]["cache"]> = {}) {
  const { ports } = fakePorts();
  return Array.from({ length: count }, (_, at) => {
    const chance = { ...ports.chance, id: () => `isolate-${at}` };
    return new Claims({ ...ports, chance, cache: { ...ports.cache, ...cache } });
  });
}

async function mine(claims: readonly Claims[], key = "k"): Promise<number> {
  const asked = Promise.all(claims.map((one) => one.isMine(key)));
  await vi.advanceTimersByTimeAsync(200);
  return (await asked).filter(Boolean).length;
}

test("of those who want the same in the same moment one asks, of each key", async () => {
  const claims = colo(20);
  expect([await mine(claims), await mine(claims, "other")]).toEqual([1, 1]);
});

test("who comes while another asks does not, and one does when that took too long", async () => {
  const [first, ...others] = colo(5);
  expect(await mine(first === undefined ? [] : [first])).toBe(1);
  expect(await mine(others)).toBe(0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await mine(others)).toBe(1);
});

test("a cache that forgets or fails keeps nobody from asking", async () => {
  expect(await mine(colo(3, { put: async () => {} }))).toBe(3);
  expect(await mine(colo(3, { get: () => Promise.reject(new Error("no cache")) }))).toBe(3);
});
