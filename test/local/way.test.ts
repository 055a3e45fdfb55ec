import { describe, expect, test } from "vitest";
import { type RoundTrips, wayToEndpoints } from "../../local/workers/way.ts";

const { signal } = new AbortController();
const OUTGOING = { method: "GET", headers: {}, redirect: "manual", signal } as const;

function world(table: RoundTrips) {
  const seen = { waitedMs: [] as number[], asked: 0, nowMs: 0, table, fails: false };
  const way = wayToEndpoints({
    nowMs: () => seen.nowMs,
    wait: async (ms) => void seen.waitedMs.push(ms),
    send: async () => new Response(),
    roundTrips: async () => {
      seen.asked += 1;
      if (seen.fails) throw new Error("the host is busy");
      return seen.table;
    },
  });
  return { seen, visit: (url: string) => way(url, OUTGOING) };
}

describe("the way from a colo to an endpoint", () => {
  test("is as late as the host's table says, by hostname and port", async () => {
    const { seen, visit } = world({ "a.test:443": 80, "a.test:8080": 20 });
    await visit("https://a.test/x");
    await visit("http://a.test:8080/");
    expect(seen.waitedMs).toEqual([80, 20]);
    expect(seen.asked).toBe(1);
  });

  test("is asked for again after a second, and nobody who knows it waits for that", async () => {
    const { seen, visit } = world({ "a.test:80": 80 });
    await visit("http://a.test/");
    seen.table = { "a.test:80": 10 };
    seen.nowMs = 1_001;
    await visit("http://a.test/");
    await visit("http://a.test/");
    expect(seen.waitedMs).toEqual([80, 80, 10]);
  });

  test("stays as it was when the host fails", async () => {
    const { seen, visit } = world({ "a.test:80": 80 });
    await visit("http://a.test/");
    seen.fails = true;
    seen.nowMs = 1_001;
    await visit("http://a.test/");
    expect(seen.waitedMs).toEqual([80, 80]);
  });

  test("to an address that is not in the table is asked for before the request leaves", async () => {
    const { seen, visit } = world({});
    await visit("http://new.test/");
    seen.table = { "new.test:80": 30 };
    await visit("http://new.test/");
    expect(seen.waitedMs).toEqual([30]);
  });
});
