/**
 * Brings the newest version to every region and to KV.
 *
 * Each follower is sent to in its own line: at most one call at a time, always the newest version, again after a
 * failure with a growing, jittered delay, until it has confirmed. Calls begin in the turn of the commit; the
 * alarm is the guarantee that they also begin when that instance vanishes.
 */
import type { Push } from "../../routing/exchange.ts";
import { SCHEMA } from "../../routing/limits.ts";
import { knownHostKeys } from "../../routing/match/hosts.ts";
import type { Table } from "../../routing/model.ts";
import { REGIONS } from "../../routing/names.ts";
import { partKeys } from "../../routing/route-block.ts";
import type { Sealed } from "../../routing/snapshot.ts";
import { type Compiled, compileTable } from "../../routing/table/compile.ts";
import { probeTargets, unprobedEndpoints } from "../../routing/table/probe-targets.ts";
import type { Ms, TableVersion } from "../../routing/units.ts";
import type { HostSnapshot } from "../../workers/config-object.ts";
import type { ObjectPorts } from "../../workers/ports.ts";
import { within } from "../deadline.ts";
import type { Documents } from "../storage/documents.ts";
import type { Events } from "../storage/events.ts";
import { type Follower, Followers } from "./followers.ts";
import { SnapshotStore } from "./kv.ts";

const KV = "kv";
const PUSH_TIMEOUT_MS = 10_000;
/**
 * KV is given this long before the regions are told: what a region names an edge looks for in KV, and a host that is new
 * would be a 503 there until the next beat.
 */
const KV_HEAD_START_MS = 1_500;
/** How long after the commit, or after a call began, the alarm looks whether it came to an end. */
const GUARANTEE_MS = 15_000;

interface Newest {
  readonly table: Table;
  readonly compiled: Compiled;
}

export interface DeliveryParts {
  readonly ports: ObjectPorts;
  readonly documents: Documents;
  readonly events: Events;
  readonly account: string;
  /** The alarm shall ring then or sooner. */
  wakeBy(atMs: Ms): Promise<void>;
}

export class Delivery {
  readonly #ports: ObjectPorts;
  readonly #events: Events;
  readonly #account: string;
  readonly #followers: Followers;
  readonly #snapshots: SnapshotStore;
  readonly #wakeBy: DeliveryParts["wakeBy"];
  readonly #busy = new Set<string>();
  #newest: Newest | null = null;
  /** Ends with the call to KV that is under way, however it ends. */
  #kvCall: Promise<void> = Promise.resolve();

  constructor({ ports, documents, events, account, wakeBy }: DeliveryParts) {
    this.#wakeBy = wakeBy;
    this.#ports = ports;
    this.#events = events;
    this.#account = account;
    this.#followers = new Followers(ports.sql, [KV, ...REGIONS]);
    this.#snapshots = new SnapshotStore(ports, documents, account);
  }

  /** The table to bring out from now on, with these public keys. */
  offer(table: Table, explainKeys: readonly string[]): void {
    if (this.#newest?.table.version === table.version) return;
    this.#newest = { table, compiled: compileTable(table, explainKeys) };
    this.#followers.hurry();
  }

  /** What edges are given of one host; `null` before the first version. */
  snapshot(host: string): HostSnapshot | null {
    if (this.#newest === null) return null;
    const { manifest, shards } = this.#newest.compiled;
    const isNamed = (key: string) => Object.hasOwn(shards, key);
    const keys = knownHostKeys(host, isNamed).flatMap((hostKey) => partKeys(hostKey, isNamed));
    return { manifest, parts: Object.fromEntries(keys.map((key) => [key, shards[key] as Sealed])) };
  }

  /** When the alarm should ring; `null` when everybody has confirmed. */
  dueMs(nowMs: Ms): Ms | null {
    const owed = this.#owed().map(([name, { dueMs }]) =>
      this.#busy.has(name) ? nowMs + GUARANTEE_MS : Math.max(dueMs, nowMs + 1),
    );
    return owed.length === 0 ? null : Math.min(...owed);
  }

  /** Begins every call that is due. Never waits, never throws. */
  poke(nowMs: Ms): void {
    for (const [name, { dueMs }] of this.#owed()) {
      if (dueMs <= nowMs && !this.#busy.has(name)) this.#begin(name);
    }
  }

  /** Without KV, which is no region. */
  regions(): readonly (readonly [string, Follower])[] {
    return this.#followers.entries().filter(([name]) => name !== KV);
  }

  #owed(): readonly (readonly [string, Follower])[] {
    const version = this.#newest?.table.version;
    if (version === undefined) return [];
    return this.#followers.entries().filter(([, { acked }]) => acked === null || acked < version);
  }

  #begin(name: string): void {
    const newest = this.#newest;
    if (newest === null) return;
    this.#busy.add(name);
    this.#bring(name, newest)
      .then(
        () => this.#confirmed(name, newest.table.version),
        (failure) => this.#failed(name, newest.table.version, failure),
      )
      .finally(() => this.#busy.delete(name))
      .then(
        () => this.poke(this.#ports.clock.nowMs()),
        // Nothing could be stored: to try again at once would not end, so the alarm goes on from here.
        (unexpected) => console.error(`ConfigStore ${this.#account}:`, unexpected),
      );
  }

  async #bring(name: string, { table, compiled }: Newest): Promise<void> {
    if (name === KV) {
      const call = this.#snapshots.publish(table.version, compiled);
      this.#kvCall = call.catch(() => {});
      return await call;
    }
    // A KV that is slow or gone delays a version by its head start and no more.
    await within(this.#ports.timers, KV_HEAD_START_MS, this.#kvCall).catch(() => {});
    const { account, version } = table;
    const push: Push = {
      schema: SCHEMA,
      account,
      version,
      ...compiled,
      targets: probeTargets(table),
      unprobed: unprobedEndpoints(table),
    };
    const answer = this.#ports.objects.region(name).push(push);
    const held = await within(this.#ports.timers, PUSH_TIMEOUT_MS, answer);
    if (held.version !== version)
      throw new Error(`it holds version ${held.version}, which is newer`);
  }

  #confirmed(name: string, version: TableVersion): void {
    this.#ports.sql.transaction(() => {
      this.#followers.acked(name, version);
      this.#tell(name, `version ${version} taken`);
    });
  }

  /** The first failure in a row is an event; the others are only counted. */
  async #failed(name: string, version: TableVersion, failure: unknown): Promise<void> {
    this.#ports.sql.transaction(() => {
      this.#followers.failed(name, this.#ports.clock.nowMs(), this.#ports.chance.uniform);
      if (this.#followers.get(name).failures > 1) return;
      const why = failure instanceof Error ? failure.message : String(failure);
      this.#tell(name, `version ${version} not taken yet: ${why.slice(0, 200)}`);
    });
    await this.#wakeBy(this.#followers.get(name).dueMs);
  }

  #tell(subject: string, detail: string): void {
    this.#events.add({ kind: "push", subject, detail }, this.#ports.clock.nowMs());
  }
}
