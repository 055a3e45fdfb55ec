/** What HTTP means must be the same with the edge in between as without it. */
import { on, once } from "node:events";
import { request as send } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { bytesOf, sha256 } from "../../origins/bytes.ts";
import { OriginProcess } from "../../origins/process.ts";
import { type Ask, ask as askPort, TestEdge } from "./harness/edge.ts";
import { rawAsk } from "./harness/raw-client.ts";
import { compile } from "./harness/table.ts";
import { until } from "./harness/until.ts";
import { World } from "./harness/world.ts";

const HOST = "shop.example";
const world = new World();
const origin = new OriginProcess({ name: "one", pool: "first" });
let edge: TestEdge;

beforeAll(async () => {
  await Promise.all([world.start(), origin.start()]);
  const loop = { pools: [[origin.port]] };
  world.writeKv(compile(1, { [HOST]: loop }));
  edge = await TestEdge.start(world);
});

afterAll(async () => {
  await edge.stop();
  await Promise.all([world.stop(), origin.kill()]);
});

const ask = (path: string, more: Ask = {}) => edge.ask(HOST, { path, ...more });
const counts = async () => JSON.parse((await ask("/count")).text);

describe("a request for a known host", () => {
  test("reaches its endpoint with path and query as they came", async () => {
    const { status, text } = await ask("/echo/a%20b/%2F?x=1&y=%41");
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ method: "GET", url: "/echo/a%20b/%2F?x=1&y=%41" });
  });

  test("is known in capitals, with a port and with the root's dot", async () => {
    for (const host of ["SHOP.Example", `${HOST}:8787`, `${HOST}.`, `${HOST}.:80`]) {
      expect((await edge.ask(host, { path: "/echo" })).status).toBe(200);
    }
  });

  test.each(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])(
    "%s keeps its method and its body",
    async (method) => {
      const { text } = await ask("/echo", { method, body: "hello" });
      expect(JSON.parse(text)).toMatchObject({ method, body: { size: 5 } });
    },
  );
});

test("an unknown host is 421 and reaches no endpoint", async () => {
  const { status, headers, text } = await edge.ask("other.example");
  expect(status).toBe(421);
  expect(headers["content-type"]).toBe("application/problem+json");
  expect(JSON.parse(text)).toMatchObject({ status: 421, title: "unknown-host" });
});

describe("an answer is the origin's", () => {
  const same = async (path: string, more: Ask = {}) => {
    const [through, direct] = [
      await ask(path, more),
      await askPort(origin.port, HOST, { path, ...more }),
    ];
    const meant = ({ status, headers, body }: Awaited<ReturnType<typeof ask>>) => {
      // What belongs to the connection differs between two connections.
      const { connection, "keep-alive": _, date, "transfer-encoding": __, ...kept } = headers;
      return { status, headers: kept, hash: sha256(body) };
    };
    expect(meant(through)).toEqual(meant(direct));
    return through;
  };
  test.each([200, 201, 301, 302, 304, 307, 400, 401, 404, 418, 500, 501])(
    "status %i",
    async (status) => {
      expect((await same(`/status/${status}`)).status).toBe(status);
    },
  );

  test("204 and 304 have no body", async () => {
    expect((await same("/status/204")).body.length).toBe(0);
    expect((await same("/status/304")).headers["etag"]).toBe('"one"');
  });

  test("HEAD has the length of what GET would bring, and no body", async () => {
    const { headers, body } = await same("/bytes/12345", { method: "HEAD" });
    expect(headers["content-length"]).toBe("12345");
    expect(body.length).toBe(0);
  });

  test("a part of it is the part that was asked for", async () => {
    const { status, headers } = await same("/range", { headers: { range: "bytes=100-199" } });
    expect([status, headers["content-range"]]).toEqual([206, "bytes 100-199/10000"]);
    expect((await same("/range", { headers: { range: "bytes=99999-" } })).status).toBe(416);
  });

  test("gzip bytes are the bytes", async () => {
    const { headers, body } = await same("/gzip", { headers: { "accept-encoding": "gzip" } });
    expect(headers["content-encoding"]).toBe("gzip");
    expect(sha256(body)).toBe(headers["x-sha256"]);
  });

  test("1 MB is whole", async () => {
    const { body } = await same("/bytes/1000000?seed=5");
    expect(sha256(body)).toBe(sha256(bytesOf(1_000_000, 5)));
  });

  test("two cookies stay two, and what Connection names is gone", async () => {
    const { headers } = await ask("/cookies");
    expect(headers["set-cookie"]).toHaveLength(2);
    expect(headers["x-internal"]).toBeUndefined();
  });
});

test("server-sent events come one by one", async () => {
  const request = send({
    host: "127.0.0.1",
    port: edge.port,
    path: "/sse?id=s",
    headers: { host: HOST },
  });
  request.end();
  const [answer] = await once(request, "response");
  const events = on(answer, "data");
  const next = async () => String((await events.next()).value);
  expect(await next()).toBe("data: first\n\n");
  await ask("/release?id=s");
  expect(await next()).toBe("data: second\n\n");
});

/** What comes in one read with the head: of more than that, the local runtime's reset may overtake the answer on a busy machine. */
const ONE_READ = 4_000;

describe("uploads", () => {
  test("an origin that answers before it has read the body is heard", async () => {
    const answer = await ask("/early-413", { method: "POST", body: Buffer.alloc(ONE_READ) });
    expect([answer.status, answer.text]).toEqual([413, "too large"]);
  });

  test("2 MB after `Expect: 100-continue` arrive", async () => {
    const body = bytesOf(2_000_000, 9);
    const { text } = await ask("/echo", {
      method: "PUT",
      headers: { expect: "100-continue" },
      body,
    });
    expect(JSON.parse(text).body).toEqual({ size: body.length, hash: sha256(body) });
  });

  test("a chunked body arrives whole", async () => {
    const chunked =
      "POST /echo HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\n\r\n";
    const answer = await rawAsk(edge.port, `${chunked}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`, /\}$/);
    expect(answer).toContain('"size":5');
  });
});

describe("a visitor who leaves", () => {
  test.each([
    ["before the headers", "/hang?id=h"],
    ["in the middle of the body", "/drip?id=d&n=1000&ms=20"],
  ])("%s is told to the origin", async (_when, path) => {
    const id = new URL(path, "http://a").searchParams.get("id");
    let seen = (await counts()).requests;
    const request = send({ host: "127.0.0.1", port: edge.port, path, headers: { host: HOST } });
    request.on("error", () => {});
    request.end();
    if (path.startsWith("/drip")) await once((await once(request, "response"))[0], "data");
    // Each question is itself a request; one more than that is the one that hangs.
    else await until(async () => (await counts()).requests > ++seen);
    // A plain close before the headers is a half-close to the local runtime; a reset is not to be mistaken.
    request.socket?.resetAndDestroy();
    await until(async () => (await counts()).aborted.includes(id));
  });
});

describe("a WebSocket", () => {
  const open = async (protocols: string[] = []) => {
    const socket = new WebSocket(`ws://127.0.0.1:${edge.port}/ws`, protocols, {
      headers: { host: HOST },
    });
    await once(socket, "open");
    return socket;
  };

  test("echoes text and bytes", async () => {
    const socket = await open();
    for (const data of ["hello", bytesOf(100_000, 1)]) {
      socket.send(data);
      const [echoed] = await once(socket, "message");
      expect(sha256(echoed)).toBe(sha256(Buffer.from(data)));
    }
    socket.terminate();
  });

  test.each([1000, 1001, 1008, 1011, 3000, 4999])(
    "keeps the origin's close code %i",
    async (code) => {
      const socket = await open();
      socket.send(`close:${code}:why`);
      const [seen, reason] = await once(socket, "close");
      expect([seen, String(reason)]).toEqual([code, "why"]);
    },
  );

  test("keeps the visitor's close code", async () => {
    const socket = await open();
    socket.close(4001, "bye");
    await until(async () => (await counts()).closes.includes(4001));
  });
});
