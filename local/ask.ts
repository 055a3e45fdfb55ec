import { type IncomingHttpHeaders, request } from "node:http";

export interface Question {
  readonly method?: string;
  /** May set `host`, which `fetch` silently replaces: the reason for this file. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

/** Long enough for every deadline of the product; a planet that is silent for longer is broken. */
const PATIENCE_MS = 35_000;

/**
 * One HTTP/1.1 request, answered whole.
 *
 * Errors: rejects when the connection fails, the body is cut short, or the time is over.
 */
export function ask(url: string, question: Question = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = "GET", headers = {}, body, timeoutMs = PATIENCE_MS } = question;
    const signal = AbortSignal.timeout(timeoutMs);
    const asked = request(url, { method, headers, signal, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const whole = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: whole,
          text: whole.toString("utf8"),
        });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}
