/**
 * The four calls of external-dns's webhook protocol, their answers read and their failures classified once.
 *
 * "only 5xx responses will be retried and only 20x will be considered as successful"; the ledger is who retries.
 * Source: https://kubernetes-sigs.github.io/external-dns/latest/docs/tutorials/webhook-provider/
 */
import { z } from "zod";
import { ok, type Result, refuse } from "../../../../routing/result.ts";
import { NEXT_STEPS, reasonOf, retryAfterMs, sentenceOf } from "../failure.ts";
import type { Failure, FailureKind, ProviderPorts } from "../provider.ts";
import { type ListedEndpoint, listedEndpoint } from "./endpoint.ts";
import { domainFilter, readFilter, type Serves } from "./filter.ts";

const MEDIA_TYPE = "application/external.dns.webhook+json;version=1";

/** "request and response bodies are capped at 32 MiB (roughly 60,000 records) by default" */
const BODY_BYTES_MAX = 32 * 1_024 * 1_024;

const NEXT: Readonly<Record<FailureKind, string>> = {
  ...NEXT_STEPS,
  unauthorized: "correct bearer_token, or what stands before the webhook",
  "no-zone": "let the webhook's domain filter list the zone",
};

export interface Changes {
  readonly create: readonly ListedEndpoint[];
  readonly updateOld: readonly ListedEndpoint[];
  readonly updateNew: readonly ListedEndpoint[];
  readonly delete: readonly ListedEndpoint[];
}

interface Call {
  readonly method: "GET" | "POST";
  readonly path: "/" | "/records" | "/adjustendpoints";
  readonly body?: unknown;
}

export class WebhookClient {
  readonly #zone: string;
  readonly #base: string;
  readonly #bearer: string | undefined;
  readonly #ports: ProviderPorts;
  calls = 0;

  constructor(zone: string, endpoint: string, bearer: string | undefined, ports: ProviderPorts) {
    this.#zone = zone;
    this.#base = endpoint.replace(/\/+$/, "");
    this.#bearer = bearer;
    this.#ports = ports;
  }

  async negotiate(signal: AbortSignal): Promise<Result<Serves, Failure>> {
    const call: Call = { method: "GET", path: "/" };
    const answer = await this.#send(call, signal);
    if (!answer.ok) return answer;
    const type = answer.value.headers.get("content-type") ?? "none";
    if (type.replaceAll(" ", "") !== MEDIA_TYPE) {
      return this.refuse("rejected", `answers ${type} and not ${MEDIA_TYPE}`, call);
    }
    const filter = await this.#read(call, answer.value, domainFilter.nullable());
    if (!filter.ok) return filter;
    const serves = readFilter(filter.value ?? {});
    return serves.ok ? serves : this.refuse("no-zone", `the domain filter ${serves.error}`, call);
  }

  async records(signal: AbortSignal): Promise<Result<readonly ListedEndpoint[], Failure>> {
    return this.#endpoints({ method: "GET", path: "/records" }, signal);
  }

  async adjust(
    endpoints: readonly ListedEndpoint[],
    signal: AbortSignal,
  ): Promise<Result<readonly ListedEndpoint[], Failure>> {
    return this.#endpoints({ method: "POST", path: "/adjustendpoints", body: endpoints }, signal);
  }

  async apply(changes: Changes, signal: AbortSignal): Promise<Result<null, Failure>> {
    const call: Call = { method: "POST", path: "/records", body: changes };
    const answer = await this.#send(call, signal);
    if (!answer.ok) return answer;
    await answer.value.body?.cancel();
    return ok(null);
  }

  refuse(
    kind: FailureKind,
    reason: string,
    { method, path }: Pick<Call, "method" | "path">,
  ): { readonly ok: false; readonly error: Failure } {
    const secrets = this.#bearer === undefined ? [] : [this.#bearer];
    const what = `external_dns_webhook, zone ${this.#zone}, ${method} ${path}`;
    return refuse({ kind, detail: `${what}: ${sentenceOf(reason, secrets)} (${NEXT[kind]})` });
  }

  async #endpoints(
    call: Call,
    signal: AbortSignal,
  ): Promise<Result<readonly ListedEndpoint[], Failure>> {
    const answer = await this.#send(call, signal);
    if (!answer.ok) return answer;
    // Go writes `null` for a list without entries.
    const read = await this.#read(call, answer.value, z.array(listedEndpoint).nullable());
    return read.ok ? ok(read.value ?? []) : read;
  }

  async #send(call: Call, signal: AbortSignal): Promise<Result<Response, Failure>> {
    const body =
      call.body === undefined ? null : new TextEncoder().encode(JSON.stringify(call.body));
    if (body !== null && body.length > BODY_BYTES_MAX) {
      return this.refuse(
        "rejected",
        `the body would have ${body.length} bytes, ${BODY_BYTES_MAX} is the most`,
        call,
      );
    }
    const headers: Record<string, string> = { accept: MEDIA_TYPE };
    if (body !== null) headers["content-type"] = MEDIA_TYPE;
    if (this.#bearer !== undefined) headers["authorization"] = `Bearer ${this.#bearer}`;
    const init = { method: call.method, headers, body, signal, redirect: "manual" as const };
    this.calls += 1;
    let answer: Response;
    try {
      answer = await this.#ports.fetch(new Request(this.#base + call.path, init));
    } catch (thrown) {
      return this.refuse(lost(call), reasonOf(thrown), call);
    }
    return answer.ok ? ok(answer) : this.#failed(call, answer);
  }

  async #failed(call: Call, answer: Response): Promise<Result<never, Failure>> {
    const said = await this.#text(answer).catch(() => null);
    const refused = this.refuse(
      kindOf(answer.status, call),
      `HTTP ${answer.status}: ${said}`,
      call,
    );
    const retry = retryAfterMs(answer.headers.get("retry-after"), this.#ports.clock.nowMs());
    return retry === undefined ? refused : refuse({ ...refused.error, retryAfterMs: retry });
  }

  async #read<T>(call: Call, answer: Response, schema: z.ZodType<T>): Promise<Result<T, Failure>> {
    try {
      const text = await this.#text(answer);
      if (text === null)
        return this.refuse("unreachable", `the answer has more than ${BODY_BYTES_MAX} bytes`, call);
      return ok(schema.parse(JSON.parse(text)));
    } catch (thrown) {
      return this.refuse(
        "unreachable",
        `the answer is cut or not understood: ${reasonOf(thrown)}`,
        call,
      );
    }
  }

  /** `null`: larger than the protocol has it; the rest is not read. Rejects when the connection ends before the body. */
  async #text(answer: Response): Promise<string | null> {
    const decoder = new TextDecoder();
    let text = "";
    let bytes = 0;
    for await (const chunk of answer.body ?? []) {
      bytes += chunk.length;
      if (bytes > BODY_BYTES_MAX) return null;
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  }
}

const isWrite = ({ method, path }: Call): boolean => method === "POST" && path === "/records";

/** A server that writes its vendor's records one by one may have written some of them. */
const lost = (call: Call): FailureKind => (isWrite(call) ? "unknown" : "unreachable");

function kindOf(status: number, call: Call): FailureKind {
  if (status >= 500) return lost(call);
  // It was not as the batch says. The protocol has no code for that; those who tell it use these.
  if (isWrite(call) && (status === 409 || status === 412)) return "fenced";
  if (status === 401 || status === 403) return "unauthorized";
  return status === 429 ? "throttled" : "rejected";
}
