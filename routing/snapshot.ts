/**
 * What an edge is given: a manifest that names by their content hash a shard per host key and the blocks of its routes.
 *
 * A shard and its blocks hold everything a request for the host needs and nothing else, so that an isolate pays only for
 * the hosts it serves, and a change of one host moves one shard or block. All travel as text together with their hash,
 * because a hash is only worth something over the exact bytes.
 */
import { EXPLAIN_KEYS_MAX, isPublicKey } from "./explain/ticket.ts";
import { hashOf } from "./hash.ts";
import { LOAD_BALANCERS_MAX, MANIFEST_KEYS_MAX, ROUTES_MAX, SCHEMA } from "./limits.ts";
import type { Programs } from "./match/pattern.ts";
import type { LoadBalancer, Pool } from "./model.ts";
import type { Residency } from "./residency/places.ts";
import { ok, type Result, refuse } from "./result.ts";
import { isAffinity, isBalancerRules, isOptional, isPrograms } from "./route-shape.ts";
import type { TableVersion } from "./units.ts";

/** Hash: SHA-256 in 64 lower-case hex characters. */
export type Hash = string;

export interface Sealed {
  readonly hash: Hash;
  readonly text: string;
}

/** Cost: one pass over the text; about 10 ms per MB. */
export const seal = (value: Manifest | Shard): Sealed => sealText(JSON.stringify(value));

/** The same for a text that is there already. */
export const sealText = (text: string): Sealed => ({ hash: hashOf(text), text });

/** True when the text is the one the hash was taken of. */
export const isIntact = (sealed: Sealed): boolean => hashOf(sealed.text) === sealed.hash;

/** How KV and the colo cache keep a manifest or a shard: the hash, a line feed, the text. */
export const toStored = (sealed: Sealed): string => `${sealed.hash}\n${sealed.text}`;

/** The inverse of `toStored`, total; whether the text is the one that the hash was taken of is still to be seen. */
export function readStored(stored: string): Sealed {
  const end = stored.indexOf("\n");
  return { hash: stored.slice(0, Math.max(end, 0)), text: stored.slice(end + 1) };
}

export interface Manifest {
  readonly schema: number;
  readonly account: string;
  readonly version: TableVersion;
  /**
   * Host key → hash of its shard, and `hostkey#0`, `hostkey#1` … → hashes of its blocks: no hostname has a `#`. A host
   * key is there when it has an enabled load balancer or a route names it; `*` is that of routes without hostnames, and
   * alone makes no host known.
   */
  readonly hosts: Readonly<Record<string, Hash>>;
  /** Public keys of tickets for explanations, the newest first; absent = no ticket is good. */
  readonly explain_keys?: readonly string[];
}

export interface Shard {
  readonly schema: number;
  readonly account: string;
  /** The host key. */
  readonly host: string;
  /** What takes the requests that no route takes. `null`: nothing does, because there is none or it is disabled. */
  readonly load_balancer: LoadBalancer | null;
  /** Those that the host's routes name and that are enabled. */
  readonly load_balancers: readonly LoadBalancer[];
  /** Every pool that any of these, or a route itself, may use, enabled or not. */
  readonly pools: readonly Pool[];
  /** How many blocks the host's routes are in; 0 = it has none. */
  readonly blocks: number;
  /** Of the patterns in the rules of all these. Absent: they have none, or the writer is older than programs. */
  readonly patterns?: Programs;
}

/** What steering decides from: one load balancer and its pools. A shard is that when its host has a load balancer. */
export interface Balanced {
  readonly load_balancer: LoadBalancer;
  readonly pools: readonly Pool[];
  readonly patterns?: Programs;
  /** That of the request's hostname, where a route has led elsewhere; beside the load balancer's and the pools' own. */
  readonly residency?: Residency;
}

export const isBalanced = (shard: Shard): shard is Shard & Balanced => shard.load_balancer !== null;

export type SnapshotRefusal =
  | { readonly reason: "not-json" }
  | { readonly reason: "schema"; readonly found: unknown; readonly readable: readonly number[] }
  | { readonly reason: "shape"; readonly field: string };

const READABLE: readonly number[] = [SCHEMA, SCHEMA - 1];

/** Reads a manifest whose hash was already checked. */
export function readManifest(text: string): Result<Manifest, SnapshotRefusal> {
  const parsed = readObject(text);
  if (!parsed.ok) return parsed;
  const { account, version, hosts, explain_keys } = parsed.value;
  if (typeof account !== "string") return refuse({ reason: "shape", field: "account" });
  if (!Number.isSafeInteger(version)) return refuse({ reason: "shape", field: "version" });
  if (typeof hosts !== "object" || hosts === null)
    return refuse({ reason: "shape", field: "hosts" });
  if (Object.keys(hosts).length > MANIFEST_KEYS_MAX) {
    return refuse({ reason: "shape", field: "hosts" });
  }
  if (explain_keys !== undefined && !areExplainKeys(explain_keys)) {
    return refuse({ reason: "shape", field: "explain_keys" });
  }
  return ok(parsed.value as unknown as Manifest);
}

const areExplainKeys = (keys: unknown): boolean =>
  Array.isArray(keys) && keys.length <= EXPLAIN_KEYS_MAX && keys.every(isPublicKey);

/** Reads a shard whose hash was already checked. */
export function readShard(text: string): Result<Shard, SnapshotRefusal> {
  const parsed = readObject(text);
  if (!parsed.ok) return parsed;
  const { host, load_balancer, load_balancers, pools, blocks, patterns } = parsed.value;
  if (typeof host !== "string") return refuse({ reason: "shape", field: "host" });
  if (load_balancer !== null && !isRuled(load_balancer)) {
    return refuse({ reason: "shape", field: "load_balancer" });
  }
  const areFew = Array.isArray(load_balancers) && load_balancers.length <= LOAD_BALANCERS_MAX;
  if (!areFew || !load_balancers.every(isRuled)) {
    return refuse({ reason: "shape", field: "load_balancers" });
  }
  // Routes may only redirect, but a load balancer has pools.
  if (!Array.isArray(pools) || (load_balancer !== null && pools.length === 0)) {
    return refuse({ reason: "shape", field: "pools" });
  }
  if (!isWithin(blocks, ROUTES_MAX)) return refuse({ reason: "shape", field: "blocks" });
  if (!isOptional(patterns, isPrograms)) return refuse({ reason: "shape", field: "patterns" });
  return ok(parsed.value as unknown as Shard);
}

/** Its rules and its affinity are read before steering, which fails open, sees the load balancer. */
const isRuled = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  isBalancerRules((value as { rules?: unknown }).rules) &&
  isAffinity(value as Readonly<Record<string, unknown>>);

const isWithin = (count: unknown, max: number): boolean =>
  Number.isSafeInteger(count) && Number(count) >= 0 && Number(count) <= max;

/** Any object of a schema that this release reads. */
export function readObject(text: string): Result<Record<string, unknown>, SnapshotRefusal> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The text of the parser's error adds nothing: the source is named by whoever asked.
    return refuse({ reason: "not-json" });
  }
  if (typeof value !== "object" || value === null) return refuse({ reason: "not-json" });
  const { schema } = value as { schema?: unknown };
  if (typeof schema !== "number" || !READABLE.includes(schema)) {
    return refuse({ reason: "schema", found: schema, readable: READABLE });
  }
  return ok(value as Record<string, unknown>);
}
