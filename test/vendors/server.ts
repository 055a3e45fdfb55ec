/**
 * A vendor's server on loopback: it takes a request apart, lets `strict.ts` judge it, meets the faults that a
 * test armed, and sends what the vendor's semantics answer. A vendor supplies the operations, its error shapes
 * and what each operation does.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Call, Calls, Faults } from "./faults.ts";
import {
  type Fitting,
  isRefusal,
  type Json,
  type Operation,
  type Received,
  type Refusal,
  Strict,
} from "./strict.ts";

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** `undefined` is no body. */
  readonly body?: Json;
  /** The media type of the body, when it is not the vendor's usual one. */
  readonly media?: string;
}

export interface Vendor {
  readonly operations: readonly Operation[];
  readonly media: string;
  /** Headers of every answer. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Refuses who may not do this; `undefined` lets it through. Asked before the request is validated. */
  readonly authorize?: (
    received: Received,
    operation: Operation,
    permission: string,
  ) => Answer | undefined;
  readonly refuse: (refusal: Refusal, received: Received, operation?: Operation) => Answer;
  readonly throttled: (retryAfterS: number) => Answer;
  readonly failed: (status: number) => Answer;
  readonly handle: (operation: Operation, fitting: Fitting, received: Received) => Answer;
}

export class VendorServer {
  readonly faults = new Faults();
  readonly calls = new Calls();
  readonly #vendor: Vendor;
  readonly #strict: Strict;
  readonly #server: Server;

  constructor(vendor: Vendor) {
    this.#vendor = vendor;
    this.#strict = new Strict(vendor.operations);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
        response
          .writeHead(599, { "content-type": "text/plain" })
          .end(`the test server broke: ${why}`);
      });
    });
  }

  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await receive(request);
    const operation = this.#strict.route(received);
    const call: Call = {
      operation: isRefusal(operation) ? "-" : operation.id,
      permission: isRefusal(operation) ? "-" : this.#strict.permission(operation, received),
      method: received.method,
      path: received.url.pathname + received.url.search,
      status: null,
    };
    this.calls.all.push(call);

    const met = this.faults.meet(call.operation);
    const has = (kind: string) => met.some((fault) => fault.kind === kind);
    for (const fault of met)
      if (fault.kind === "delay") await sleep(fault.ms, undefined, { ref: false });
    if (has("drop")) return void response.destroy();

    let answer: Answer | undefined;
    for (const fault of met) {
      if (fault.kind === "throttle") answer = this.#vendor.throttled(fault.retryAfterS);
      if (fault.kind === "error") answer = this.#vendor.failed(fault.status);
    }
    answer ??= this.#answer(received, operation, call.permission);
    if (has("apply-then-drop")) return void response.destroy();
    this.#send(response, answer, has("cut"), call);
  }

  #answer(received: Received, operation: Operation | Refusal, permission: string): Answer {
    if (isRefusal(operation)) return this.#vendor.refuse(operation, received);
    const forbidden = this.#vendor.authorize?.(received, operation, permission);
    if (forbidden !== undefined) return forbidden;
    const fitting = this.#strict.fit(operation, received);
    if (isRefusal(fitting)) return this.#vendor.refuse(fitting, received, operation);
    const answer = this.#vendor.handle(operation, fitting, received);
    if (answer.status >= 300) return answer;
    const unlike = this.#strict.unlike(operation, answer.body ?? null);
    if (unlike.length > 0)
      throw new Error(
        `${operation.id} answers what the schema does not allow: ${JSON.stringify(unlike)}`,
      );
    return answer;
  }

  #send(response: ServerResponse, answer: Answer, cut: boolean, call: Call): void {
    const text = answer.body === undefined ? "" : JSON.stringify(answer.body);
    const headers = {
      ...this.#vendor.headers?.(),
      ...(text === "" ? {} : { "content-type": answer.media ?? this.#vendor.media }),
      "content-length": String(Buffer.byteLength(text)),
      ...answer.headers,
    };
    response.writeHead(
      answer.status,
      answer.status === 204 ? without(headers, "content-length") : headers,
    );
    if (!cut) {
      call.status = answer.status;
      response.end(text);
      return;
    }
    // Without a content length of more than it sends, a cut answer would look whole.
    response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
  }
}

function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    method: request.method ?? "",
    url: new URL(request.url ?? "/", "http://127.0.0.1"),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        value === undefined ? undefined : String(value),
      ]),
    ),
    body: Buffer.concat(chunks).toString("utf8"),
  };
}
