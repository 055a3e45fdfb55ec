import { createConnection, type Socket } from "node:net";

export interface Round {
  readonly requests: number;
  readonly seconds: number;
  readonly perSecond: number;
}

/**
 * Keeps `connections` requests under way for `ms` (closed loop, keep-alive, one request at a time each).
 *
 * On bare sockets, because any HTTP client of Node would be busier than the subject. Errors: rejects on an
 * answer that is not 200 and on a connection that ends.
 */
export async function closedLoop(port: number, connections: number, ms: number): Promise<Round> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  const startedAt = performance.now();
  const endAt = startedAt + ms;
  const counts = await Promise.all(sockets.map((socket) => loop(socket, endAt)));
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const socket of sockets) socket.destroy();
  const requests = counts.reduce((sum, count) => sum + count, 0);
  return { requests, seconds, perSecond: requests / seconds };
}

/** What a browser sends, in kind and number. */
const REQUEST = [
  "GET /api/items/42?page=3 HTTP/1.1",
  "Host: www.example",
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "Accept-Language: en-US,en;q=0.5",
  "Accept-Encoding: gzip, deflate, br",
  "Referer: http://www.example/items",
  "Cookie: session=0123456789abcdef; theme=dark",
  "CF-Connecting-IP: 192.0.2.7",
  "Sec-Fetch-Mode: cors",
  "",
  "",
].join("\r\n");

const open = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: "127.0.0.1", noDelay: true });
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });

/** Resolves with the number of answers once the time is over and the last one is complete. */
function loop(socket: Socket, endAt: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let count = 0;
    let pending = "";
    socket.on("close", () => reject(new Error("The subject closed a connection")));
    socket.on("data", (chunk) => {
      pending += chunk.toString("latin1");
      if (!isWhole(pending)) return;
      if (!pending.startsWith("HTTP/1.1 200")) return reject(new Error(pending.slice(0, 600)));
      pending = "";
      count += 1;
      if (performance.now() < endAt) socket.write(REQUEST);
      else resolve(count);
    });
    socket.write(REQUEST);
  });
}

/** workerd keeps an origin's Content-Length, and chunks what has none. */
function isWhole(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end + 2))?.[1];
  if (length !== undefined) return text.length >= end + 4 + Number(length);
  return text.endsWith("\r\n0\r\n\r\n");
}
