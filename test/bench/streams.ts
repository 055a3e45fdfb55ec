/**
 * What it costs the edge to hold a WebSocket so that it can end it, against one that it passes on as it came: the same
 * edge, the same endpoint, one pool with `stream_drain_seconds` and one without. Linux only: it reads the runtime's own
 * CPU time and memory.
 *
 *   npm run bench:streams
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { WebSocket, WebSocketServer } from "ws";
import { productionEdge } from "./ours.ts";

const HOSTS = ["passed.example", "held.example"] as const;
const ROUNDS = 3;
const MESSAGES = 8_000;
const IN_FLIGHT = 16;
const IDLE = 400;
const IDLE_MS = 10_000;
/** More than an isolate may have, so that what is kept for a reader who does not read is seen. */
const FLOOD_BYTES = 200_000_000;

const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on("connection", (socket, { url }) => {
  if (url === "/flood") void flood(socket);
  else socket.on("message", (data, binary) => socket.send(data, { binary }));
});

async function flood(socket: WebSocket): Promise<void> {
  const piece = Buffer.alloc(64 * 1024);
  let sent = 0;
  while (sent < FLOOD_BYTES && socket.readyState === WebSocket.OPEN) {
    if (socket.bufferedAmount > 1_000_000) await wait(1);
    else {
      socket.send(piece);
      sent += piece.length;
    }
  }
}

server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
const origins = [{ name: "one", address: "http://127.0.0.1", port }];
const edge = await productionEdge({
  pools: { held: { origins, stream_drain_seconds: 30 }, passed: { origins } },
  load_balancers: Object.fromEntries(
    HOSTS.map((host) => {
      const pool = host.replace(".example", "");
      return [host, { default_pools: [pool], fallback_pool: pool }];
    }),
  ),
});
const children = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)]);
const runtime = /^ *(\d+) .*workerd/m.exec(String(children))?.[1] ?? "";

/** Clock ticks of 10 ms. */
function cpuMs(): number {
  const fields = readFileSync(`/proc/${runtime}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
const residentKb = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${runtime}/status`, "utf8"))?.[1]);

async function open(host: string, path = "/"): Promise<WebSocket> {
  const headers = { host };
  const url = `ws://127.0.0.1:${edge.port}${path}`;
  const socket = new WebSocket(url, { headers, perMessageDeflate: false });
  await once(socket, "open");
  return socket;
}

/** CPU of the runtime for one message through the edge, in µs. */
async function perMessage(socket: WebSocket, bytes: number): Promise<number> {
  const data = Buffer.alloc(bytes);
  const before = cpuMs();
  let echoed = 0;
  for (let sent = 0; sent < IN_FLIGHT; sent += 1) socket.send(data);
  await new Promise<void>((resolve) => {
    socket.on("message", () => {
      echoed += 1;
      if (echoed === MESSAGES) resolve();
      if (echoed + IN_FLIGHT <= MESSAGES) socket.send(data);
    });
  });
  socket.removeAllListeners("message");
  return ((cpuMs() - before) * 1_000) / (2 * MESSAGES);
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

for (const bytes of [32, 4_096]) {
  const seen: Readonly<Record<(typeof HOSTS)[number], number[]>> = {
    "passed.example": [],
    "held.example": [],
  };
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const host of HOSTS) {
      const socket = await open(host);
      const cost = await perMessage(socket, bytes);
      // The first round compiles.
      if (round > 0) seen[host].push(cost);
      socket.terminate();
    }
  }
  const [passed = 0, held = 0] = HOSTS.map((host) => median(seen[host]));
  const all = HOSTS.map((host) => seen[host].map((cost) => cost.toFixed(0)).join(" ")).join(" | ");
  const ratio = `${(held / passed).toFixed(1)} ×`;
  console.log(
    `${bytes} B a message: ${passed.toFixed(1)} → ${held.toFixed(1)} µs, ${ratio}  [${all}]`,
  );
}

for (const host of HOSTS) {
  const before = residentKb();
  const idle: WebSocket[] = [];
  while (idle.length < IDLE) idle.push(await open(host));
  const kb = (residentKb() - before) / IDLE;
  const cpuBefore = cpuMs();
  await wait(IDLE_MS);
  const cpu = cpuMs() - cpuBefore;
  console.log(`${host}, ${IDLE} idle: ${kb.toFixed(0)} KB each, ${cpu} ms of CPU in 10 s`);
  for (const socket of idle) socket.terminate();
}

for (const host of HOSTS) {
  const before = residentKb();
  const socket = await open(host, "/flood");
  socket.pause();
  await wait(IDLE_MS / 2);
  console.log(
    `${host}, a reader who does not read: ${((residentKb() - before) / 1024).toFixed(0)} MB kept`,
  );
  socket.terminate();
}

await edge.stop();
server.close();
process.exit();
