/** Starts the edge in workerd on a port that the system chose; each start is a new, cold isolate. */
import { Agent, type IncomingHttpHeaders, request as send } from "node:http";
import { Miniflare } from "miniflare";
import { bundle } from "../../../../local/build.ts";
import type { BakedSnapshot } from "../../../../workers/ports.ts";
import type { World } from "./world.ts";

let script: Promise<string> | undefined;

export interface TestAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface Ask {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: Buffer | string;
}

/** One request, its answer whole and not decoded. Errors: rejects when the connection breaks. */
export function ask(
  port: number,
  host: string,
  { path = "/", method = "GET", headers = {}, body }: Ask = {},
  agent = new Agent(),
): Promise<TestAnswer> {
  // Node frames a body by itself only for methods that usually have one.
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const request = send(
      { host: "127.0.0.1", port, path, method, agent, headers: { host, ...length, ...headers } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const whole = Buffer.concat(chunks);
          const { statusCode = 0, headers: answered } = answer;
          resolve({ status: statusCode, headers: answered, body: whole, text: String(whole) });
        });
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

export class TestEdge {
  readonly #planet: Miniflare;
  readonly #agent = new Agent({ keepAlive: true });
  readonly port: number;

  private constructor(planet: Miniflare, port: number) {
    this.#planet = planet;
    this.port = port;
  }

  static async start(world: World, baked: BakedSnapshot | null = null): Promise<TestEdge> {
    script ??= bundle("test/workers/edge/harness/worker.ts");
    const planet = new Miniflare({
      cf: false,
      workers: [
        {
          config: {
            name: "edge",
            compatibilityDate: "2026-11-01",
            compatibilityFlags: ["enable_request_signal"],
            manifest: {
              mainModule: "edge.js",
              modules: { "edge.js": { type: "esm", contents: await script } },
            },
            env: {
              WORLD: { type: "text", value: world.url },
              BAKED: { type: "text", value: JSON.stringify(baked) },
            },
          },
          dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] },
        },
      ],
    });
    await planet.ready;
    const url = await planet.unsafeGetDirectURL("edge");
    return new TestEdge(planet, Number(url.port));
  }

  ask(host: string, asked: Ask = {}): Promise<TestAnswer> {
    return ask(this.port, host, asked, this.#agent);
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await this.#planet.dispose();
  }
}
