/**
 * What a host's site is made from when the newest parts cannot all be had: those that were baked in, which are of one
 * version. Older than the manifest in use, and better than no answer.
 */

import { blockKey, type RouteBlock } from "../../routing/route-block.ts";
import type { Hash, Manifest, Sealed, Shard } from "../../routing/snapshot.ts";
import { isIntact, readManifest } from "../../routing/snapshot.ts";
import type { BakedSnapshot } from "../ports.ts";
import { type Material, readPart } from "./held.ts";

export class BakedSites {
  readonly #baked: BakedSnapshot | null;
  #hosts: Manifest["hosts"] | null = null;

  constructor(baked: BakedSnapshot | null) {
    this.#baked = baked;
  }

  has(hostKey: string): boolean {
    return this.#hashOf(hostKey) !== undefined;
  }

  /** `null` unless every part is there and whole. */
  material(hostKey: string): Material | null {
    const shard = this.#part(hostKey) as Shard | null;
    if (shard === null) return null;
    const keys = Array.from({ length: shard.blocks }, (_, index) => blockKey(hostKey, index));
    const blocks = keys.flatMap((key) => (this.#part(key) as RouteBlock | null) ?? []);
    return blocks.length < shard.blocks ? null : { shard, blocks, before: null };
  }

  #part(key: string): Shard | RouteBlock | null {
    const sealed: Sealed | undefined = this.#baked?.shards[this.#hashOf(key) ?? ""];
    return sealed !== undefined && isIntact(sealed) ? readPart(key, sealed.text) : null;
  }

  /** The manifest is read when it is first asked for: most isolates never need it. */
  #hashOf(key: string): Hash | undefined {
    if (this.#hosts === null) {
      const manifest = this.#baked === null ? null : readManifest(this.#baked.manifest.text);
      this.#hosts = manifest?.ok ? manifest.value.hosts : {};
    }
    return Object.hasOwn(this.#hosts, key) ? this.#hosts[key] : undefined;
  }
}
