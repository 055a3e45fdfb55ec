/** What ConfigStore pushed: per account the newest version, as it came. */
import type { Beat, ProbeTarget, Push, Report, Unprobed } from "../../routing/exchange.ts";
import { type Manifest, readManifest, type Sealed } from "../../routing/snapshot.ts";
import type { EndpointId, TableVersion } from "../../routing/units.ts";
import type { Documents } from "../storage/documents.ts";
import { isNamed, readable } from "./target.ts";

const PREFIX = "table:";
/** Shards one beat carries, in characters: a message may be 32 MiB, and the next beat brings the rest. */
const BEAT_CHARACTERS_MAX = 8_000_000;

interface Held {
  readonly push: Push;
  readonly hosts: Manifest["hosts"];
}

export class Tables {
  readonly #documents: Documents;
  readonly #held = new Map<string, Held>();

  constructor(documents: Documents) {
    this.#documents = documents;
    for (const name of documents.names(PREFIX)) {
      const push = documents.read(name) as Push | null;
      if (push !== null) this.hold(push);
    }
  }

  /** The version of one account, or of the only one there is. */
  version(account?: string): TableVersion | null {
    const held = account === undefined ? [...this.#held.values()][0] : this.#held.get(account);
    return held?.push.version ?? null;
  }

  /** Every endpoint of every account that has a monitor. */
  targets(): readonly ProbeTarget[] {
    return [...this.#held.values()].flatMap(({ push }) => push.targets);
  }

  /** Every endpoint of every account that requests may be sent to, pool by pool. */
  members(): readonly (Unprobed & { readonly account: string })[] {
    return [...this.#held.values()].flatMap(({ push: { account, targets, unprobed = [] } }) =>
      [...targets, ...unprobed].map(({ endpoint, pool, name, capacityRps }) => ({
        account,
        endpoint,
        pool,
        name,
        ...(capacityRps === undefined ? {} : { capacityRps }),
      })),
    );
  }

  /** The endpoints of each pool, by a key of its own: two accounts may have pools of one name. */
  pools(): ReadonlyMap<string, readonly EndpointId[]> {
    const pools = new Map<string, EndpointId[]>();
    for (const { account, endpoint, pool } of this.members()) {
      const key = `${account}/${pool}`;
      const members = pools.get(key) ?? [];
      pools.set(key, members);
      members.push(endpoint);
    }
    return pools;
  }

  /** Call it inside a transaction, and `hold` when that has succeeded. */
  store(push: Push): void {
    this.#documents.write(`${PREFIX}${push.account}`, push);
  }

  /** What cannot be read of it is left out. A row that is none, or a manifest that only another release reads: what is held stays, until the next push. */
  hold({ manifest, shards, targets, unprobed, ...push }: Push): void {
    const read = readManifest(typeof manifest?.text === "string" ? manifest.text : "");
    if (!read.ok || typeof push.account !== "string") return;
    const parts = {
      shards: typeof shards === "object" && shards !== null ? shards : {},
      targets: readable(targets),
      unprobed: Array.isArray(unprobed) ? unprobed.filter(isNamed) : [],
    };
    this.#held.set(push.account, {
      push: { ...push, manifest, ...parts },
      hosts: read.value.hosts,
    });
  }

  /** A shard of the newest version. */
  shard(account: string, host: string): Sealed | undefined {
    const shards = this.#held.get(account)?.push.shards ?? {};
    return Object.hasOwn(shards, host) ? shards[host] : undefined;
  }

  /**
   * What the reporter lacks. A shard it wants and does not hold is asked for with an empty hash.
   *
   * Cost: one look-up per shard that the reporter holds.
   */
  changesFor(report: Report): Pick<Beat, "manifestHash" | "manifest" | "shards"> {
    const held = this.#held.get(report.account);
    if (held === undefined) return { manifestHash: null, shards: {} };
    const { manifest } = held.push;
    const shards = changedShards(held, report);
    if (report.manifest === manifest.hash) return { manifestHash: manifest.hash, shards };
    return { manifestHash: manifest.hash, manifest, shards };
  }
}

function changedShards(held: Held, report: Report): Record<string, Sealed> {
  const changed: Record<string, Sealed> = {};
  let characters = 0;
  for (const [host, hash] of Object.entries(report.shards)) {
    const wanted = Object.hasOwn(held.hosts, host) ? held.hosts[host] : undefined;
    const shard = wanted === undefined || wanted === hash ? undefined : held.push.shards[host];
    if (shard === undefined) continue;
    characters += shard.text.length;
    if (characters > BEAT_CHARACTERS_MAX && characters > shard.text.length) break;
    changed[host] = shard;
  }
  return changed;
}
