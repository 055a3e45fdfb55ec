/**
 * A strict provider of the external-dns webhook protocol on loopback:
 * https://kubernetes-sigs.github.io/external-dns/latest/docs/tutorials/webhook-provider
 * The protocol has no credentials: a provider listens "only on localhost".
 */
import type { Calls, Faults } from "../faults.ts";
import { History, Listings } from "../history.ts";
import { type Answer, type Vendor, VendorServer } from "../server.ts";
import type { Fitting, JsonObject, Operation, Received, Refusal } from "../strict.ts";
import {
  apply,
  type Endpoint,
  isWrong,
  keyOf,
  type Records,
  readEndpoint,
  shown,
} from "./endpoints.ts";
import { MEDIA, OPERATIONS } from "./operations.ts";

export interface ExternalDnsOptions {
  /** The domains it serves. */
  readonly domains: readonly string[];
  /** Which form the domain filter has: of the Go type (`include`), or of the OpenAPI file (`filters`). */
  readonly filter?: "include" | "filters";
  /** What the provider makes of a desired endpoint; nothing when not said. */
  readonly adjust?: (endpoint: Endpoint) => Endpoint;
}

/** "request and response bodies are capped at 32 MiB … by default". */
const MAX_BODY = 32 * 2 ** 20;

/** "Always write a complete response body, even for errors … plain-text message is fine." */
const fault = (status: number, message: string): Answer => ({ status, body: { message } });

export class ExternalDnsServer implements Vendor {
  readonly operations = OPERATIONS;
  readonly media = MEDIA;
  readonly #server: VendorServer;
  readonly #options: ExternalDnsOptions;
  readonly #history = new History<Records>(new Map());
  readonly #listings: Listings<Records>;

  constructor(options: ExternalDnsOptions) {
    this.#options = options;
    this.#server = new VendorServer(this);
    this.#listings = new Listings(this.#history, this.faults);
  }

  async start(): Promise<this> {
    await this.#server.start();
    return this;
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  get url(): string {
    return this.#server.url;
  }

  get faults(): Faults {
    return this.#server.faults;
  }

  get calls(): Calls {
    return this.#server.calls;
  }

  get endpoints(): readonly Endpoint[] {
    return [...this.#history.now.values()];
  }

  /** Somebody else sets an endpoint, over the one that was there. */
  foreignSet(body: JsonObject): void {
    const endpoint = readEndpoint(body);
    this.#history.write(new Map(this.#history.now).set(keyOf(endpoint), endpoint));
  }

  foreignDelete(body: JsonObject): void {
    const records = new Map(this.#history.now);
    if (!records.delete(keyOf(readEndpoint(body)))) throw new Error("no such endpoint");
    this.#history.write(records);
  }

  /** "by reading the Accept header and responding with a corresponding Content-Type header". */
  authorize(received: Received, operation: Operation): Answer | undefined {
    if (Buffer.byteLength(received.body) > MAX_BODY)
      return fault(413, `a body has at most ${MAX_BODY} bytes`);
    if (operation.id === "setRecords") return undefined;
    const accepted = (received.headers["accept"] ?? "").replaceAll(" ", "").split(",");
    return accepted.includes(MEDIA) ? undefined : fault(406, `only ${MEDIA} is to be had`);
  }

  refuse(refusal: Refusal, received: Received): Answer {
    switch (refusal.kind) {
      case "no-route":
        return fault(404, `no ${received.url.pathname}`);
      case "wrong-method":
        // The reference implementation says so: "Unsupported method", 400.
        return fault(400, `unsupported method ${received.method}`);
      case "media-type":
        return fault(415, `only ${MEDIA} is taken`);
      case "not-json":
        return fault(400, `failed to decode: ${refusal.why}`);
      default:
        return fault(400, refusal.problems.map((p) => `${p.at} ${p.why}`.trim()).join("; "));
    }
  }

  /** "Transient error (rate limit, upstream timeout, etc.): 5xx". */
  throttled(): Answer {
    return fault(503, "the provider's API is throttled");
  }

  failed(status: number): Answer {
    return fault(status, "the provider failed");
  }

  handle(operation: Operation, { body }: Fitting): Answer {
    const { domains, filter, adjust } = this.#options;
    switch (operation.id) {
      case "negotiate":
        return { status: 200, body: { [filter ?? "include"]: domains } };
      case "getRecords": {
        const read = (records: Records) => [...records.values()].map(shown);
        const page = this.#listings.page("getRecords", read, 1, Number.MAX_SAFE_INTEGER);
        return { status: 200, body: page.items };
      }
      case "adjustRecords": {
        const desired = (body as readonly JsonObject[]).map(readEndpoint);
        return { status: 200, body: desired.map((e) => shown(adjust?.(e) ?? e)) };
      }
      default: {
        const next = apply(this.#history.now, body as JsonObject, domains);
        if (isWrong(next)) return fault(next.status, next.message);
        this.#history.write(next);
        return { status: 204 };
      }
    }
  }
}
