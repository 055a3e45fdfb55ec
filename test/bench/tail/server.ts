/** One origin server of the bench: a real HTTP listener in front of a queue, whose behaviour can be changed. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, Server as NetServer, type Socket } from "node:net";
import { type Rng, seededRng } from "../../../routing/rng.ts";
import { openBlackHole } from "../../origins/black-hole.ts";
import { bytesOf } from "../../origins/bytes.ts";
import { type Behaviour, DEAF_TO_PROBES, MUTE, SERVING } from "./behaviour.ts";
import { type Later, WorkQueue } from "./queue.ts";
import { drawServiceMs } from "./service-time.ts";

export const HEALTH_PATH = "/healthz";
const SINKHOLE_MS = 1;
const later: Later = (ms, run) => setTimeout(run, ms);

export interface ServerCounts {
  /** Requests that reached the data path. */
  readonly attempts: number;
  /** Executions of a POST beyond its first one here, and the ids of all: two servers may share one. */
  readonly posts: readonly string[];
}

export class BenchServer {
  readonly #meanMs: number;
  #queue = new WorkQueue(0, later);
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #endBlackHole: (() => Promise<void>) | null = null;
  #port = 0;
  #behaviour: Behaviour = SERVING;
  #rng: Rng = seededRng(0);
  #attempts = 0;
  #posts: string[] = [];

  constructor(meanMs: number) {
    this.#meanMs = meanMs;
  }

  /** Known after the first `behave`, then fixed. */
  get port(): number {
    return this.#port;
  }

  /** Resolves when the listener is as the behaviour wants it. */
  async behave(behaviour: Behaviour): Promise<void> {
    this.#behaviour = behaviour;
    await this.#leaveBlackHole();
    if (behaviour.do === "black-hole") return this.#swallow();
    if (behaviour.do === "killed") return this.#kill();
    if (behaviour.do === "drained") return this.#drain();
    await this.#listen();
  }

  /** Serves as on the first day, with so many workers and this seed for its service times. */
  async reset(seed: number, workers: number): Promise<void> {
    this.#queue.drop();
    this.#queue = new WorkQueue(workers, later);
    this.#rng = seededRng(seed);
    this.recount();
    await this.behave(SERVING);
  }

  recount(): void {
    this.#attempts = 0;
    this.#posts = [];
  }

  counts(): ServerCounts {
    return { attempts: this.#attempts, posts: this.#posts };
  }

  async #listen(): Promise<void> {
    if (this.#server !== null) return;
    // Longer than any proxy keeps an idle connection here: whose close it is must not be a matter of luck.
    const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) =>
      this.#serve(request, response),
    );
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    this.#server = server;
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#port = (server.address() as AddressInfo).port;
  }

  #kill(): void {
    this.#server?.close();
    this.#server = null;
    this.#queue.drop();
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** `close` of an HTTP server would close idle connections, and tell clients so. */
  async #swallow(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.#queue.drop();
    if (server !== null) NetServer.prototype.close.call(server);
    this.#endBlackHole = await openBlackHole(this.#port);
  }

  /** What was open then was never answered: as after a reboot it is reset. */
  async #leaveBlackHole(): Promise<void> {
    if (this.#endBlackHole === null) return;
    await this.#endBlackHole();
    this.#endBlackHole = null;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Node closes idle connections with the listener; a busy one gets `Connection: close` with its answer. */
  #drain(): void {
    this.#server?.close();
    this.#server = null;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    // Probers add a query, so that no cache answers them.
    if (request.url?.split("?")[0] === HEALTH_PATH) {
      if (!DEAF_TO_PROBES.has(this.#behaviour.do)) response.end("ok");
      return;
    }
    this.#attempts += 1;
    const body = readBody(request);
    body.catch(() => {
      // The client has gone; whoever still wants to answer it sees that for itself.
    });
    if (request.method === "POST") this.#posts.push(String(request.headers["x-request-id"]));
    switch (this.#behaviour.do) {
      case "sinkhole":
        setTimeout(() => this.#fail(response), SINKHOLE_MS);
        return;
      default:
        if (!MUTE.has(this.#behaviour.do)) this.#work(request, response, body);
    }
  }

  #work(request: IncomingMessage, response: ServerResponse, body: Promise<Buffer>): void {
    const work = {
      serviceMs: drawServiceMs(this.#meanMs, this.#rng),
      done: () => void this.#answer(request, response, body),
      isAbandoned: () => response.destroyed,
    };
    this.#queue.add(work, () => (this.#behaviour.do === "serve" ? this.#behaviour.slowdown : 1));
  }

  async #answer(request: IncomingMessage, response: ServerResponse, body: Promise<Buffer>) {
    const behaviour = this.#behaviour;
    if (MUTE.has(behaviour.do)) return;
    const fails = behaviour.do === "serve" && this.#rng() < behaviour.failRatio;
    if (fails || behaviour.do === "sinkhole") return this.#fail(response);
    const answer = await answerTo(request, body).catch(() => null);
    if (answer === null || response.destroyed) return;
    if (behaviour.do === "drained") response.setHeader("connection", "close");
    response.setHeader("content-length", answer.length);
    response.end(answer);
  }

  #fail(response: ServerResponse): void {
    if (!response.destroyed) response.writeHead(503, { "content-length": 0 }).end();
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** What the load generator checks: known bytes for `/bytes/SIZE?seed=N`, else the hash of what was sent. */
async function answerTo(request: IncomingMessage, body: Promise<Buffer>): Promise<Buffer> {
  const sent = await body;
  const url = new URL(request.url ?? "/", "http://origin");
  const [, kind, size] = url.pathname.split("/");
  if (kind === "bytes") return bytesOf(Number(size), Number(url.searchParams.get("seed")));
  return Buffer.from(createHash("sha256").update(sent).digest("hex"));
}
