/** `fence-at-commit`: nobody who has published a version publishes an older one after it. */
import type { Push } from "../../routing/exchange.ts";
import { regionObject } from "../../routing/names.ts";
import { readManifest, readStored } from "../../routing/snapshot.ts";
import type { Bench } from "./bench.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

export class CheckFence implements Watcher {
  readonly #bench: Bench;
  /** The newest manifest that is in KV for certain. */
  #inKv = 0;
  /** Region's object → the newest version it said it has. */
  readonly #taken = new Map<string, number>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  publishing(stored: string): void {
    const version = versionIn(stored);
    if (version >= this.#inKv) return;
    this.#bench.violated(`KV has version ${this.#inKv} and is sent the older version ${version}`);
  }

  published(stored: string): void {
    this.#inKv = Math.max(this.#inKv, versionIn(stored));
  }

  served({ object, method, args, result }: ServedCall): void {
    if (method !== "push" || !this.#isReal(object)) return;
    const { version } = result as { readonly version: number };
    const before = this.#taken.get(object) ?? 0;
    if (version < before) {
      this.#bench.violated(`${object} had version ${before} and now says ${version}`);
    }
    const sent = (args[0] as Push).version;
    if (version < sent) this.#bench.violated(`${object} was sent version ${sent} and has less`);
    this.#taken.set(object, Math.max(before, version));
  }

  /** A stand-in has no memory. */
  #isReal(object: string): boolean {
    const { regions } = this.#bench.planet();
    return regions.some((region) => regionObject(region) === object);
  }
}

function versionIn(stored: string): number {
  const manifest = readManifest(readStored(stored).text);
  return manifest.ok ? manifest.value.version : 0;
}
