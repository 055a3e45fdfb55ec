/** `never-empty`: nothing that is published leaves a hostname without an endpoint that a request could go to. */
import type { Push } from "../../routing/exchange.ts";
import { readManifest, readShard, readStored } from "../../routing/snapshot.ts";
import type { Bench } from "./bench.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

export class CheckNeverEmpty implements Watcher {
  readonly #bench: Bench;
  readonly #seen = new Set<string>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  publishing(stored: string): void {
    const manifest = readManifest(readStored(stored).text);
    if (!manifest.ok) this.#bench.violated(`a manifest goes to KV that nobody can read`);
    else if (Object.keys(manifest.value.hosts).length === 0) {
      this.#bench.violated(`version ${manifest.value.version} goes to KV without any host`);
    }
  }

  asked({ method, args }: Pick<ServedCall, "method" | "args">): void {
    if (method !== "push") return;
    const push = args[0] as Push;
    // Every region is sent the same.
    if (this.#seen.has(push.manifest.hash)) return;
    this.#seen.add(push.manifest.hash);
    if (Object.keys(push.shards).length === 0) {
      this.#bench.violated(`version ${push.version} is pushed without any host`);
    }
    for (const [host, { text }] of Object.entries(push.shards)) {
      const shard = readShard(text);
      const endpoints = shard.ok ? shard.value.pools.flatMap(({ origins }) => origins) : [];
      if (endpoints.some(({ enabled }) => enabled)) continue;
      this.#bench.violated(`version ${push.version} leaves ${host} without an endpoint`);
    }
  }
}
