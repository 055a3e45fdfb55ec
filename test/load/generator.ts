import { randomBytes } from "node:crypto";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { TICKET_HEADER } from "../../routing/explain/ticket.ts";
import { bytesOf, sha256 } from "../origins/bytes.ts";
import { BODY_BYTES, BODY_SEEDS, type Planned, POST_BYTES } from "./plan.ts";

/** A request without a complete, correct answer this long after it was due is lost. */
export const LOST_MS = 3_000;

export interface Target {
  /** Where the edge listens; a function deals requests over several places. */
  readonly url: string | (() => string);
  readonly host: string;
  /** More headers of the request with this number: who shows a ticket is told the tries (docs/explain.md). */
  readonly headersOf?: (index: number) => Readonly<{ [name: string]: string }>;
}

export interface Tried {
  readonly pool: string;
  readonly endpoint: string;
}

/** How one request went. Times are after the start of the run. */
export interface Record {
  readonly planned: Planned;
  readonly sentMs: number;
  readonly doneMs: number;
  /** A complete body with the right hash and a 200, within `LOST_MS`. */
  readonly ok: boolean;
  readonly status: number | null;
  readonly pool: string | null;
  /** Where each try went in order, as the edge tells whoever shows it a ticket; `null` when it told nothing. */
  readonly tried: readonly Tried[] | null;
  /** Why it is not `ok`; empty when it is. */
  readonly reason: string;
}

const postBody = randomBytes(POST_BYTES);
const hashes = Object.fromEntries(
  Object.values(BODY_BYTES).flatMap((size) =>
    Array.from({ length: BODY_SEEDS }, (_, seed) => [
      `${size}:${seed}`,
      sha256(bytesOf(size, seed)),
    ]),
  ),
);
const postHash = sha256(postBody);

/**
 * Sends every request when it is due, whether or not earlier ones were answered (open loop), so that a
 * stall is seen by all who would have met it. Resolves when the last one has ended.
 */
export class LoadGenerator {
  readonly records: Record[] = [];
  readonly #target: Target;
  readonly #plan: readonly Planned[];
  readonly #agent = new Agent({ keepAlive: true, scheduling: "lifo" });
  /** Makes ids of POSTs unique over runs that share a log. */
  readonly #run = randomBytes(4).toString("hex");
  #startedAt = 0;
  #isStopped = false;

  constructor(target: Target, plan: readonly Planned[]) {
    this.#target = target;
    this.#plan = plan;
  }

  /** Milliseconds since the start of the run. */
  nowMs(): number {
    return performance.now() - this.#startedAt;
  }

  async run(): Promise<readonly Record[]> {
    this.#startedAt = performance.now();
    const ended: Promise<void>[] = [];
    for (const planned of this.#plan) {
      if (this.#isStopped) break;
      const early = planned.dueMs - this.nowMs();
      if (early > 0.5) await new Promise((resolve) => setTimeout(resolve, early));
      ended.push(this.#send(planned, ended.length));
    }
    await Promise.all(ended);
    this.#agent.destroy();
    return this.records;
  }

  /** Sends nothing more. `run` resolves when what is under way has ended. */
  stop(): void {
    this.#isStopped = true;
  }

  #send(planned: Planned, index: number): Promise<void> {
    const sentMs = this.nowMs();
    return new Promise((resolve) => {
      const answer: Pick<
        { -readonly [K in keyof Record]: Record[K] },
        "status" | "pool" | "tried"
      > = { status: null, pool: null, tried: null };
      let ended = false;
      const end = (reason: string) => {
        if (ended) return;
        ended = true;
        clearTimeout(limit);
        const doneMs = this.nowMs();
        this.records.push({ planned, sentMs, doneMs, ok: reason === "", reason, ...answer });
        resolve();
      };
      const { url } = this.#target;
      const place = typeof url === "string" ? url : url();
      const request = httpRequest(place + pathOf(planned), {
        agent: this.#agent,
        method: planned.kind === "post" ? "POST" : "GET",
        headers: this.#headersOf(planned, index),
      });
      const limit = setTimeout(
        () => {
          end("no complete answer in time");
          // A plain close would be a half-close: the edge would go on for somebody who is no longer there.
          request.socket?.resetAndDestroy();
          request.destroy();
        },
        planned.dueMs + LOST_MS - sentMs,
      );
      request.on("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
      request.on("response", (response) => {
        answer.status = response.statusCode ?? null;
        answer.pool = (response.headers["x-pool"] as string | undefined) ?? null;
        answer.tried = triedIn(response.headers[TICKET_HEADER]);
        readBody(response).then(
          (body) => end(judge(planned, response.statusCode ?? 0, body)),
          (error: Error) => end(`body: ${error.message}`),
        );
      });
      request.end(planned.kind === "post" ? postBody : undefined);
    });
  }

  #headersOf(planned: Planned, index: number): { [name: string]: string | number } {
    const more = this.#target.headersOf?.(index);
    const headers = { host: this.#target.host, "tw-colo": planned.colo, ...more };
    if (planned.kind !== "post") return headers;
    const id = `${this.#run}-${index}`;
    return { ...headers, "content-length": POST_BYTES, "x-request-id": id };
  }
}

function triedIn(told: string | string[] | undefined): readonly Tried[] | null {
  if (typeof told !== "string") return null;
  const { attempts } = JSON.parse(told) as { attempts?: readonly Tried[] };
  return attempts ?? null;
}

const pathOf = ({ kind, seed }: Planned): string =>
  kind === "post" ? "/once" : `/bytes/${BODY_BYTES[kind]}?seed=${seed}`;

async function readBody(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Empty when the answer is the one asked for. */
function judge(planned: Planned, status: number, body: Buffer): string {
  if (status !== 200) return `status ${status} ${body.toString("utf8", 0, 200)}`;
  if (planned.kind === "post") {
    return body.includes(postHash) ? "" : "the origin got another body";
  }
  const expected = hashes[`${BODY_BYTES[planned.kind]}:${planned.seed}`];
  return sha256(body) === expected ? "" : `wrong body of ${body.length} bytes`;
}
