/**
 * Keeps the newest snapshot in KV for cold isolates: shards first, the manifest that names them last, so that
 * a manifest never names a shard that is not there. Shards of the last five versions stay, because an isolate
 * may still hold one of their manifests.
 *
 * What may be in KV is written down before it is put there, so that nothing is left behind by a crash.
 */
import { manifestKey, shardKey } from "../../routing/names.ts";
import { type Hash, type Sealed, toStored } from "../../routing/snapshot.ts";
import type { Compiled } from "../../routing/table/compile.ts";
import type { TableVersion } from "../../routing/units.ts";
import type { ObjectPorts } from "../../workers/ports.ts";
import { within } from "../deadline.ts";
import type { Documents } from "../storage/documents.ts";

const VERSIONS_IN_KV = 5;
/** Of the six connections an object may have waiting, one is left for the rest. */
const AT_ONCE = 5;
const CALL_TIMEOUT_MS = 10_000;

interface Ledger {
  /** The last versions put, oldest first, each with the shards it names. */
  readonly versions: readonly (readonly [TableVersion, readonly Hash[]])[];
  /** In KV for certain. */
  readonly written: readonly Hash[];
  /** Perhaps in KV, and not wanted unless `written` says so. */
  readonly loose: readonly Hash[];
}

const EMPTY: Ledger = { versions: [], written: [], loose: [] };

export class SnapshotStore {
  readonly #ports: Pick<ObjectPorts, "kv" | "timers">;
  readonly #documents: Documents;
  readonly #account: string;

  constructor(ports: Pick<ObjectPorts, "kv" | "timers">, documents: Documents, account: string) {
    this.#ports = ports;
    this.#documents = documents;
    this.#account = account;
  }

  /** Errors: throws when KV fails; called again, it goes on from there. One call at a time. */
  async publish(version: TableVersion, { manifest, shards }: Compiled): Promise<void> {
    const byHash = new Map(Object.values(shards).map((shard) => [shard.hash, shard]));
    const before = this.#read();
    const written = new Set(before.written);
    const missing = [...byHash.values()].filter(({ hash }) => !written.has(hash));
    const begun = new Set([...before.loose, ...missing.map(({ hash }) => hash)]);
    this.#write({ ...before, loose: [...begun] });
    await this.#each(missing, (shard) => this.#put(shardKey(shard.hash), shard));
    // Storage is touched right before the world is told: an instance that was superseded meanwhile is refused here, where it would
    // put its version over a newer one.
    this.#read();
    await this.#put(manifestKey(this.#account), manifest);
    const versions = [...before.versions, [version, [...byHash.keys()]] as const];
    await this.#tidy(versions.slice(-VERSIONS_IN_KV), new Set([...written, ...begun]));
  }

  /** Deletes what no kept version names. A delete that fails is tried again after the next version. */
  async #tidy(versions: Ledger["versions"], all: ReadonlySet<Hash>): Promise<void> {
    const wanted = new Set(versions.flatMap(([, hashes]) => hashes));
    const written = [...all].filter((hash) => wanted.has(hash));
    const loose = [...all].filter((hash) => !wanted.has(hash));
    this.#write({ versions, written, loose });
    if (loose.length === 0) return;
    try {
      await this.#each(loose, (hash) => this.#bounded(this.#ports.kv.delete(shardKey(hash))));
      this.#write({ versions, written, loose: [] });
    } catch {
      // They cost a little storage and nothing else; `loose` remembers them.
    }
  }

  async #each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    for (let at = 0; at < items.length; at += AT_ONCE) {
      await Promise.all(items.slice(at, at + AT_ONCE).map(work));
    }
  }

  #put(key: string, sealed: Sealed): Promise<void> {
    return this.#bounded(this.#ports.kv.put(key, toStored(sealed)));
  }

  #bounded(call: Promise<void>): Promise<void> {
    return within(this.#ports.timers, CALL_TIMEOUT_MS, call);
  }

  #read(): Ledger {
    return (this.#documents.read("kv") as Ledger | null) ?? EMPTY;
  }

  #write(ledger: Ledger): void {
    this.#documents.write("kv", ledger);
  }
}
