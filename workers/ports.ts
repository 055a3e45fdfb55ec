/**
 * The seam between the product and the world. Each shell is handed one record; nothing else in the
 * product reads a clock, draws a number, sets a timer, stores, addresses an object or opens a connection.
 *
 * Production builds these records from the platform (`platform.ts` beside this file); the simulator builds them on virtual time
 * and `node:sqlite`; the local planet wraps them to inject faults.
 */

import type { EventFilter } from "../routing/event-evidence.ts";
import type { Beat, Event, Push, Report } from "../routing/exchange.ts";
import type { ProberOrders, ProberReport, ProbeShare } from "../routing/health/prober-report.ts";
import type { Preview, Previewed } from "../routing/preview.ts";
import type { RegionStatus } from "../routing/region-status.ts";
import type { Result } from "../routing/result.ts";
import type { Hash, Sealed } from "../routing/snapshot.ts";
import type { Ms, TableVersion } from "../routing/units.ts";
import type { ConfigObject } from "./config-object.ts";

export interface Clock {
  /** Unix time. In production it stands still between I/O, so it times only around an awaited call. */
  nowMs(): Ms;
}

export interface Timers {
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  wait(ms: Ms, signal?: AbortSignal): Promise<void>;
  /** A signal that aborts with a `TimeoutError` after `ms`. */
  deadline(ms: Ms): AbortSignal;
}

/** What an edge also needs: the timeout of a try is set and called off once per request. */
export interface EdgeTimers extends Timers {
  /** Calls `run` once after `ms`, unless the returned function was called before. */
  after(ms: Ms, run: () => void): () => void;
}

export interface Chance {
  /** Uniform in [0, 1). Not for secrets. */
  uniform(): number;
  /** 32 lower-case hex characters from the platform's generator of secrets. */
  id(): string;
}

export type FetchPort = (request: Request) => Promise<Response>;

/** What a try is made of; what is left out is that of the `Request` it is sent to. */
export interface Outgoing {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: ReadableStream | ArrayBuffer;
  readonly redirect: "manual";
  readonly signal: AbortSignal;
}

/** As `FetchPort`, without a `Request` that only lives until `fetch` has copied it, headers and all. */
export type SendPort = (to: string | Request, outgoing: Outgoing) => Promise<Response>;

export type Address = { readonly hostname: string; readonly port: number };

/** Opens a TCP connection and closes it: resolves when it opened, rejects when it could not or was called off. */
export type ConnectPort = (target: Address, signal: AbortSignal) => Promise<void>;

export interface Connection {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a TCP connection for use; rejects when it could not be opened. The signal's abort closes it. */
export type DialPort = (target: Address, signal: AbortSignal) => Promise<Connection>;

export type SqlValue = string | number | null;
export type SqlRow = Record<string, SqlValue>;

/** A Durable Object's SQLite: synchronous, atomic per `transaction`. */
export interface Sql {
  run(statement: string, ...parameters: SqlValue[]): SqlRow[];
  /** Commits what `body` wrote, or nothing when it throws. */
  transaction<T>(body: () => T): T;
}

/** The one alarm an object has. */
export interface Alarm {
  get(): Promise<Ms | null>;
  set(atMs: Ms): Promise<void>;
}

/** The text store every colo can read; eventually consistent, up to a minute late. */
export interface KeyValue {
  get(key: string): Promise<string | null>;
  put(key: string, value: string): Promise<void>;
}

/** What the owner of the keys may do: only the state script ever deletes. */
export interface KeyValueStore extends KeyValue {
  delete(key: string): Promise<void>;
}

/** What the isolates of one colo share. Lossy by contract: a `put` may be forgotten. */
export interface ColoCache {
  get(key: string): Promise<string | null>;
  put(key: string, value: string, ttlSeconds: number): Promise<void>;
}

export interface RegionObject {
  /** Folds the report, answers what changed. Also the outside waker of a lost alarm. */
  exchange(report: Report): Promise<Beat>;
  push(push: Push): Promise<{ readonly version: TableVersion }>;
  /** What a further prober found. Answers what it is to probe. */
  probed(report: ProberReport): Promise<ProberOrders>;
  status(): Promise<RegionStatus>;
  /** Newest last; at most 200 with a sequence above `after`. */
  events(after: number, filter?: EventFilter): Promise<readonly Event[]>;
  /** Recorded decisions of a host key, newest first; see `routing/replay/record.ts`. */
  decisions(host: string): Promise<readonly string[]>;
}

/** What a region's preview object is asked. */
export interface PreviewObject {
  /** One for each target, in their order. Takes at most `PREVIEW_MS_MAX`. */
  preview(preview: Preview): Promise<readonly Previewed[]>;
}

export interface ProberObject {
  /** From now on it probes these and nothing else. Also the outside waker of a lost alarm. */
  assign(share: ProbeShare): Promise<void>;
}

export interface DirectoryObject {
  /** First claim wins: all hostnames or none. Refusal: those that belong to another account. */
  claim(
    account: string,
    hostnames: readonly string[],
  ): Promise<Result<null, { readonly taken: readonly string[] }>>;
  /** Frees those of the account's hostnames that are not in `kept`. */
  release(account: string, kept: readonly string[]): Promise<void>;
  account(hostname: string): Promise<string | null>;
}

/** An event that somebody has taken note of. `event` is `source:sequence`. */
export interface Acknowledgement {
  readonly event: string;
  readonly by: string;
  readonly at: Ms;
}

export interface DeskObject {
  read(): Promise<{ readonly acknowledged: readonly Acknowledgement[] }>;
  /** Those already acknowledged keep their first note. One write whatever their number. */
  acknowledge(
    events: readonly string[],
    by: string,
  ): Promise<{ readonly acknowledged: readonly Acknowledgement[] }>;
}

export interface SignedTicket {
  readonly ticket: string;
  /** Edges take the ticket when they know this key (`Manifest.explain_keys`). */
  readonly publicKey: string;
  readonly untilMs: Ms;
}

export interface SignerObject {
  /** A ticket for explanations of requests to this host. `host` as `RequestFacts.host`. */
  sign(host: string): Promise<SignedTicket>;
}

/** Objects are found by name only, and names are made only in `routing/names.ts`. */
export interface Objects {
  region(region: string): RegionObject;
  config(account: string): ConfigObject;
  directory(): DirectoryObject;
}

/** What the objects of the state script reach besides. */
export interface StateObjects extends Objects {
  prober(region: string, prober: number): ProberObject;
}

/** What an edge isolate is given. */
export interface EdgePorts {
  readonly clock: Clock;
  readonly timers: EdgeTimers;
  readonly chance: Chance;
  readonly send: SendPort;
  /**
   * `hashOf` by the platform: a cold isolate would first have to compile a library's SHA-256 and then interpret it, on the
   * path of its first request: 3 ms and more for half a KB on a slow machine, where the platform's took at most one.
   */
  hash(text: string): Promise<Hash>;
  readonly objects: Pick<Objects, "region">;
  readonly kv: KeyValue;
  readonly cache: ColoCache;
  /** A stream of so many bytes, which is framed by them; `null` = nobody knows how many. Absent: no body is watched on its way. */
  channel?(bytes: number | null): ReadableWritablePair;
  /** The snapshot baked into the bundle by `npm run deploy`; `null` when none was. */
  readonly baked: BakedSnapshot | null;
}

export interface BakedSnapshot {
  readonly manifest: Sealed;
  readonly shards: Readonly<Record<string, Sealed>>;
}

/** What a Durable Object is given. */
export interface ObjectPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly chance: Chance;
  readonly sql: Sql;
  readonly alarm: Alarm;
  readonly fetch: FetchPort;
  readonly connect: ConnectPort;
  readonly objects: StateObjects;
  readonly kv: KeyValueStore;
}
