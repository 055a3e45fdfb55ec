import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";

/** One request as its bytes arrived: header block and body apart, nothing decoded. */
export interface RawRequest {
  readonly line: string;
  readonly head: string;
  readonly body: string;
}

export type RawAnswer = (request: RawRequest) => string | Buffer | null;

const EMPTY_OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/**
 * An origin on bare TCP: it keeps every byte (Latin-1) that reached it, cuts them into requests, and answers
 * with exactly the bytes it is told. `null` as an answer hangs up without one.
 */
export class RawOrigin {
  readonly requests: RawRequest[] = [];
  answer: RawAnswer = () => EMPTY_OK;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#server = createServer((socket) => this.#accept(socket));
  }

  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    let pending = "";
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      pending += chunk.toString("latin1");
      for (let cut = cutRequest(pending); cut !== null; cut = cutRequest(pending)) {
        pending = pending.slice(cut.length);
        this.requests.push(cut.request);
        const bytes = this.answer(cut.request);
        if (bytes === null) socket.destroy();
        else if (/^connection: close/im.test(String(bytes))) socket.end(bytes);
        else socket.write(bytes);
      }
    });
  }
}

/** The first whole request of `text` and how many characters it takes, or `null` while it is not whole. */
function cutRequest(text: string): { request: RawRequest; length: number } | null {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const head = text.slice(0, end + 2);
  const line = head.slice(0, head.indexOf("\r\n"));
  const length = bodyLength(head, text.slice(end + 4));
  if (length === null) return null;
  const body = text.slice(end + 4, end + 4 + length);
  return { request: { line, head, body }, length: end + 4 + length };
}

function bodyLength(head: string, rest: string): number | null {
  if (/^transfer-encoding:.*chunked/im.test(head)) {
    const last = /(?:^|\r\n)0\r\n\r\n/.exec(rest);
    return last === null ? null : last.index + last[0].length;
  }
  const declared = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  return rest.length >= declared ? declared : null;
}
