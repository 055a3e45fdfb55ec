/**
 * Which pools and endpoints the hosts of a reporter name, so that it is told of those alone.
 *
 * A shard is read when somebody first holds it. A reporter may hold one of another version than the region: of an older one
 * the region remembers the names, of one it has never read it knows nothing, and whoever holds that is told everything.
 */
import type { Report } from "../../routing/exchange.ts";
import type { Pool } from "../../routing/model.ts";
import { type Hash, readShard, type Sealed } from "../../routing/snapshot.ts";
import type { EndpointId, PoolId } from "../../routing/units.ts";
import type { Scope } from "../../routing/view-scope.ts";
import type { Tables } from "./tables.ts";

interface Named {
  readonly id: PoolId;
  readonly endpoints: readonly EndpointId[];
}

export class Scopes {
  readonly #tables: Pick<Tables, "shard">;
  /** By the shard's hash. */
  #named = new Map<Hash, readonly Named[]>();
  /** Nobody has asked for them since the last push. */
  #fading: ReadonlyMap<Hash, readonly Named[]> = new Map();
  /** A pool stands in many shards: it is kept once. */
  #pools = new Map<PoolId, Named>();

  constructor(tables: Pick<Tables, "shard">) {
    this.#tables = tables;
  }

  /** Another version is held. What nobody asks for between two of them is forgotten. */
  retarget(): void {
    this.#fading = this.#named;
    this.#named = new Map();
    this.#pools = new Map();
  }

  /**
   * `null`: it has to be told everything.
   *
   * Cost: a look-up per host that the reporter holds, and one per pool of it; reading a shard, once.
   */
  of({ account, shards }: Report): Scope | null {
    const pools = new Set<Named>();
    for (const [host, hash] of Object.entries(shards)) {
      // Blocks name no pool that their host's shard does not have.
      if (host.includes("#")) continue;
      const current = this.#tables.shard(account, host);
      const isOther = hash !== "" && hash !== current?.hash;
      for (const named of [this.#ofCurrent(current), isOther ? this.#recall(hash) : []]) {
        if (named === null) return null;
        for (const pool of named) pools.add(pool);
      }
    }
    return {
      pools: new Set([...pools].map(({ id }) => id)),
      endpoints: [...pools].flatMap(({ endpoints }) => endpoints),
    };
  }

  #ofCurrent(sealed: Sealed | undefined): readonly Named[] | null {
    if (sealed === undefined) return [];
    const known = this.#recall(sealed.hash);
    if (known !== null) return known;
    const shard = readShard(sealed.text);
    if (!shard.ok) return null;
    const named = shard.value.pools.map((pool) => this.#kept(pool));
    this.#named.set(sealed.hash, named);
    return named;
  }

  #recall(hash: Hash): readonly Named[] | null {
    const known = this.#named.get(hash) ?? this.#fading.get(hash);
    if (known === undefined) return null;
    this.#named.set(hash, known);
    return known;
  }

  #kept({ id, origins }: Pool): Named {
    const known = this.#pools.get(id);
    const isSame =
      known?.endpoints.length === origins.length &&
      origins.every((endpoint, at) => endpoint.id === known.endpoints[at]);
    if (known !== undefined && isSame) return known;
    const named = { id, endpoints: origins.map((endpoint) => endpoint.id) };
    this.#pools.set(id, named);
    return named;
  }
}
