/** The only reader of the real world: builds ports from what the platform hands to a worker. */
import { type Region, regionObject } from "../routing/names.ts";
import type { Hash } from "../routing/snapshot.ts";
import type {
  BakedSnapshot,
  Chance,
  Clock,
  ColoCache,
  EdgePorts,
  EdgeTimers,
  FetchPort,
  KeyValue,
  RegionObject,
  SendPort,
} from "./ports.ts";

export const clock: Clock = { nowMs: () => Date.now() };

export const timers: EdgeTimers = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  wait: (ms, signal) => scheduler.wait(ms, signal === undefined ? {} : { signal }),
  deadline: (ms) => AbortSignal.timeout(ms),
};

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function toHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += HEX[byte];
  return hex;
}

export const hash = async (text: string): Promise<Hash> =>
  toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));

/** Ids per call of the generator: a crossing into the runtime for 64 of them instead of one for each. */
const IDS_AT_ONCE = 64;
const ID_BYTES = 16;

function ids(): () => string {
  const bytes = new Uint8Array(ID_BYTES * IDS_AT_ONCE);
  let used = bytes.length;
  return () => {
    if (used === bytes.length) {
      crypto.getRandomValues(bytes);
      used = 0;
    }
    used += ID_BYTES;
    return toHex(bytes.subarray(used - ID_BYTES, used));
  };
}

export const chance: Chance = {
  // In steps of 2⁻³²: no choice here needs finer ones, and in a record of a decision each takes half the room.
  uniform: () => Math.floor(Math.random() * 2 ** 32) / 2 ** 32,
  id: ids(),
};

export const fetchPort: FetchPort = (request) => fetch(request);

export const sendPort: SendPort = (to, outgoing) => fetch(to, outgoing);

export const keyValue = (namespace: KVNamespace): KeyValue => ({
  get: (key) => namespace.get(key),
  put: (key, value) => namespace.put(key, value),
});

/**
 * The Cache API as a shared text store. Its keys must be URLs; this name is reserved (RFC 2606), so that no
 * visitor can ever ask for one of them.
 */
export function coloCache(storage: CacheStorage): ColoCache {
  const open = () => storage.open("tradewind");
  const urlOf = (key: string) => `https://tradewind.invalid/${encodeURIComponent(key)}`;
  return {
    async get(key) {
      const found = await (await open()).match(urlOf(key));
      return found === undefined ? null : found.text();
    },
    async put(key, value, ttlSeconds) {
      const headers = { "cache-control": `max-age=${ttlSeconds}` };
      await (await open()).put(urlOf(key), new Response(value, { headers }));
    },
  };
}

/** Without its length a body would go on in chunks. */
export const channel = (bytes: number | null): ReadableWritablePair =>
  bytes === null ? new IdentityTransformStream() : new FixedLengthStream(bytes);

/** What `wrangler.toml` binds to the edge: no class of its own and no secret. */
export interface EdgeBindings {
  readonly REGION_STATE: DurableObjectNamespace;
  readonly SNAPSHOTS: KVNamespace;
}

export const edgePorts = (bindings: EdgeBindings, baked: BakedSnapshot | null): EdgePorts => ({
  clock,
  timers,
  chance,
  send: sendPort,
  hash,
  objects: { region: (region) => regionStub(bindings.REGION_STATE, region as Region) },
  kv: keyValue(bindings.SNAPSHOTS),
  cache: coloCache(caches),
  channel,
  baked,
});

/** A stub's methods are the object's own; the hint counts only for the first caller ever. */
function regionStub(namespace: DurableObjectNamespace, region: Region): RegionObject {
  const hint = { locationHint: region as DurableObjectLocationHint };
  return namespace.getByName(regionObject(region), hint) as unknown as RegionObject;
}
