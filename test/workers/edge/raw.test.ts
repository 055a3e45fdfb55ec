/** Bytes as an attacker writes them, through a real workerd, against an origin that keeps every byte it gets. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { RawOrigin } from "../../origins/raw.ts";
import { TestEdge } from "./harness/edge.ts";
import { rawAsk, statusOf } from "./harness/raw-client.ts";
import { compile } from "./harness/table.ts";
import { World } from "./harness/world.ts";

const world = new World();
const origin = new RawOrigin();
let edge: TestEdge;

beforeAll(async () => {
  await Promise.all([world.start(), origin.start()]);
  world.writeKv(compile(1, { "a.example": { pools: [[origin.port]] } }));
  edge = await TestEdge.start(world);
});

afterAll(async () => {
  await edge.stop();
  await Promise.all([world.stop(), origin.stop()]);
});

beforeEach(() => {
  origin.requests.length = 0;
  origin.answer = () => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
});

const get = (headers: string, line = "GET /x HTTP/1.1") => `${line}\r\n${headers}\r\n\r\n`;
const ask = async (bytes: string) => statusOf(await rawAsk(edge.port, bytes));

describe("nothing is forwarded of", () => {
  test.each([
    ["no Host", "", 400],
    ["two hosts", "Host: a.example\r\nHost: b.example", 400],
    ["a host with a space", "Host: a example", 400],
    ["a host with userinfo", "Host: a.example:80@evil.example", 400],
    ["a host with a path", "Host: a.example/x", 400],
    ["an empty host", "Host: ", 400],
    ["an address", "Host: 127.0.0.1", 421],
    ["an address in hexadecimal", "Host: 0x7f.1", 421],
    ["an IPv6 address", "Host: [::1]", 421],
    ["a host that nobody configured", "Host: b.example", 421],
    ["localhost", "Host: localhost", 421],
    ["a Connection that names Authorization", "Host: a.example\r\nConnection: authorization", 400],
    ["a Connection that names ours", "Host: a.example\r\nConnection: X-Forwarded-For", 400],
    ["a loop", "Host: a.example\r\nCDN-Loop: tradewind, x, tradewind", 508],
    ["a header of 33 KB", `Host: a.example\r\nX-Big: ${"y".repeat(33 * 1024)}`, 431],
    [
      "101 headers",
      `Host: a.example\r\n${Array.from({ length: 101 }, (_, index) => `X-${index}: 1`).join("\r\n")}`,
      431,
    ],
    ["two lengths", "Host: a.example\r\nContent-Length: 1\r\nContent-Length: 2", 400],
    ["a length with a sign", "Host: a.example\r\nContent-Length: +3", 400],
    ["a length in hexadecimal", "Host: a.example\r\nContent-Length: 0x3", 400],
    ["an unknown coding", "Host: a.example\r\nTransfer-Encoding: xchunked", 400],
    ["a folded header", "Host: a.example\r\nX-A: 1\r\n 2", 400],
    ["a NUL", "Host: a.example\r\nX-A: a\0b", 400],
  ])("%s", async (_name, headers, status) => {
    const answer = await ask(get(headers, "POST /x HTTP/1.1"));
    expect({ status: answer, forwarded: origin.requests.length }).toEqual({ status, forwarded: 0 });
  });

  test.each([
    ["TRACE", "TRACE /x HTTP/1.1", [405]],
    ["CONNECT", "CONNECT a.example:80 HTTP/1.1", [400, 405, 500, 501]],
    ["a method nobody knows", "FOO /x HTTP/1.1", [501]],
    ["OPTIONS *", "OPTIONS * HTTP/1.1", [400]],
  ])("%s", async (_name, line, statuses) => {
    const answer = await ask(get("Host: a.example", line));
    expect(statuses).toContain(answer);
    expect(origin.requests).toEqual([]);
  });
});

describe("an origin never sees", () => {
  const IDENTITY = [
    "CF-Connecting-IPv6",
    "Client-IP",
    "Fastly-Client-IP",
    "Forwarded",
    "True-Client-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "X-Original-URL",
    "X-Real-IP",
    "X-Rewrite-URL",
  ];
  const forms: readonly (readonly [string, (name: string) => string])[] = [
    ["plain", (name) => `${name}: 203.0.113.9`],
    ["twice", (name) => `${name}: 203.0.113.9\r\n${name}: 203.0.113.9`],
    ["in capitals", (name) => `${name.toUpperCase()}: 203.0.113.9`],
    ["with underscores", (name) => `${name.replaceAll("-", "_")}: 203.0.113.9`],
    ["named by Connection", (name) => `${name}: 203.0.113.9\r\nConnection: close, ${name}`],
  ];
  const cases = IDENTITY.flatMap((name) => forms.map(([form, write]) => [name, form, write(name)]));

  test.each(cases)("a visitor's %s, %s", async (_name, _form, headers) => {
    await ask(get(`Host: a.example\r\nCF-Connecting-IP: 192.0.2.1\r\n${headers}`));
    expect(origin.requests.map(({ head }) => head).join()).not.toContain("203.0.113.9");
  });

  test("headers of the hop, or those that Connection names", async () => {
    const hop =
      "Connection: close, X-Secret\r\nX-Secret: 1\r\nKeep-Alive: 3\r\nTE: trailers\r\nTrailer: x\r\n" +
      "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\nProxy-Authorization: x\r\nProxy-Connection: close";
    await ask(get(`Host: a.example\r\n${hop}\r\nX-Kept: 1`));
    const head = origin.requests[0]?.head ?? "";
    expect(head).toMatch(/^x-kept: 1/im);
    expect(head).not.toMatch(/^(x-secret|keep-alive|te|trailer|upgrade|http2-|proxy-)[^:]*:/im);
  });
});

describe("framing", () => {
  test("a length and a coding together are one request at the origin", async () => {
    const headers = "Host: a.example\r\nContent-Length: 4\r\nTransfer-Encoding: chunked";
    const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a.example\r\n\r\n";
    await rawAsk(edge.port, `${get(headers, "POST /x HTTP/1.1")}0\r\n\r\n${smuggled}`);
    expect(origin.requests.filter(({ line }) => line.includes("smuggled"))).toEqual([]);
    expect(origin.requests.length).toBeLessThanOrEqual(1);
  });

  test("two cookie lines become one, as RFC 6265 asks", async () => {
    await ask(get("Host: a.example\r\nCookie: a=1\r\nCookie: b=2"));
    expect(origin.requests[0]?.head).toMatch(/^cookie: a=1; b=2\r$/im);
  });

  test("the target that is forwarded is the one the runtime has normalised", async () => {
    await ask(get("Host: a.example", "GET /a/..%2f..%2fadmin/%2e%2e/x//y?q=%2e HTTP/1.1"));
    expect(origin.requests[0]?.line).toBe("GET /a/x//y?q=%2e HTTP/1.1");
  });

  test("a target cannot name another authority", async () => {
    for (const target of ["//evil.example/x", "/@evil.example", "/\\evil.example", "/:80@evil/"]) {
      await ask(get("Host: a.example", `GET ${target} HTTP/1.1`));
    }
    expect(origin.requests.length).toBe(4);
    for (const { head } of origin.requests) expect(head).toMatch(/^host: 127\.0\.0\.1:\d+\r$/im);
  });

  test("a GET keeps its body, and is sent once although it failed", async () => {
    origin.answer = () => "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";
    const status = await ask(`${get("Host: a.example\r\nContent-Length: 3")}abc`);
    expect(status).toBe(503);
    expect(origin.requests.map(({ body }) => body)).toEqual(["abc"]);
  });
});

describe("an answer", () => {
  test("reaches the visitor without the headers of the hop", async () => {
    origin.answer = () =>
      "HTTP/1.1 200 OK\r\nConnection: X-Int\r\nX-Int: secret\r\nProxy-Authenticate: Basic\r\n" +
      "Keep-Alive: timeout=5\r\nX-Kept: 1\r\nContent-Length: 2\r\n\r\nok";
    const answer = await rawAsk(edge.port, get("Host: a.example"), /ok$/);
    expect(answer).toMatch(/^x-kept: 1\r$/im);
    expect(answer).not.toMatch(/^(x-int|proxy-authenticate|keep-alive|connection):/im);
  });

  test.each([
    ["garbage", "garbage\r\n\r\n"],
    ["a status no client can take", "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"],
    ["a switch of protocols that nobody asked for", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok"],
    ["a NUL in a header", "HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n"],
    ["nothing", null],
  ])("that is %s is 502, and a POST is not sent again", async (_name, bytes) => {
    origin.answer = () => bytes;
    const headers = "Host: a.example\r\nContent-Length: 1";
    const answer = await rawAsk(edge.port, `${get(headers, "POST /x HTTP/1.1")}a`, /\}\n/);
    expect(statusOf(answer)).toBe(502);
    expect(answer).not.toMatch(/127\.0\.0\.1|pool-|endpoint-\d/);
    expect(origin.requests.length).toBe(1);
  });
});
