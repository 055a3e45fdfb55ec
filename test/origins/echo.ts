/**
 * An origin that tells every request what it saw of it, on any path: a backend of the conformance tests, in a process of
 * its own.
 *
 *   node test/origins/echo.ts --name v1 --pool v1 --port 0
 *
 * What it does besides is asked for in the query: `delay=MS`; with `uuid=ID`, `succeedAfter=N` (so many requests of this
 * id fail first, with `responseCode` or, without one, by a reset) and `delayRetry=MS` (how long each of those takes).
 * `x-echo-set` is a JSON object of headers for the answer. `/seen/ID` answers how many requests carried `id=ID`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { WebSocketServer } from "ws";

const { values: options } = parseArgs({
  options: {
    name: { type: "string", default: "origin" },
    pool: { type: "string", default: "pool" },
    port: { type: "string", default: "0" },
  },
});

/** Requests by `id=`, copies of mirrors among them. */
const seen = new Map<string, { method: string; url: string; headers: object }[]>();
/** Requests that failed on purpose, by `uuid=`. */
const failed = new Map<string, number>();

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  serve(request, response).catch(() => response.destroy());
});

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://origin");
  const ask = (name: string) => url.searchParams.get(name) ?? "";
  request.resume();
  if (url.pathname.startsWith("/seen/")) {
    response.end(JSON.stringify(seen.get(url.pathname.slice("/seen/".length)) ?? []));
    return;
  }
  remember(ask("id"), request);
  const failures = failed.get(ask("uuid")) ?? 0;
  if (failures < Number(ask("succeedAfter"))) {
    failed.set(ask("uuid"), failures + 1);
    await wait(Number(ask("delayRetry")));
    if (ask("responseCode") === "") request.socket.destroy();
    else answer(request, response, Number(ask("responseCode")));
    return;
  }
  await wait(Number(ask("delay")));
  answer(request, response, 200);
}

function remember(id: string, { method = "", url = "", headers }: IncomingMessage): void {
  if (id !== "") seen.set(id, [...(seen.get(id) ?? []), { method, url, headers }]);
}

function answer(request: IncomingMessage, response: ServerResponse, status: number): void {
  const { method, url, headers } = request;
  const wanted = headers["x-echo-set"];
  const set = typeof wanted === "string" ? (JSON.parse(wanted) as Record<string, string>) : {};
  for (const [name, value] of Object.entries(set)) response.setHeader(name, value);
  response.writeHead(status, { "x-pool": options.pool, "content-type": "application/json" });
  response.end(JSON.stringify({ backend: options.name, method, url, headers }));
}

const sockets = new WebSocketServer({ server, path: "/ws" });
sockets.on("connection", (socket) => {
  socket.on("message", (data, binary) => socket.send(data, { binary }));
});

server.listen(Number(options.port), "127.0.0.1", () =>
  console.log(`listening ${(server.address() as AddressInfo).port}`),
);
