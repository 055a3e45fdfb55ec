/**
 * JSON over HTTP for a provider: every call is counted, an answer that does not come is classified, and no text that leaves here carries a
 * credential.
 */
import { ok, type Result, refuse } from "../../../../routing/result.ts";
import type { Ms } from "../../../../routing/units.ts";
import { NEXT_STEPS, reasonOf, retryAfterMs, sentenceOf } from "../failure.ts";
import type { Failure, FailureKind, ProviderPorts } from "../provider.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON, the text where it is not. */
  readonly body: unknown;
}

export interface Outgoing {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Shorter secrets are not looked for: they would blot out innocent words, and no vendor issues such. */
const SECRET_CHARACTERS_MIN = 6;

export class Http {
  readonly #subject: string;
  readonly #ports: Pick<ProviderPorts, "fetch" | "clock">;
  readonly #secrets = new Set<string>();
  #calls = 0;

  /** `subject` begins every failure: the provider and the zone. */
  constructor(
    subject: string,
    ports: Pick<ProviderPorts, "fetch" | "clock">,
    secrets: readonly string[],
  ) {
    this.#subject = subject;
    this.#ports = ports;
    for (const secret of secrets) this.hide(secret);
  }

  get calls(): number {
    return this.#calls;
  }

  /** From now on it is blotted out of every failure, also as a form or a URL spells it, and each line of a key by itself. */
  hide(secret: string): void {
    for (const part of [secret, ...secret.split(/\s+/)]) {
      if (part.length < SECRET_CHARACTERS_MIN) continue;
      const inForm = new URLSearchParams({ "": part }).toString().slice(1);
      this.#secrets.add(part).add(encodeURIComponent(part)).add(inForm);
    }
  }

  /** What matters comes first in `text`: a long end is cut off. */
  failure(kind: FailureKind, text: string, retryAfterMs?: Ms) {
    return refuse<Failure>({
      kind,
      detail: sentenceOf(`${this.#subject}: ${text}`, [...this.#secrets]),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }

  /** Refusal: no answer came, or only a part of one; it is then `lost`, unless it was called off before anything was sent. */
  async send(
    { method, url, headers, body }: Outgoing,
    lost: "unreachable" | "unknown",
    signal: AbortSignal,
  ): Promise<Result<Reply, Failure>> {
    if (signal.aborted) {
      return this.failure(
        "unreachable",
        `${NEXT_STEPS.unreachable}. Time was up before the call was sent.`,
      );
    }
    this.#calls += 1;
    try {
      // A redirect is an answer like any other: followed, it would take the token along.
      const request = new Request(url, {
        method,
        headers: { accept: "application/json", ...headers },
        redirect: "manual",
        signal,
        ...(body === undefined ? {} : { body }),
      });
      const response = await this.#ports.fetch(request);
      const text = await response.text();
      return ok({ status: response.status, headers: response.headers, body: parsed(text) });
    } catch (error) {
      const why = `No answer from ${new URL(url).host}: ${reasonOf(error)}`;
      return this.failure(lost, `${NEXT_STEPS[lost]}. ${why}`);
    }
  }

  /** How long the answer asks to be left alone. */
  retryAfterMs({ headers }: Reply): Ms | undefined {
    return retryAfterMs(headers.get("retry-after"), this.#ports.clock.nowMs());
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
