/**
 * The network of the local planet: the port where visitors arrive, the colos, and the distances.
 *
 * Each colo's edge is a worker of its own, loaded under a name that counts up when the colo is recycled, so
 * that a recycle is truly a new V8 isolate. Whatever an edge isolate can reach, it reaches through the
 * entrypoints of this file (docs/adr/0002).
 */
import { WorkerEntrypoint } from "cloudflare:workers";
import type { Report } from "../../routing/exchange.ts";
import { configObject, DEFAULT_ACCOUNT, type Region, regionObject } from "../../routing/names.ts";
import type { ConfigObject } from "../../workers/config-object.ts";
import type { RegionObject } from "../../workers/ports.ts";
import { COLO_NAMES, HOME_COLO } from "../colos.ts";
import type { ActiveFault, Command } from "../faults.ts";
import type { RttData, RttRow } from "../rtt/places.ts";
import { Board } from "./board.ts";
import { CLIENT_HEADER, COLO_HEADER, parseVisitor } from "./client.ts";
import { DistanceTable } from "./distances.ts";
import { held, type Store, storeThrough, TextCache } from "./stores.ts";
import type { RoundTrips } from "./way.ts";

export interface HostEnv {
  readonly LOADER: WorkerLoader;
  /**
   * How edges reach endpoints: the runtime's own network. What they would inherit is a worker of miniflare's, through
   * which each try would pass: a second isolate's work, and its collections stall everybody (docs/adr/0002).
   */
  readonly INTERNET: Fetcher;
  /** The bundle of local/workers/edge.ts. */
  readonly EDGE_SOURCE: string;
  readonly REGION_STATE: Namespace<RegionObject>;
  readonly CONFIG_STORE: Namespace<ConfigObject>;
  readonly SNAPSHOTS: KVNamespace;
  /** `RttData` as JSON. */
  readonly RTT_DATA: string;
  readonly RTT_ON: boolean;
}

/** What this file needs of a namespace of objects: stubs whose methods are the object's. */
interface Namespace<T> {
  getByName(name: string): T;
}

/** `Loaded` of an edge's bundle: answers as soon as the isolate is there. */
interface LoadedEntrypoint {
  ready(): Promise<boolean>;
}

interface ColoProps {
  readonly colo: string;
}

interface HostExports {
  Regions(options: object): unknown;
  Keys(options: object): unknown;
  Cache(options: { props: ColoProps }): unknown;
  Distances(options: { props: ColoProps }): unknown;
}

const board = new Board();
/**
 * All colos are recycled one after the other: here they share one thread, on which an isolate takes about 50 ms to load
 * and to answer first, and thirteen at once would be a stall that no colo in the world has.
 */
const RECYCLE_PAUSE_MS = 300;

const generations = new Map<string, number>();
const caches = new Map<string, TextCache>();
let distances: DistanceTable | null = null;

const distancesOf = (env: HostEnv): DistanceTable => {
  distances ??= new DistanceTable(JSON.parse(env.RTT_DATA) as RttData, env.RTT_ON);
  return distances;
};

const cacheOf = (colo: string): TextCache => {
  const cache = caches.get(colo) ?? new TextCache();
  caches.set(colo, cache);
  return cache;
};

/** What every deployed script is built for; local isolates run under the same. */
const COMPATIBILITY = {
  compatibilityDate: "2026-11-01",
  compatibilityFlags: ["enable_request_signal"],
};

export default {
  async fetch(request: Request, env: HostEnv, ctx: ExecutionContext): Promise<Response> {
    // No worker can be handed such a request; Cloudflare's own front door refuses it as well.
    if (!URL.canParse(request.url) || /\s/.test(request.headers.get("host") ?? ""))
      return refusal("The Host header is not a host name.");
    const isOut = await held(board, "edge").then(
      () => false,
      () => true,
    );
    if (isOut) return new Response("Fault injected: edge, error\n", { status: 503 });
    const visitor = parseVisitor(request.headers);
    if (!visitor.ok) return refusal(visitor.error);
    const { colo, ip, scheme, cf } = visitor.value;
    const headers = new Headers(request.headers);
    headers.delete(COLO_HEADER);
    headers.delete(CLIENT_HEADER);
    headers.set("cf-connecting-ip", ip);
    const arrived = scheme === "http" ? request : securely(request);
    const edge = isolateOf(colo, generationOf(colo), env, ctx).getEntrypoint();
    return edge.fetch(arrived, { headers, cf, signal: request.signal });
  },
};

const securely = (request: Request) =>
  new Request(request.url.replace(/^http:/, "https:"), request);

const generationOf = (colo: string): number => generations.get(colo) ?? 0;

/** The isolate of a colo's edge; it is started when something is first asked of it. */
const isolateOf = (colo: string, generation: number, env: HostEnv, ctx: ExecutionContext) =>
  env.LOADER.get(`${colo}:${generation}`, () => edgeCode(colo, env, ctx));

function edgeCode(colo: string, env: HostEnv, ctx: ExecutionContext) {
  const exports = ctx.exports as unknown as HostExports;
  return {
    ...COMPATIBILITY,
    mainModule: "edge.js",
    modules: { "edge.js": env.EDGE_SOURCE },
    globalOutbound: env.INTERNET,
    env: {
      REGIONS: exports.Regions({}),
      KEYS: exports.Keys({}),
      CACHE: exports.Cache({ props: { colo } }),
      ...(env.RTT_ON ? { DISTANCES: exports.Distances({ props: { colo } }) } : {}),
    },
  };
}

function refusal(detail: string): Response {
  const body = { type: "about:blank", title: "Bad Request", status: 400, detail };
  return new Response(`${JSON.stringify(body)}\n`, {
    status: 400,
    headers: { "content-type": "application/problem+json" },
  });
}

/** The regions' objects, for edge isolates. */
export class Regions extends WorkerEntrypoint<HostEnv> {
  exchange(region: Region, report: Report) {
    return this.env.REGION_STATE.getByName(regionObject(region)).exchange(report);
  }
}

/** KV, for edge isolates. */
export class Keys extends WorkerEntrypoint<HostEnv> {
  get(key: string): Promise<string | null> {
    return this.#store().get(key);
  }
  put(key: string, value: string): Promise<void> {
    return this.#store().put(key, value);
  }
  #store(): Store {
    return storeThrough(board, "kv", this.env.SNAPSHOTS);
  }
}

/** What the isolates of one colo share. */
export class Cache extends WorkerEntrypoint<HostEnv, ColoProps> {
  get(key: string): Promise<string | null> {
    return this.#store().get(key);
  }
  put(key: string, value: string, ttlSeconds: number): Promise<void> {
    return this.#store(ttlSeconds).put(key, value);
  }
  #store(ttlSeconds = 0): Store {
    const cache = cacheOf(this.ctx.props.colo);
    const put = async (key: string, value: string) => cache.put(key, value, ttlSeconds);
    return storeThrough(board, "colo-cache", { get: async (key) => cache.get(key), put });
  }
}

/** How far the endpoints are from a colo, for its edge isolates (way.ts). */
export class Distances extends WorkerEntrypoint<HostEnv, ColoProps> {
  roundTrips(): RoundTrips {
    return distancesOf(this.env).from(this.ctx.props.colo);
  }
}

/** `Control` as the other scripts call it. */
export interface NetworkControl {
  apply(command: Command, nowMs: number): Promise<void>;
  faults(): Promise<readonly ActiveFault[]>;
  readConfig(): Promise<void>;
  rtt(): Promise<readonly RttRow[]>;
  probeDelayMs(region: Region, url: string): Promise<number>;
}

/** What the other scripts ask of the network. */
export class Control extends WorkerEntrypoint<HostEnv> {
  async apply(command: Command, nowMs: number): Promise<void> {
    board.apply(command, nowMs);
    if (command.do !== "inject" || command.fault.mode !== "recycle") return;
    const [, name = "all"] = command.fault.target.split(" ");
    for (const colo of name === "all" ? COLO_NAMES : [name]) {
      await this.#recycle(colo);
      if (name === "all") await scheduler.wait(RECYCLE_PAUSE_MS);
    }
  }
  /**
   * The new isolate is loaded before it gets its first request, as the platform does while a visitor's TLS handshake is
   * under way; then it knows nothing, and the colo cache is empty.
   */
  async #recycle(colo: string): Promise<void> {
    const next = generationOf(colo) + 1;
    const isolate = isolateOf(colo, next, this.env, this.ctx);
    await (isolate.getEntrypoint("Loaded") as unknown as LoadedEntrypoint).ready();
    generations.set(colo, next);
    caches.delete(colo);
  }
  faults(): readonly ActiveFault[] {
    return board.list();
  }
  /** Called after each accepted change: addresses have moved. */
  async readConfig(): Promise<void> {
    const store = this.env.CONFIG_STORE.getByName(configObject(DEFAULT_ACCOUNT));
    const current = await store.current();
    distancesOf(this.env).learn(current?.document ?? null);
  }
  rtt(): readonly RttRow[] {
    return distancesOf(this.env).table();
  }
  /** How late a region's probe of this address is. */
  probeDelayMs(region: Region, url: string): number {
    return distancesOf(this.env).roundTripMs(HOME_COLO[region], new URL(url));
  }
}
