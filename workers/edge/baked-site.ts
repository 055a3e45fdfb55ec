/**
 * What a host's site is made from when the newest parts cannot all be had: those that were baked in, which are of one
 * version. Older than the manifest in use, and better than no answer.
 */

import { blockKey, type RouteBlock } from "../../routing/route-block.ts";
import type { Hash, Manifest, Sealed, Shard } from "../../routing/snapshot.ts";
import { readManifest } from "../../routing/snapshot.ts";
import type { BakedSnapshot, EdgePorts } from "../ports.ts";
import { type Material, readPart } from "./held.ts";
import { isWhole } from "./whole.ts";

export class BakedSites {
  readonly #baked: BakedSnapshot | null;
  readonly #hash: EdgePorts["hash"];
  #hosts: Manifest["hosts"] | null = null;

  constructor({ baked, hash }: Pick<EdgePorts, "baked" | "hash">) {
    this.#baked = baked;
    this.#hash = hash;
  }

  has(hostKey: string): boolean {
    return this.#hashOf(hostKey) !== undefined;
  }

  /** `null` unless every part is there and whole. */
  async material(hostKey: string): Promise<Material | null> {
    const shard = (await this.#part(hostKey)) as Shard | null;
    if (shard === null) return null;
    const keys = Array.from({ length: shard.blocks }, (_, index) => blockKey(hostKey, index));
    const parts = await Promise.all(keys.map((key) => this.#part(key)));
    const blocks = parts.flatMap((part) => (part as RouteBlock | null) ?? []);
    return blocks.length < shard.blocks ? null : { shard, blocks, before: null };
  }

  async #part(key: string): Promise<Shard | RouteBlock | null> {
    const sealed: Sealed | undefined = this.#baked?.shards[this.#hashOf(key) ?? ""];
    if (sealed === undefined || !(await isWhole(sealed, this.#hash))) return null;
    return readPart(key, sealed.text);
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
