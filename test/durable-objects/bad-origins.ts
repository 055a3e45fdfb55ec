/** Servers on bare TCP that answer probes as no server should; the path says how. */
import net, { type AddressInfo, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    badPort: number;
  }
}

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const kilobyte = "x".repeat(1_024);
/** A few KB on the wire, 8 MiB when unpacked. */
const packed = gzipSync(Buffer.alloc(8 * 1024 * 1024, "x"));

/** Writes `next()` again and again, as fast as it is taken or every `everyMs`, until the other side has gone. */
function stream(socket: Socket, next: () => string | Buffer, everyMs = 0): void {
  const more = () => {
    if (socket.destroyed) return;
    const isTaken = socket.write(next());
    if (everyMs > 0) setTimeout(more, everyMs);
    else if (isTaken) setImmediate(more);
    else socket.once("drain", more);
  };
  more();
}

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const redirect = (location: string) =>
  `HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;

/** By the first segment of the path; the second counts redirects. */
const WAYS: Readonly<Record<string, (socket: Socket, rest: string) => unknown>> = {
  good: (socket) => socket.write(`${OK}Content-Length: 4\r\n\r\nfine`),
  silent: () => undefined,
  reset: (socket) => socket.resetAndDestroy(),
  closed: (socket) => socket.end(),
  "half-line": (socket) => socket.write("HTTP/1.1 20"),
  "half-line-closed": (socket) => socket.end("HTTP/1.1 20"),
  "no-http": (socket) => socket.end("220 mail.example ESMTP ready\r\n"),
  "half-headers": (socket) => socket.write(`${OK}Content-Type: text/html\r\nX-Half: `),
  "endless-headers": (socket) => {
    socket.write(OK);
    let header = 0;
    stream(socket, () => `X-${header++}: ${kilobyte}\r\n`);
  },
  "slow-headers": (socket) => {
    socket.write(OK);
    let header = 0;
    stream(socket, () => `X-${header++}: 1\r\n`, 50);
  },
  "slow-body": (socket) => {
    socket.write(CHUNKED);
    stream(socket, () => chunk("."), 20);
  },
  "endless-body": (socket) => {
    socket.write(CHUNKED);
    stream(socket, () => chunk(kilobyte));
  },
  "huge-body": (socket) => {
    socket.write(`${OK}Content-Length: 1073741824\r\n\r\n`);
    stream(socket, () => kilobyte);
  },
  "packed-body": (socket) => {
    socket.write(`${OK}Content-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`);
    socket.write(packed);
  },
  "broken-body": (socket) => {
    socket.write(`${OK}Content-Length: 100\r\n\r\nbegun`, () => socket.resetAndDestroy());
  },
  "wrong-chunks": (socket) => socket.end(`${CHUNKED}zz\r\nnot a chunk\r\n`),
  "wrong-code": (socket) => socket.write("HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n"),
  "code-0": (socket) => socket.end("HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n"),
  "code-999": (socket) => socket.end("HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n"),
  "only-100": (socket) => stream(socket, () => "HTTP/1.1 100 Continue\r\n\r\n", 20),
  private: (socket) => socket.write(redirect("http://169.254.169.254/latest/meta-data/")),
  loopback: (socket) => socket.write(redirect("http://[::ffff:7f00:1]/")),
  elsewhere: (socket) => socket.write(redirect("gopher://example.com/")),
  nowhere: (socket) => socket.write("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"),
  ring: (socket) => socket.write(redirect("/ring/")),
  spiral: (socket, rest) => socket.write(redirect(`/spiral/${Number(rest) + 1}`)),
  "to-silence": (socket) => socket.write(redirect("/silent/")),
  "to-reset": (socket) => socket.write(redirect("/reset/")),
};

export default async function setup(project: TestProject) {
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    let head = "";
    socket.on("data", (bytes) => {
      head += bytes.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      const [, way = "", rest = ""] = /^\S+ \/([^/? ]*)\/?([^? ]*)/.exec(head) ?? [];
      head = "";
      WAYS[way]?.(socket, rest);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  project.provide("badPort", (server.address() as AddressInfo).port);
  return async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  };
}
