import { describe, expect, test } from "vitest";
import { probe } from "../../../../durable-objects/region/probe.ts";
import { REASONS } from "../../../../durable-objects/region/probe-reasons.ts";
import type { ProbeTarget } from "../../../../routing/exchange.ts";
import { PROBE_BODY_BYTES_MAX } from "../../../../routing/limits.ts";
import type { Monitor } from "../../../../routing/model.ts";
import { publicAddresses } from "../../../../routing/table/address.ts";
import type { EndpointId } from "../../../../routing/units.ts";
import { monitorOf } from "../messages.ts";

const targetOf = (monitor: Partial<Monitor> = {}): ProbeTarget => ({
  endpoint: "e".repeat(32) as EndpointId,
  pool: "pool",
  name: "endpoint",
  address: "a.example.com",
  port: 443,
  scheme: "https",
  monitor: monitorOf({ type: "https", ...monitor }),
});

interface Saw {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
}

/** A world of one answer after the other, in which every try is as late as `isLate` says. */
function world(answers: readonly (() => Response | Promise<Response>)[], isLate = false) {
  const saw: Saw[] = [];
  const connected: object[] = [];
  let nowMs = 1_000;
  let drawn = 0;
  const ports = {
    clock: { nowMs: () => nowMs },
    timers: {
      wait: (_ms: number, signal?: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          if (isLate) setImmediate(resolve);
          signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        }),
      deadline: () => new AbortController().signal,
    },
    chance: { uniform: () => 0.5, id: () => `unique${++drawn}` },
    fetch: async (request: Request) => {
      nowMs += 7;
      saw.push({ url: request.url, method: request.method, headers: request.headers });
      const answer = answers[saw.length - 1] ?? answers.at(-1);
      if (answer === undefined) throw new Error("no answer");
      return await answer();
    },
    connect: async (to: object) => {
      connected.push(to);
      const answer = answers[0];
      if (answer !== undefined) await answer();
    },
  };
  return { saw, connected, prober: { ports, addresses: publicAddresses, region: "weur" } };
}

const answer = (status: number, location?: string) => () =>
  new Response(null, { status, headers: location === undefined ? {} : { location } });
const never = () => new Promise<Response>(() => undefined);
const broken = () => Promise.reject(new Error("reset"));
const pieces = (...texts: readonly Uint8Array[]) => {
  const left = [...texts];
  return () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          const next = left.shift();
          if (next === undefined) controller.close();
          else controller.enqueue(next);
        },
      }),
    );
};
const bytes = (text: string) => new TextEncoder().encode(text);

describe("what a probe asks", () => {
  test("is the monitor's path with its whole query, and one word that no cache has seen", async () => {
    const { saw, prober } = world([answer(200)]);
    await probe(targetOf({ path: "/health?a=1?b&c" }), prober);
    await probe(targetOf({ path: "/" }), prober);
    expect(saw.map(({ url }) => url)).toEqual([
      "https://a.example.com/health?a=1?b&c&tradewind-probe=unique1",
      "https://a.example.com/?tradewind-probe=unique2",
    ]);
  });

  test("is the monitor's port of the endpoint, by its method", async () => {
    const { saw, prober } = world([answer(200)]);
    await probe({ ...targetOf({ method: "HEAD" }), port: 8443, scheme: "http" }, prober);
    expect(saw).toMatchObject([
      { method: "HEAD", url: expect.stringMatching(/^http:\/\/a\.example\.com:8443\//) },
    ]);
  });

  test("carries every value of every header, cookies in one line of their own kind, and who it is", async () => {
    const { saw, prober } = world([answer(200)]);
    const header = { "X-Key": ["a", "b"], Cookie: ["c=1", "d=2"], "User-Agent": ["not me"] };
    await probe(targetOf({ header }), prober);
    expect(Object.fromEntries(saw[0]?.headers ?? [])).toEqual({
      "x-key": "a, b",
      cookie: "c=1; d=2",
      "user-agent": "Tradewind-Probe/1 (+weur)",
    });
  });

  test("of type tcp is a connection to the endpoint's port", async () => {
    const { connected, prober } = world([]);
    const view = await probe({ ...targetOf({ type: "tcp" }), port: 5432 }, prober);
    expect(view).toMatchObject({ saw: "healthy", reason: "" });
    expect(connected).toEqual([{ hostname: "a.example.com", port: 5432 }]);
  });

  test("is nothing when its own address is not allowed any more", async () => {
    const { saw, prober } = world([answer(200)]);
    const view = await probe({ ...targetOf(), address: "10.0.0.1" }, prober);
    expect(view).toEqual({ saw: "unhealthy", reason: REASONS.address });
    expect(saw).toEqual([]);
  });
});

describe("a redirect", () => {
  const follow = (monitor: Partial<Monitor> = {}) =>
    targetOf({ follow_redirects: true, header: { "X-Key": ["secret"] }, ...monitor });

  test.each([
    ["to the same place keeps the monitor's headers", "/other", "secret"],
    ["to another host loses them", "https://b.example.com/", null],
    ["to another port loses them", "https://a.example.com:8443/", null],
    ["to plain http loses them", "http://a.example.com/", null],
  ])("%s", async (_claim, location, key) => {
    const { saw, prober } = world([answer(302, location), answer(200)]);
    expect(await probe(follow(), prober)).toMatchObject({ saw: "healthy", status: 200 });
    expect(saw[1]?.headers.get("x-key")).toBe(key);
  });

  test("from http to https of the same host keeps them", async () => {
    const { saw, prober } = world([answer(301, "https://a.example.com/"), answer(200)]);
    await probe({ ...follow({ type: "http" }), scheme: "http", port: 80 }, prober);
    expect(saw[1]?.headers.get("x-key")).toBe("secret");
  });

  test.each([
    "http://169.254.169.254/latest/",
    "http://[::1]/",
    "http://2130706433/",
    "http://0x7f.1/",
    "https://db.internal/",
    "https://127-0-0-1.sslip.io/",
    "//localhost/",
  ])("to %s is not followed", async (location) => {
    const { saw, prober } = world([answer(302, location), answer(200)]);
    const view = await probe(follow(), prober);
    expect(view).toMatchObject({ saw: "unhealthy", reason: REASONS.redirectAddress, status: 302 });
    expect(saw).toHaveLength(1);
  });

  test("is checked again at every hop", async () => {
    const { saw, prober } = world([
      answer(302, "https://b.example.com/"),
      answer(307, "https://c.example.com/"),
      answer(308, "http://10.1.1.1/"),
    ]);
    expect(await probe(follow(), prober)).toMatchObject({ reason: REASONS.redirectAddress });
    expect(saw).toHaveLength(3);
  });

  test("that says 303 is asked by GET, HEAD excepted", async () => {
    const methods = async (method: string) => {
      const { saw, prober } = world([answer(303, "/other"), answer(200)]);
      await probe(follow({ method }), prober);
      return saw.map((one) => one.method);
    };
    expect(await methods("OPTIONS")).toEqual(["OPTIONS", "GET"]);
    expect(await methods("HEAD")).toEqual(["HEAD", "HEAD"]);
  });

  test("to where it has been is a loop, a fourth one is too many", async () => {
    const ring = world([answer(302, "/a"), answer(302, "/b"), answer(302, "/a")]);
    expect(await probe(follow(), ring.prober)).toMatchObject({ reason: REASONS.redirectLoop });
    const ways = ["/a", "/b", "/c", "/d"].map((way) => answer(302, way));
    const long = world(ways);
    expect(await probe(follow(), long.prober)).toMatchObject({ reason: "more than 3 redirects" });
    expect(long.saw).toHaveLength(4);
  });

  test("answers, so silence behind it is not the prober's", async () => {
    const late = world([answer(302, "/a"), never], true);
    const reset = world([answer(302, "/a"), broken]);
    expect(await probe(follow(), reset.prober)).toMatchObject({
      saw: "unhealthy",
      reason: REASONS.redirectConnection,
    });
    expect(await probe(follow(), late.prober)).toMatchObject({ saw: "unhealthy" });
  });
});

describe("what a probe says it saw", () => {
  test("is the status and how long the answer took", async () => {
    const { prober } = world([answer(503)]);
    const view = await probe(targetOf(), prober);
    expect(view).toEqual({ saw: "unhealthy", reason: "status 503", status: 503, ms: 7 });
  });

  test.each([520, 521, 522, 523, 524, 525, 526, 527, 530])(
    "is nothing when the platform answers %d for the endpoint",
    async (status) => {
      const { prober } = world([answer(status)]);
      expect(await probe(targetOf(), prober)).toMatchObject({
        saw: "nothing",
        reason: `status ${status}`,
      });
    },
  );

  test("is nothing after a timeout, which is tried again as often as the monitor says", async () => {
    const { saw, prober } = world([never], true);
    const view = await probe(targetOf({ retries: 2 }), prober);
    expect(view).toMatchObject({ saw: "nothing", reason: REASONS.timeout });
    expect(saw).toHaveLength(3);
  });

  test("is the retry's when that has more luck", async () => {
    const silent = () =>
      new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }));
    const { saw, prober } = world([silent, pieces(bytes("fine"))], true);
    const view = await probe(targetOf({ retries: 1, expected_body: "fine" }), prober);
    expect(saw).toHaveLength(2);
    expect(view).toMatchObject({ saw: "healthy", reason: "" });
  });

  test("is a broken body only where the body counts", async () => {
    const half = () =>
      new Response(new ReadableStream({ pull: (controller) => controller.error(new Error("x")) }));
    const reading = world([half]);
    expect(await probe(targetOf({ expected_body: "fine" }), reading.prober)).toMatchObject({
      saw: "unhealthy",
      reason: REASONS.bodyBroken,
    });
    expect(await probe(targetOf(), world([half]).prober)).toMatchObject({ saw: "healthy" });
  });
});

describe("the expected text", () => {
  const seen = async (response: () => Response, expected_body: string) =>
    (await probe(targetOf({ expected_body }), world([response]).prober)).reason;

  test("is found across pieces of one byte, and of half a letter", async () => {
    const text = bytes("xx All systems GRÜN xx");
    const single = Array.from(text, (byte) => Uint8Array.of(byte));
    expect(await seen(pieces(...single), "systems grün")).toBe("");
  });

  test("is looked for in 64 KiB, and what is behind is said to be unread", async () => {
    const full = new Uint8Array(PROBE_BODY_BYTES_MAX).fill(32);
    expect(await seen(pieces(full.subarray(5), bytes("fine!")), "fine!")).toBe("");
    expect(await seen(pieces(full.subarray(4), bytes("fine!")), "fine!")).toBe(REASONS.bodyStart);
    expect(await seen(pieces(full), "fine!")).toBe(REASONS.body);
  });

  test("is missing from an answer without a body", async () => {
    expect(await seen(answer(200), "fine")).toBe(REASONS.body);
  });
});
