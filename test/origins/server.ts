/**
 * A real origin server for tests: its own process, so that SIGKILL is a real death.
 *
 *   node test/origins/server.ts --name aws-1 --pool aws --port 0 --log posts.log
 *
 * Prints `listening PORT` on its own line. Every answer carries `x-pool` and `x-origin`, so that a client
 * knows who served it. What must outlive a SIGKILL (ids of executed POSTs) is in the log file.
 */
import { createHash } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { WebSocketServer } from "ws";
import { Behaviour } from "./behaviour.ts";
import { bytesOf, sha256 } from "./bytes.ts";

const { values: options } = parseArgs({
  options: {
    name: { type: "string", default: "origin" },
    pool: { type: "string", default: "pool" },
    port: { type: "string", default: "0" },
    address: { type: "string", default: "127.0.0.1" },
    log: { type: "string" },
    // Node's own when absent.
    backlog: { type: "string", default: "511" },
  },
});

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => unknown;

/** Requests to `/hang`, by `?id=`, so that a test knows when one is here. */
const hanging: string[] = [];
/** Requests that ended before their answer did, by `?id=`. */
const aborted: string[] = [];
/** Codes with which clients closed their WebSockets, in order. */
const closes: number[] = [];
const held = new Map<string, () => void>();
const bodies = new Map<string, { bytes: Buffer; hash: string }>();
let requests = 0;
/** Requests that were neither a probe nor a question of the harness: tries of edges. */
let visits = 0;
const behaviour = new Behaviour();
// The log exists before the first POST, so that reading it never has to ask.
if (options.log !== undefined) appendFileSync(options.log, "");

const json = (response: ServerResponse, value: unknown, status = 200): void => {
  const text = JSON.stringify(value);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
};

async function hashOfBody(request: IncomingMessage): Promise<{ size: number; hash: string }> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of request) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { size, hash: hash.digest("hex") };
}

const echo: Handler = async (request, response) => {
  const body = await hashOfBody(request);
  json(response, {
    method: request.method,
    url: request.url,
    version: request.httpVersion,
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    body,
  });
};

const bytes: Handler = (_request, response, url) => {
  const size = Number(url.pathname.split("/")[2]);
  const seed = Number(url.searchParams.get("seed") ?? 0);
  const key = `${size}:${seed}`;
  let body = bodies.get(key);
  if (body === undefined) {
    const made = bytesOf(size, seed);
    body = { bytes: made, hash: sha256(made) };
    bodies.set(key, body);
  }
  response.writeHead(200, {
    "content-type": "application/octet-stream",
    "content-length": size,
    "x-sha256": body.hash,
  });
  response.end(body.bytes);
};

const status: Handler = (_request, response, url) => {
  const code = Number(url.pathname.split("/")[2]);
  if (code === 204 || code === 304) response.writeHead(code, { etag: '"one"' }).end();
  else json(response, { status: code }, code);
};

/** Deliberately not what a re-compression would give: the level is 1 and the header names no time. */
const zipped = gzipSync(bytesOf(100_000, 7), { level: 1 });
const gzip: Handler = (_request, response) => {
  response.writeHead(200, {
    "content-type": "text/plain",
    "content-encoding": "gzip",
    "content-length": zipped.length,
    "x-sha256": sha256(zipped),
  });
  response.end(zipped);
};

const RANGED = bytesOf(10_000, 3);
const range: Handler = (request, response) => {
  const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  if (!asked) {
    response.writeHead(200, { "accept-ranges": "bytes", "content-length": RANGED.length });
    response.end(RANGED);
    return;
  }
  const from = Number(asked[1]);
  const to = Math.min(asked[2] === "" ? Number.POSITIVE_INFINITY : Number(asked[2]), 9_999);
  if (from > to) {
    response.writeHead(416, { "content-range": `bytes */${RANGED.length}` }).end();
    return;
  }
  const part = RANGED.subarray(from, to + 1);
  response.writeHead(206, {
    "content-range": `bytes ${from}-${to}/${RANGED.length}`,
    "content-length": part.length,
  });
  response.end(part);
};

/** The second event waits for `/release?id=`: a buffering proxy can be told from a slow one. */
const sse: Handler = (_request, response, url) => {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write("data: first\n\n");
  const id = url.searchParams.get("id") ?? "";
  held.set(id, () => response.end("data: second\n\n"));
  response.on("close", () => {
    if (!response.writableEnded) aborted.push(id);
  });
};

const release: Handler = (_request, response, url) => {
  const id = url.searchParams.get("id") ?? "";
  const end = held.get(id);
  held.delete(id);
  end?.();
  json(response, { released: end !== undefined });
};

const slow: Handler = (_request, response, url) =>
  setTimeout(() => json(response, { slow: true }), Number(url.searchParams.get("ms") ?? 100));

/** Answers before it has read the body, and hangs up: what a real server does with a body too large. */
const early413: Handler = (_request, response) => {
  response.writeHead(413, { "content-length": 9, connection: "close" });
  response.end("too large");
};

const hang: Handler = (_request, response, url) => {
  const id = url.searchParams.get("id") ?? "";
  hanging.push(id);
  response.on("close", () => aborted.push(id));
};

/** `n` pieces of 1 KiB, `ms` apart; a client that leaves is recorded like that of `/hang`. */
const drip: Handler = (_request, response, url) => {
  let left = Number(url.searchParams.get("n") ?? 5);
  response.writeHead(200, { "content-type": "application/octet-stream" });
  const timer = setInterval(
    () => {
      response.write(bytesOf(1024, left));
      left -= 1;
      if (left === 0) response.end();
    },
    Number(url.searchParams.get("ms") ?? 50),
  );
  response.on("close", () => {
    clearInterval(timer);
    if (left > 0) aborted.push(url.searchParams.get("id") ?? "");
  });
};

/** Executes a POST: the id is on disk before the answer leaves, one line per execution. */
const once: Handler = async (request, response) => {
  const id = String(request.headers["x-request-id"] ?? "");
  const body = await hashOfBody(request);
  if (options.log !== undefined) appendFileSync(options.log, `${id}\n`);
  json(response, { id, ...body });
};

const count: Handler = (_request, response) => {
  const lines = options.log === undefined ? [] : readFileSync(options.log, "utf8").split("\n");
  const ids = lines.filter((line) => line !== "");
  json(response, {
    requests,
    visits,
    executed: ids.length,
    duplicates: ids.length - new Set(ids).size,
    hanging,
    aborted,
    closes,
  });
};

const cookies: Handler = (_request, response) => {
  response.setHeader("set-cookie", ["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2; HttpOnly"]);
  response.setHeader("connection", "x-internal");
  response.setHeader("x-internal", "secret");
  response.end("cookies");
};

const trailers: Handler = (_request, response) => {
  response.writeHead(200, { trailer: "x-checksum", "content-type": "text/plain" });
  response.write("body");
  response.addTrailers({ "x-checksum": "1" });
  response.end();
};

const hints: Handler = (_request, response) => {
  response.writeEarlyHints({ link: "</style.css>; rel=preload" });
  json(response, { hinted: true });
};

const handlers: Readonly<Record<string, Handler>> = {
  echo,
  bytes,
  status,
  gzip,
  range,
  sse,
  release,
  slow,
  "early-413": early413,
  hang,
  drip,
  once,
  cookies,
  trailers,
  hints,
  healthz: (_request, response) => json(response, { ok: true }),
};

const behave: Handler = (_request, response, url) => {
  behaviour.tell(url.searchParams);
  json(response, { told: true });
};
/** What the harness asks is answered whatever the origin was told to do to the others. */
const harness: Readonly<Record<string, Handler>> = { count, behave };

const serve = (request: IncomingMessage, response: ServerResponse): void => {
  requests += 1;
  response.setHeader("x-pool", options.pool);
  response.setHeader("x-origin", options.name);
  const url = new URL(request.url ?? "/", "http://origin");
  const first = url.pathname.split("/")[1] ?? "";
  if (harness[first] !== undefined) {
    answer(harness[first], request, response, url);
    return;
  }
  const isVisit = first !== "healthz";
  if (isVisit) visits += 1;
  if (isVisit && behaviour.fails()) {
    json(response, { failed: options.name }, 503);
    return;
  }
  const { stallMs } = behaviour;
  if (stallMs === 0) answer(handlers[first], request, response, url);
  else setTimeout(() => answer(handlers[first], request, response, url), stallMs);
};

function answer(
  handler: Handler | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): void {
  if (handler === undefined) json(response, { name: options.name, path: request.url });
  else (async () => handler(request, response, url))().catch(() => response.destroy());
}

const server = createServer({ keepAliveTimeout: 60_000 }, serve);
// Expect: 100-continue is answered as a real server does: the body is invited, then the request is served.
server.on("checkContinue", (request, response) => {
  if (!request.url?.startsWith("/early-413")) response.writeContinue();
  serve(request, response);
});

const sockets = new WebSocketServer({ noServer: true });
sockets.on("headers", (headers) => headers.push(`x-origin: ${options.name}`));
sockets.on("connection", (socket) => {
  socket.on("message", (data, binary) => {
    const [word, code, reason] = binary ? [] : String(data).split(":");
    if (word === "close" && code === undefined) socket.close();
    else if (word === "close") socket.close(Number(code), reason);
    else if (word === "drop") socket.terminate();
    else socket.send(data, { binary });
  });
  socket.on("close", (code) => closes.push(code));
});
server.on("upgrade", (request, socket, head) => {
  const url = new URL(request.url ?? "/", "http://origin");
  // `/ws?hang=NAME`, `/ws?502=NAME`, `/ws?503=NAME`, `/ws?reset=NAME`: what this one refuses.
  const [refused = "", name] = [...url.searchParams][0] ?? [];
  if (name === options.name && refused === "hang") hanging.push(url.search);
  else if (name === options.name && refused.startsWith("50")) {
    socket.end(`HTTP/1.1 ${refused} Refused\r\ncontent-length: 0\r\n\r\n`);
  } else if (url.pathname !== "/ws" || name === options.name) socket.destroy();
  else sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit("connection", opened));
});

server.listen(Number(options.port), options.address, Number(options.backlog), () =>
  console.log(`listening ${(server.address() as AddressInfo).port}`),
);
