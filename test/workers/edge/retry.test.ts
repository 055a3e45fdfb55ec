/** One request, several endpoints: who gets it when the first one fails, and how often. */
import { once } from "node:events";
import { request as send } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { REPLAY_BODY_BYTES_MAX, RETRY_SAVINGS_START, TRIES_MAX } from "../../../routing/limits.ts";
import { RawOrigin } from "../../origins/raw.ts";
import { TestEdge } from "./harness/edge.ts";
import { compile, endpointId } from "./harness/table.ts";
import { until } from "./harness/until.ts";
import { World } from "./harness/world.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const failure = (status: number, more = "") =>
  `HTTP/1.1 ${status} Odd\r\nContent-Length: 5\r\n${more}\r\nwrong`;

const world = new World();
const first = new RawOrigin();
const second = new RawOrigin();
let edge: TestEdge;
/** A new host per test: nothing that one test teaches about endpoints reaches another's pool budget. */
let host = "";
let version = 0;

beforeAll(async () => {
  await Promise.all([world.start(), first.start(), second.start()]);
});

afterAll(async () => {
  await Promise.all([world.stop(), first.stop(), second.stop()]);
});

beforeEach(async () => {
  version += 1;
  host = `h${version}.example`;
  for (const origin of [first, second]) {
    origin.requests.length = 0;
    origin.answer = () => OK;
  }
  world.reports.length = 0;
  const table = compile(version, { [host]: { pools: [[first.port], [second.port]] } });
  world.writeKv(table);
  world.cache.clear();
  edge = await TestEdge.start(world);
  return () => edge.stop();
});

const requests = () => [first.requests.length, second.requests.length];

describe("a GET whose first endpoint", () => {
  test.each([
    ["hangs up", () => null],
    ["says 502", () => failure(502)],
    ["says 503", () => failure(503)],
    ["says 504", () => failure(504)],
    ["says 429 and when to come back", () => failure(429, "Retry-After: 1\r\n")],
    ["says 530, the platform's word for a name that leads nowhere", () => failure(530)],
    ["says garbage", () => "garbage\r\n\r\n"],
  ])("%s is answered by the second", async (_name, answer) => {
    first.answer = answer;
    expect(await edge.ask(host)).toMatchObject({ status: 200, text: "ok" });
    expect(second.requests.length).toBe(1);
  });

  test.each([404, 429, 500, 501, 508])("says %i gets that answer", async (status) => {
    first.answer = () => failure(status);
    expect(await edge.ask(host)).toMatchObject({ status, text: "wrong" });
    expect(second.requests.length).toBe(0);
  });
});

describe("sent once, whatever happens, is", () => {
  test.each([
    ["a POST", "POST", "x"],
    ["a POST without a body", "POST", undefined],
    ["a PATCH", "PATCH", "x"],
    ["a PUT with a body too large to keep", "PUT", "x".repeat(REPLAY_BODY_BYTES_MAX + 1)],
  ])("%s", async (_name, method, body) => {
    first.answer = () => null;
    const answer = await edge.ask(host, { method, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(502);
    expect(requests()).toEqual([1, 0]);
  });
});

describe("sent again, body and all, is", () => {
  test.each([
    ["a PUT with a small body", "PUT", {}],
    ["a DELETE with a body", "DELETE", {}],
    ["a POST with an Idempotency-Key", "POST", { "idempotency-key": "k" }],
  ])("%s", async (_name, method, headers) => {
    first.answer = () => null;
    const body = "b".repeat(1_000);
    expect((await edge.ask(host, { method, headers, body })).status).toBe(200);
    expect(second.requests.map((request) => request.body)).toEqual([body]);
  });
});

test("when every endpoint fails the last answer is the visitor's, after the most tries allowed", async () => {
  first.answer = () => null;
  second.answer = () => failure(503);
  const { status, text } = await edge.ask(host);
  expect([status, text]).toEqual([503, "wrong"]);
  const [one = 0, two = 0] = requests();
  expect(one + two).toBe(TRIES_MAX);
});

test("when no endpoint answers at all it is 502 and says nothing of them", async () => {
  first.answer = () => null;
  second.answer = () => null;
  const { status, headers, text } = await edge.ask(host, {
    headers: { "x-request-id": "my-request-1" },
  });
  expect(status).toBe(502);
  expect(JSON.parse(text)).toMatchObject({ title: "endpoint-failed", request_id: "my-request-1" });
  expect(headers["x-request-id"]).toBe("my-request-1");
  expect(text).not.toMatch(/127\.0\.0\.1|pool-|endpoint-\d/);
});

test("a pool's savings pay for so many retries, then a tenth of its requests", async () => {
  first.answer = () => failure(503);
  second.answer = () => failure(503);
  const asked = 100;
  for (let count = 0; count < asked; count += 1) await edge.ask(host);
  const [one = 0, two = 0] = requests();
  const retries = one + two - asked;
  // Both pools may have been asked first, each with savings of its own.
  expect(retries).toBeGreaterThanOrEqual(RETRY_SAVINGS_START);
  expect(retries).toBeLessThanOrEqual(2 * RETRY_SAVINGS_START + 0.1 * asked);
});

test("what happened is reported: attempts and outcomes, retries, statuses, who answered", async () => {
  first.answer = () => failure(503);
  await edge.ask(host);
  await until(async () => {
    await edge.ask(host, { method: "POST" });
    return world.reports.some(({ hosts }) => (hosts[host]?.retries ?? 0) > 0);
  });
  const report = world.reports.find(({ hosts }) => (hosts[host]?.retries ?? 0) > 0);
  expect(report?.hosts[host]).toMatchObject({ pools: { "pool-1": expect.any(Number) } });
  expect(report?.endpoints[endpointId(first.port)]?.outcomes.failure).toBeGreaterThan(0);
  expect(report?.endpoints[endpointId(second.port)]).toMatchObject({
    latencyMs: expect.any(Number),
    inFlight: 0,
  });
  expect(report?.budgets["pool-0"]).toBeLessThan(RETRY_SAVINGS_START);
});

test("a visitor who leaves is counted as abandoned, and nothing stays in flight", async () => {
  first.answer = () => "";
  const leaver = send({ host: "127.0.0.1", port: edge.port, headers: { host } });
  leaver.on("error", () => {});
  leaver.end();
  await once(leaver, "socket");
  await until(() => first.requests.length > 0);
  leaver.socket?.resetAndDestroy();
  first.answer = () => OK;
  const counted = () =>
    world.reports.map(({ endpoints }) => endpoints[endpointId(first.port)]).filter(Boolean);
  await until(async () => {
    await edge.ask(host);
    return counted().some((each) => each?.outcomes.abandoned === 1);
  });
  expect(counted().every((each) => each?.outcomes.failure === 0)).toBe(true);
  // The beat that told of it may have begun while the next request was in flight.
  await until(async () => {
    await edge.ask(host);
    return counted().at(-1)?.inFlight === 0;
  });
  expect(second.requests.length).toBe(0);
});
