/** Two requests for one answer, on the whole edge in Node: when the second is sent, who wins, and what is told of it. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TRY_TIMEOUT_MS, TRY_TIMEOUT_MS_MIN } from "../../../routing/limits.ts";
import { compileDocument } from "./harness/document.ts";
import { startNodeEdge } from "./harness/node-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const HOST = "shop.example";
const USUAL_MS = 40;
/** The p95 of answers that all take `USUAL_MS`, as the histogram has it, lies within a step of it. */
const LATE_MS = 2 * USUAL_MS;
const TAUGHT = 40;

interface Sent {
  readonly port: string;
  readonly atMs: number;
  readonly request: Request;
}

/** What becomes of the n-th request after the lessons, from 0. */
type Fate = (sent: Sent, index: number) => { afterMs: number; answer: Response | null };

const answering = (afterMs: number, answer: Response | null = new Response("ok")) => ({
  afterMs,
  answer,
});
const NEVER = answering(10_000_000);

async function taught(
  fate: Fate,
  more: object = {},
  { lessons = TAUGHT, lateMs }: { lessons?: number; lateMs?: number } = {},
) {
  const sent: Sent[] = [];
  let isLesson = true;
  const edge = startNodeEdge({
    fetch: (request) => {
      const one = { port: new URL(request.url).port, atMs: Date.now(), request };
      if (!isLesson) sent.push(one);
      const { afterMs, answer } = isLesson ? answering(USUAL_MS) : fate(one, sent.length - 1);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => (answer === null ? reject(new Error("reset")) : resolve(answer)),
          afterMs,
        );
        request.signal.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(request.signal.reason);
        });
      });
    },
  });
  const origins = [9001, 9002, 9003].map((port) => ({
    name: `e${port}`,
    address: "http://127.0.0.1",
    port,
  }));
  const balancer = { default_pools: ["p"], fallback_pool: "p", ...more };
  const one = { origins: [{ name: "only", address: "http://127.0.0.1", port: 9004 }] };
  const document = { pools: { one, p: { origins } }, load_balancers: { [HOST]: balancer } };
  const compiled = compileDocument(1, document);
  const pool = compiled.table.pools.find(({ name }) => name === "p");
  edge.write(compiled);
  edge.region = compiled;
  if (lateMs !== undefined) edge.told = { lateMs: { [pool?.id ?? ""]: lateMs } };
  for (let count = 0; count < lessons; count += 1) await edge.ask(HOST, "/");
  isLesson = false;
  return { edge, sent };
}

/** From the question to the answer. */
async function timed(edge: Awaited<ReturnType<typeof taught>>["edge"], init: RequestInit = {}) {
  const startedAtMs = Date.now();
  const answer = await edge.ask(HOST, "/", init);
  return { status: answer.status, text: await answer.text(), tookMs: Date.now() - startedAtMs };
}

describe("an answer that takes longer than 95 of 100", () => {
  test("is asked of another endpoint, and the first to come is the visitor's", async () => {
    const { edge, sent } = await taught((_sent, index) =>
      index === 0 ? NEVER : answering(USUAL_MS, new Response("second")),
    );
    const { text, tookMs } = await timed(edge);
    expect(text).toBe("second");
    expect(sent).toHaveLength(2);
    expect(sent[0]?.port).not.toBe(sent[1]?.port);
    expect(tookMs).toBeLessThan(LATE_MS + USUAL_MS);
    expect(sent[0]?.request.signal.aborted, "the slower one is called off").toBe(true);
    expect(sent[1]?.request.signal.aborted).toBe(false);
  });

  test("calls the second off when it comes first after all", async () => {
    const { edge, sent } = await taught((_sent, index) =>
      index === 0 ? answering(LATE_MS, new Response("first")) : NEVER,
    );
    expect((await timed(edge)).text).toBe("first");
    expect(sent.map(({ request }) => request.signal.aborted)).toEqual([false, true]);
  });

  test("is not beaten by a quick error", async () => {
    const { edge, sent } = await taught((_sent, index) =>
      index === 0
        ? answering(5 * USUAL_MS, new Response("first"))
        : answering(1, new Response("", { status: 500 })),
    );
    expect(await timed(edge)).toMatchObject({ status: 200, text: "first" });
    expect(sent).toHaveLength(2);
  });

  test("may fail: the second is its retry already", async () => {
    const { edge, sent } = await taught((_sent, index) =>
      index === 0
        ? answering(LATE_MS, new Response("", { status: 503 }))
        : answering(3 * USUAL_MS, new Response("second")),
    );
    expect((await timed(edge)).text).toBe("second");
    expect(sent).toHaveLength(2);
  });

  test("that fails like its second leaves one try more, on a third endpoint", async () => {
    const { edge, sent } = await taught((_sent, index) =>
      index < 2 ? answering(LATE_MS, null) : answering(USUAL_MS, new Response("third")),
    );
    expect((await timed(edge)).text).toBe("third");
    expect(new Set(sent.map(({ port }) => port)).size).toBe(3);
  });
});

describe("an isolate that has seen too few answers", () => {
  const slow: Fate = (_sent, index) => (index === 0 ? NEVER : answering(USUAL_MS));

  test("takes what is late from its region", async () => {
    const { edge, sent } = await taught(slow, {}, { lessons: 10, lateMs: 500 });
    const { status, tookMs } = await timed(edge);
    expect(status).toBe(200);
    expect(sent).toHaveLength(2);
    expect(tookMs).toBeGreaterThanOrEqual(500);
  });

  test("and without one lets the first answer take its time", async () => {
    const { edge, sent } = await taught(() => answering(3_000), {}, { lessons: 10 });
    expect((await timed(edge)).tookMs).toBeGreaterThanOrEqual(3_000);
    expect(sent).toHaveLength(1);
  });

  test("while one that has seen enough goes by that", async () => {
    const { edge } = await taught(slow, {}, { lessons: TAUGHT, lateMs: 500 });
    expect((await timed(edge)).tookMs).toBeLessThan(LATE_MS + USUAL_MS);
  });
});

describe("only one request is sent", () => {
  const slow: Fate = () => answering(5 * USUAL_MS);

  test("for an answer in time", async () => {
    const { edge, sent } = await taught(() => answering(USUAL_MS));
    await timed(edge);
    expect(sent).toHaveLength(1);
  });

  test("for one that must not be sent twice", async () => {
    const { edge, sent } = await taught(slow);
    expect((await timed(edge, { method: "POST", body: "x" })).status).toBe(200);
    expect(sent).toHaveLength(1);
  });

  test("for a visitor who belongs to an endpoint", async () => {
    const { edge, sent } = await taught(slow, { session_affinity: "ip_cookie" });
    await timed(edge);
    expect(sent).toHaveLength(1);
  });

  test("where the next endpoint is another pool's", async () => {
    const { edge, sent } = await taught(slow, { default_pools: ["one", "p"] });
    await timed(edge);
    expect(sent).toHaveLength(1);
  });

  test("while the account has nothing to spare", async () => {
    const asked = 12;
    let answered = 0;
    // Each is slower than all before it.
    const { edge, sent } = await taught(() => answering(USUAL_MS * 1.2 ** (3 + answered)));
    for (; answered < asked; answered += 1) await timed(edge);
    // A twentieth of all.
    expect(sent.length - asked).toBeGreaterThanOrEqual(1);
    expect(sent.length - asked).toBeLessThanOrEqual((TAUGHT + asked) / 20);
  });
});

describe("a thread that stalls", () => {
  /** The time goes on and no timer rings, as when something keeps the thread busy; then everything is there at once. */
  const stalled: Fate = () => {
    vi.setSystemTime(Date.now() + STALL_MS);
    return answering(USUAL_MS);
  };
  const STALL_MS = 2_000;

  async function reported(method: string) {
    const { edge, sent } = await taught(stalled);
    const before = edge.reports.length;
    await timed(edge, { method });
    await vi.advanceTimersByTimeAsync(2_000);
    await timed(edge);
    const reports = edge.reports.slice(before);
    return { sent, pools: reports.flatMap(({ pools = {} }) => Object.values(pools)) };
  }

  test.each(["GET", "POST"])("tells nobody that the pool was slow (%s)", async (method) => {
    const { pools } = await reported(method);
    for (const { answered, answeredMs } of pools)
      expect(answeredMs / Math.max(1, answered)).toBeLessThan(LATE_MS);
  });
});

test("an answer that takes long after the thread has stalled counts as long", async () => {
  const { edge } = await taught(() => {
    setTimeout(() => vi.setSystemTime(Date.now() + 2_000), 1);
    return answering(5_000);
  });
  const before = edge.reports.length;
  await timed(edge, { method: "POST" });
  await vi.advanceTimersByTimeAsync(2_000);
  await timed(edge, { method: "POST" });
  const pools = edge.reports.slice(before).flatMap(({ pools = {} }) => Object.values(pools));
  expect(Math.max(...pools.map(({ answeredMs }) => answeredMs))).toBeGreaterThan(2_900);
});

describe("a try is given up", () => {
  test("after four times the wait of 99 in 100, for another; the last one may take its time", async () => {
    const { edge, sent } = await taught(() =>
      answering(2 * TRY_TIMEOUT_MS_MIN, new Response("late")),
    );
    const first = await timed(edge);
    expect(first).toMatchObject({ status: 200, text: "late" });
    expect(first.tookMs).toBeGreaterThan(3 * TRY_TIMEOUT_MS_MIN);
    expect(first.tookMs).toBeLessThan(TRY_TIMEOUT_MS);
    expect(sent.length).toBe(3);
  });
});

test("an endpoint is told how long its answer is waited for", async () => {
  const { edge, sent } = await taught(() => answering(1));
  await timed(edge, { headers: { "tw-timeout-ms": "1" } });
  const told = Number(sent[0]?.request.headers.get("tw-timeout-ms"));
  expect(told).toBeGreaterThanOrEqual(TRY_TIMEOUT_MS_MIN);
  expect(told).toBeLessThanOrEqual(TRY_TIMEOUT_MS);
});

test("both are reported: attempts at two endpoints, one abandoned, one hedge, no retry", async () => {
  const { edge } = await taught((_sent, index) => (index === 0 ? NEVER : answering(USUAL_MS)));
  await timed(edge);
  await vi.advanceTimersByTimeAsync(60_000);
  await edge.ask(HOST, "/");
  await vi.advanceTimersByTimeAsync(60_000);
  const sums = { hedges: 0, retries: 0, abandoned: 0 };
  // One that is not acknowledged is sent again as it was.
  for (const report of new Map(edge.reports.map((one) => [one.sequence, one])).values()) {
    sums.hedges += report.hosts[HOST]?.hedges ?? 0;
    sums.retries += report.hosts[HOST]?.retries ?? 0;
    for (const { outcomes } of Object.values(report.endpoints))
      sums.abandoned += outcomes.abandoned;
  }
  expect(sums).toMatchObject({ hedges: 1, retries: 0, abandoned: 1 });
});
