/** What an edge can reach besides endpoints: a region, KV and a colo cache, each of which can be made to fail. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Beat, RegionView, Report } from "../../../../routing/exchange.ts";
import { SCHEMA } from "../../../../routing/limits.ts";
import { manifestKey, shardKey } from "../../../../routing/names.ts";
import { toStored } from "../../../../routing/snapshot.ts";
import type { Compiled } from "./table.ts";

export type Mode = "works" | "fails" | "hangs";
type Part = "exchange" | "kv" | "cache";

export class World {
  readonly modes: Record<Part, Mode> = { exchange: "works", kv: "works", cache: "works" };
  readonly kv = new Map<string, string>();
  readonly cache = new Map<string, string>();
  readonly reports: Report[] = [];
  /** Exchanges that were refused because the part fails. */
  refused = 0;
  /** What the region sends down; `null` = it has no snapshot. */
  pushed: Compiled | null = null;
  view: Partial<RegionView> = {};
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });

  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** As ConfigStore does it: shards first, then the manifest that names them. */
  writeKv({ manifest, shards }: Compiled): void {
    for (const shard of Object.values(shards)) this.kv.set(shardKey(shard.hash), toStored(shard));
    this.kv.set(manifestKey("default"), toStored(manifest));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://world");
    const part = url.pathname.slice(1) as Part;
    if (this.modes[part] === "hangs") return;
    const body = await textOf(request);
    if (this.modes[part] === "fails") {
      if (part === "exchange") this.refused += 1;
      response.writeHead(500).end();
    } else if (part === "exchange") {
      response.end(JSON.stringify(this.#beat(JSON.parse(body) as Report)));
    } else {
      this.#store(this[part], url.searchParams.get("key") ?? "", request.method, body, response);
    }
  }

  #store(
    entries: Map<string, string>,
    key: string,
    method: string | undefined,
    body: string,
    response: ServerResponse,
  ): void {
    if (method === "PUT") entries.set(key, body);
    const found = entries.get(key);
    response.writeHead(found === undefined ? 404 : 200).end(found);
  }

  #beat(report: Report): Beat {
    this.reports.push(report);
    const { manifest, shards } = this.pushed ?? { manifest: null, shards: {} };
    const changed = Object.entries(shards).filter(
      ([host, shard]) => host in report.shards && report.shards[host] !== shard.hash,
    );
    return {
      schema: SCHEMA,
      beatMs: 1_000,
      manifestHash: manifest?.hash ?? null,
      ...(manifest !== null && manifest.hash !== report.manifest ? { manifest } : {}),
      shards: Object.fromEntries(changed),
      view: {
        schema: SCHEMA,
        region: "enam",
        asOfMs: Date.now(),
        health: {},
        latencyMs: {},
        ...this.view,
      },
    };
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
