/**
 * What this isolate holds: the manifest, the parts of the hosts it serves, the sites made of them, and its region's view.
 *
 * Whatever fails its schema or its order of versions is not taken over, and what is held stays, for ever if need be.
 */
import type { RegionView } from "../../routing/exchange.ts";
import { SCHEMA } from "../../routing/limits.ts";
import { ANY_HOST, knownHostKeys } from "../../routing/match/hosts.ts";
import { isPlain, plainSite, type Site } from "../../routing/match/site.ts";
import type { Pool } from "../../routing/model.ts";
import { blockKey, partKeys, type RouteBlock, readBlock } from "../../routing/route-block.ts";
import {
  type Hash,
  type Manifest,
  readManifest,
  readShard,
  type Sealed,
  type Shard,
} from "../../routing/snapshot.ts";
import type { Ms } from "../../routing/units.ts";
import { joined, unspoken } from "../../routing/view-scope.ts";

/** A shard or a block, under its key in the manifest. */
interface Part {
  readonly hash: Hash;
  readonly value: Shard | RouteBlock;
}

interface HeldSite {
  readonly site: Site;
  usedAtMs: Ms;
}

export interface HeldManifest {
  readonly hash: Hash;
  readonly value: Manifest;
}

export interface Wanted {
  readonly key: string;
  readonly hash: Hash;
}

/** What a site is made from. `before`: the one in use. */
export interface Material {
  readonly shard: Shard;
  readonly blocks: readonly RouteBlock[];
  readonly before: Site | null;
}

/** A host without a request for so long costs its memory for nothing. */
const SITE_IDLE_MS = 600_000;

export class Held {
  readonly #account: string;
  readonly #parts = new Map<string, Part>();
  readonly #sites = new Map<string, HeldSite>();
  /** Members are keys that a manifest names, so there are never more than that. */
  readonly #missing = new Set<string>();
  #manifest: HeldManifest | null = null;
  #hasWildcards = false;
  /** What `#view` is made of, the newest first: mostly one. */
  #views: readonly RegionView[] = [];
  #view: RegionView | null = null;

  constructor(account: string) {
    this.#account = account;
  }

  get manifest(): HeldManifest | null {
    return this.#manifest;
  }

  get view(): RegionView | null {
    return this.#view;
  }

  /** The path of almost every request: a look-up. */
  site(hostKey: string, nowMs: Ms): Site | null {
    const held = this.#sites.get(hostKey);
    if (held === undefined) return null;
    held.usedAtMs = nowMs;
    return held.site;
  }

  /** The sites that a request for this host is decided by, in order; `null` when one is not held, or none is known. */
  sites(host: string, nowMs: Ms): readonly Site[] | null {
    const sites: Site[] = [];
    for (const hostKey of this.hostKeys(host)) {
      const site = this.site(hostKey, nowMs);
      if (site === null) return null;
      sites.push(site);
    }
    return sites.length === 0 ? null : sites;
  }

  /** Those that the manifest names, most specific first; empty when nobody serves the host. */
  hostKeys(host: string): readonly string[] {
    if (!this.#hasWildcards) return this.hashOf(host) === undefined ? [] : [host];
    return knownHostKeys(host, (key) => this.hashOf(key) !== undefined);
  }

  hashOf(key: string): Hash | undefined {
    const hosts = this.#manifest?.value.hosts ?? {};
    return Object.hasOwn(hosts, key) ? hosts[key] : undefined;
  }

  /** Of a shard in use; `undefined` when a newer one is held already, and its site is still being made. */
  hashOfShard(shard: Shard): Hash | undefined {
    const part = this.#parts.get(shard.host);
    return part?.value === shard ? part.hash : undefined;
  }

  /**
   * Key → hash of what is held, which may be older than what the manifest names; `""` for one that was asked for and is
   * nowhere to be had, so that the region sends it.
   */
  shardHashes(): Record<string, Hash> {
    const hashes: Record<string, Hash> = {};
    for (const key of this.#missing) hashes[key] = "";
    for (const [key, { hash }] of this.#parts) hashes[key] = hash;
    return hashes;
  }

  /** Parts of a host in use, or asked for by a visitor, could not all be read. */
  miss(hostKey: string): void {
    for (const { key } of this.wanted(hostKey)) this.#missing.add(key);
  }

  /** The parts of a host key that are not the ones the manifest names. */
  wanted(hostKey: string): readonly Wanted[] {
    return this.#keysOf(hostKey).flatMap((key) => {
      const hash = this.hashOf(key);
      return hash === undefined || hash === this.#parts.get(key)?.hash ? [] : [{ key, hash }];
    });
  }

  /** Host keys of which a site is held. */
  inUse(): readonly string[] {
    return [...this.#sites.keys()];
  }

  /** What the next site of a host key is to be made from; `null` when parts are missing or nothing has changed. */
  material(hostKey: string): Material | null {
    // Of two versions half would be a rule without its pools: while parts are missing, what is in use serves on.
    if (this.wanted(hostKey).length > 0) return null;
    const before = this.#sites.get(hostKey)?.site ?? null;
    const shard = this.#parts.get(hostKey)?.value as Shard | undefined;
    if (shard === undefined) return null;
    const keys = Array.from({ length: shard.blocks }, (_, index) => blockKey(hostKey, index));
    const blocks = keys.flatMap((key) => (this.#parts.get(key)?.value as RouteBlock) ?? []);
    // A manifest that names fewer blocks than its own shard has is no version at all.
    if (blocks.length < shard.blocks) return null;
    const isSame =
      before?.shard === shard && blocks.every((block, index) => block === before.blocks[index]);
    return isSame ? null : { shard, blocks, before };
  }

  holdSite(hostKey: string, site: Site, nowMs: Ms): void {
    const usedAtMs = this.#sites.get(hostKey)?.usedAtMs ?? nowMs;
    this.#sites.set(hostKey, { site, usedAtMs });
  }

  /** True when it is now the one in use. Older versions never replace newer ones; an intact text is expected. */
  takeManifest(sealed: Sealed): boolean {
    if (sealed.hash === this.#manifest?.hash) return true;
    const read = readManifest(sealed.text);
    if (!read.ok || read.value.account !== this.#account) return false;
    if (!supersedes(read.value, this.#manifest?.value)) return false;
    this.#manifest = { hash: sealed.hash, value: read.value };
    this.#hasWildcards = Object.keys(read.value.hosts).some((key) => key.startsWith(ANY_HOST));
    for (const key of [...this.#parts.keys(), ...this.#sites.keys()]) {
      if (this.hashOf(key) === undefined) this.#drop(key);
    }
    this.#missing.clear();
    return true;
  }

  /** True when the manifest names it under this key. */
  takePart(key: string, sealed: Sealed, nowMs: Ms): boolean {
    if (this.hashOf(key) !== sealed.hash) return false;
    const value = readPart(key, sealed.text);
    if (value === null) return false;
    this.#hold(key, { hash: sealed.hash, value }, nowMs);
    return true;
  }

  /** The newest that is held; `null` for a host that is served from what was baked in. */
  shardOf(hostKey: string): { readonly hash: Hash; readonly shard: Shard } | null {
    const part = this.#parts.get(hostKey);
    if (part === undefined || !("pools" in part.value)) return null;
    return { hash: part.hash, shard: part.value };
  }

  /** Of the site in use and of the shard that the next one is made of, which may be of another version. */
  poolsOf(hostKey: string): readonly Pool[] {
    const inUse = this.#sites.get(hostKey)?.site.shard.pools ?? [];
    const next = this.shardOf(hostKey)?.shard.pools ?? [];
    return next === inUse ? inUse : [...inUse, ...next];
  }

  /** The region's view, or what others had of it, speaks of every pool that a request for these may go to. */
  isTold(hostKeys: readonly string[]): boolean {
    return hostKeys.every((hostKey) => unspoken(this.#view, this.poolsOf(hostKey)).length === 0);
  }

  /**
   * True when something of it is now in use: it is not older than the one before, or it speaks of pools of hosts held of
   * which no newer one does. What those are told then counts as vouched for by the newest: had the region's word changed, it
   * would have been published, and the next beat speaks of them.
   */
  takeView(view: RegionView): boolean {
    if (view.schema !== SCHEMA && view.schema !== SCHEMA - 1) return false;
    if (![view.health, view.latencyMs, view.ejected ?? {}].every(isRecord)) return false;
    if (!isLoads(view.loads) || !Array.isArray(view.scope ?? [])) return false;
    // Written so that a broken stamp (NaN) is never newer.
    if (!(view.asOfMs >= 0)) return false;
    const before = this.#view;
    const newestFirst = [view, ...this.#views].sort((a, b) => b.asOfMs - a.asOfMs);
    this.#view = null;
    this.#views = newestFirst.filter((each) => {
      const newer: RegionView | null = this.#view;
      this.#view = newer === null ? each : this.#joined(newer, each);
      return this.#view !== newer;
    });
    return this.#view !== before;
  }

  #joined(newer: RegionView, older: RegionView): RegionView {
    if (newer.scope === undefined) return newer;
    const hostKeys = new Set([...this.#parts.keys(), ...this.#sites.keys()]);
    const pools = [...hostKeys].flatMap((hostKey) => this.poolsOf(hostKey));
    return joined(newer, older, pools);
  }

  dropIdle(nowMs: Ms): void {
    for (const [hostKey, { usedAtMs }] of this.#sites) {
      if (nowMs - usedAtMs <= SITE_IDLE_MS) continue;
      for (const key of this.#keysOf(hostKey)) this.#drop(key);
    }
  }

  /** Of its shard and of every block that the manifest names. */
  #keysOf(hostKey: string): readonly string[] {
    return partKeys(hostKey, (key) => this.hashOf(key) !== undefined);
  }

  #hold(key: string, part: Part, nowMs: Ms): void {
    this.#parts.set(key, part);
    this.#missing.delete(key);
    const { value } = part;
    if ("blocks" in value && isPlain(value)) this.holdSite(key, plainSite(value), nowMs);
  }

  #drop(key: string): void {
    this.#parts.delete(key);
    this.#sites.delete(key);
  }
}

/** By its version; within one only by the keys of tickets, which a baked manifest lacks. */
function supersedes(found: Manifest, held: Manifest | undefined): boolean {
  if (found.version !== held?.version) return found.version > (held?.version ?? 0);
  return held.explain_keys === undefined && found.explain_keys !== undefined;
}

/** `null` for a text that is not what its key says. */
export function readPart(key: string, text: string): Shard | RouteBlock | null {
  const result = key.includes("#") ? readBlock(text) : readShard(text);
  return result.ok && result.value.host === key ? result.value : null;
}

const isRecord = (value: unknown): boolean => typeof value === "object" && value !== null;

const isLoads = (loads: RegionView["loads"]): boolean =>
  loads === undefined || (isRecord(loads) && isRecord(loads.endpoints) && isRecord(loads.spills));
