/** A client that sends what it is told, however wrong, and says what came back. For tests of the servers only. */
import { type IncomingMessage, request } from "node:http";

export interface Ask {
  readonly method: string;
  /** From the root of the server, with the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string;
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/** Rejects when the connection ends before the whole answer is there. */
export function send(url: string, ask: Ask): Promise<Got> {
  const text = ask.raw ?? (ask.body === undefined ? "" : JSON.stringify(ask.body));
  const headers: Record<string, string> = { ...ask.headers };
  if (text !== "") headers["content-length"] = String(Buffer.byteLength(text));
  return new Promise((resolve, reject) => {
    const sent = request(
      url + ask.path,
      { method: ask.method, headers, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const status = answer.statusCode ?? 0;
          resolve({
            status,
            headers: answer.headers,
            text: Buffer.concat(chunks).toString("utf8"),
          });
        });
      },
    );
    sent.on("error", reject);
    sent.end(text);
  });
}

/** A body of JSON, loosely typed: tests say what they expect of it. */
// biome-ignore lint/suspicious/noExplicitAny: an answer's shape is what the tests are about.
export const json = (got: Got): any => JSON.parse(got.text);
