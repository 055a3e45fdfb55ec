import { once } from "node:events";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
  type Server,
} from "node:http";
import { type AddressInfo, createConnection } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { ask } from "../../local/ask.ts";
import type { SpawnedPlanet } from "../../local/spawn.ts";
import { productionEdge } from "../bench/ours.ts";
import type { Subject } from "../bench/subjects.ts";
import { bytesOf, sha256 } from "../origins/bytes.ts";
import { OriginProcess } from "../origins/process.ts";
import { startPlanet } from "./planet.ts";

const HOST = "www.example";
const LOOP_HOST = "loop.example";

let origin: OriginProcess;
let relay: Server;
let alone: Subject;
let planet: SpawnedPlanet;
/** Where the relay sends what reaches it: the edge under test. */
let edgePort = 0;
let relayed = 0;

beforeAll(async () => {
  origin = await new OriginProcess({ name: "one", pool: "one" }).start();
  relay = createServer(relayToEdge);
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  const { port } = relay.address() as AddressInfo;
  const pool = (at: number) => ({
    origins: [{ name: "one", address: "http://127.0.0.1", port: at }],
  });
  const document = {
    pools: { one: pool(origin.port), relay: pool(port) },
    load_balancers: {
      [HOST]: { default_pools: ["one"], fallback_pool: "one" },
      [LOOP_HOST]: { default_pools: ["relay"], fallback_pool: "relay" },
    },
  };
  [alone, planet] = await Promise.all([
    productionEdge(document),
    startPlanet({ config: document }),
  ]);
});
afterAll(async () => {
  relay.close();
  await Promise.all([alone.stop(), planet.stop(), origin.kill()]);
});

/** An endpoint that is a proxy in front of the edge again: the way a loop really happens. */
function relayToEdge(request: IncomingMessage, response: import("node:http").ServerResponse): void {
  relayed += 1;
  const headers = { ...request.headers, host: LOOP_HOST };
  httpRequest({ port: edgePort, host: "127.0.0.1", path: request.url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  }).end();
}

interface Seen {
  readonly hanging: readonly string[];
  readonly aborted: readonly string[];
  readonly closes: readonly number[];
}
const seen = async (): Promise<Seen> => JSON.parse((await ask(`${origin.url}/count`)).text) as Seen;

const edges = {
  "the production bundle in plain workerd": () => alone.port,
  "the planet": () => Number(new URL(planet.edge).port),
};

describe.each(Object.entries(edges))("%s", (_name, port) => {
  const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    ask(`http://127.0.0.1:${port()}${path}`, { method, headers: { host: HOST, ...headers } });
  const open = (options: RequestOptions) =>
    httpRequest({
      port: port(),
      host: "127.0.0.1",
      agent: false,
      ...options,
      headers: { host: HOST, ...(options.headers as object) },
    });
  const answerTo = async (request: ReturnType<typeof open>) =>
    (await once(request, "response"))[0] as IncomingMessage;

  const RANGED = bytesOf(10_000, 3);
  const table: readonly {
    what: string;
    path: string;
    method?: string;
    headers?: Record<string, string>;
    status: number;
    has?: Record<string, string | string[]>;
    body?: Buffer;
  }[] = [
    {
      what: "HEAD has the length and no body",
      path: "/bytes/1000",
      method: "HEAD",
      status: 200,
      has: { "content-length": "1000" },
      body: Buffer.alloc(0),
    },
    { what: "204 has no body", path: "/status/204", status: 204, body: Buffer.alloc(0) },
    {
      what: "304 keeps its validator",
      path: "/status/304",
      status: 304,
      has: { etag: '"one"' },
      body: Buffer.alloc(0),
    },
    {
      what: "a range is that range",
      path: "/range",
      headers: { range: "bytes=100-199" },
      status: 206,
      has: { "content-range": "bytes 100-199/10000", "content-length": "100" },
      body: RANGED.subarray(100, 200),
    },
    {
      what: "an open range ends at the end",
      path: "/range",
      headers: { range: "bytes=9990-" },
      status: 206,
      body: RANGED.subarray(9_990),
    },
    {
      what: "a range outside is refused by the endpoint",
      path: "/range",
      headers: { range: "bytes=20000-30000" },
      status: 416,
      has: { "content-range": "bytes */10000" },
    },
    {
      what: "every Set-Cookie is a line of its own",
      path: "/cookies",
      status: 200,
      has: { "set-cookie": ["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2; HttpOnly"] },
    },
    {
      what: "trailers are dropped, the body is whole",
      path: "/trailers",
      status: 200,
      body: Buffer.from("body"),
    },
    {
      what: "103 does not end the answer",
      path: "/hints",
      status: 200,
      body: Buffer.from('{"hinted":true}'),
    },
    { what: "an endpoint's 500 is the visitor's to see", path: "/status/500", status: 500 },
    { what: "and so is its 404", path: "/status/404", status: 404 },
  ];
  test.each(table)("$what", async ({ path, method, headers, status, has = {}, body }) => {
    const answer = await get(path, headers, method);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(has);
    if (body !== undefined) expect(answer.body.equals(body)).toBe(true);
  });

  test.each(["gzip", "identity"])(
    "gzip bytes are identical when %s is accepted",
    async (accepted) => {
      const answer = await get("/gzip", { "accept-encoding": accepted });
      expect(answer.headers["content-encoding"]).toBe("gzip");
      expect(sha256(answer.body)).toBe(answer.headers["x-sha256"]);
    },
  );

  test("the first server-sent event arrives while the endpoint still holds the second", async () => {
    const id = `sse-${port()}`;
    const stream = open({ path: `/sse?id=${id}` });
    stream.end();
    const answer = await answerTo(stream);
    answer.setEncoding("utf8");
    let came = "";
    answer.on("data", (text: string) => {
      came += text;
    });
    await expect.poll(() => came).toBe("data: first\n\n");
    expect(JSON.parse((await get(`/release?id=${id}`)).text)).toEqual({ released: true });
    await expect.poll(() => came).toBe("data: first\n\ndata: second\n\n");
  });

  test("an early 413 reaches a visitor who is still sending", async () => {
    const upload = open({
      path: "/early-413",
      method: "POST",
      headers: { "content-length": 2_000_000 },
    });
    // The other side hangs up on purpose; what counts is the answer that came before.
    upload.on("error", () => {});
    upload.write(Buffer.alloc(100_000));
    expect((await answerTo(upload)).statusCode).toBe(413);
    upload.destroy();
  });

  test("Expect: 100-continue on an upload of 2 MB ends with the whole body at the endpoint", async () => {
    const body = bytesOf(2_000_000, 11);
    const socket = createConnection({ port: port(), host: "127.0.0.1" });
    const head = [
      "POST /echo HTTP/1.1",
      `Host: ${HOST}`,
      `Content-Length: ${body.length}`,
      "Expect: 100-continue",
      "Connection: close",
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    const [invitation] = await once(socket, "data");
    expect(String(invitation)).toMatch(/^HTTP\/1\.1 100 /);
    socket.write(body);
    let came = String(invitation);
    for await (const chunk of socket) came += String(chunk);
    expect(came).toContain("HTTP/1.1 200 OK");
    expect(came).toContain(sha256(body));
    expect(came).not.toContain('"expect"');
  });

  test("a chunked upload arrives whole", async () => {
    const body = bytesOf(300_000, 12);
    const upload = open({ path: "/echo", method: "POST" });
    for (let at = 0; at < body.length; at += 50_000) upload.write(body.subarray(at, at + 50_000));
    upload.end();
    const chunks: Buffer[] = [];
    for await (const chunk of await answerTo(upload)) chunks.push(chunk as Buffer);
    const echoed = JSON.parse(Buffer.concat(chunks).toString()) as { body: object };
    expect(echoed.body).toEqual({ size: body.length, hash: sha256(body) });
  });

  describe("WebSocket", () => {
    const connect = async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${port()}/ws`, { headers: { host: HOST } });
      await once(socket, "open");
      return socket;
    };

    test("text and bytes come back as they went", async () => {
      const socket = await connect();
      socket.send("hello");
      expect(String((await once(socket, "message"))[0])).toBe("hello");
      socket.send(bytesOf(100_000, 5));
      expect(sha256((await once(socket, "message"))[0] as Buffer)).toBe(
        sha256(bytesOf(100_000, 5)),
      );
      socket.close();
      await once(socket, "close");
    });

    test.each([1000, 1001, 1008, 1011, 3000, 4999])("code %i passes both ways", async (code) => {
      const theirs = await connect();
      theirs.send(`close:${code}:why`);
      const [given, reason] = await once(theirs, "close");
      expect([given, String(reason)]).toEqual([code, "why"]);
      const { closes } = await seen();
      const ours = await connect();
      ours.close(code);
      await once(ours, "close");
      await expect.poll(async () => (await seen()).closes.slice(closes.length)).toContain(code);
    });
  });

  // A plain close before the headers is a half-close (RFC 9112 §9.6): the visitor may still be reading.
  test("a visitor who resets before the headers is gone at the endpoint too", async () => {
    const id = `hang-${port()}`;
    const request = open({ path: `/hang?id=${id}` });
    request.on("error", () => {});
    request.end();
    await expect.poll(async () => (await seen()).hanging).toContain(id);
    expect((await seen()).aborted).not.toContain(id);
    request.socket?.resetAndDestroy();
    await expect.poll(async () => (await seen()).aborted, { timeout: 5_000 }).toContain(id);
  });

  test("a visitor who closes in the middle of a body is gone at the endpoint too", async () => {
    const id = `drip-${port()}`;
    const request = open({ path: `/drip?n=1000&ms=20&id=${id}` });
    request.on("error", () => {});
    request.end();
    await answerTo(request);
    expect((await seen()).aborted).not.toContain(id);
    request.destroy();
    await expect.poll(async () => (await seen()).aborted, { timeout: 5_000 }).toContain(id);
  });

  test("a loop ends with 508 after at most two passes", async () => {
    edgePort = port();
    relayed = 0;
    const answer = await get("/", { host: LOOP_HOST });
    expect(answer.status).toBe(508);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(relayed).toBeLessThanOrEqual(2);
  });
});
