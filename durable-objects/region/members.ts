/** What share of its pool's capacity each endpoint is. */
import type { Unprobed } from "../../routing/exchange.ts";
import type { EndpointId } from "../../routing/units.ts";

export interface Member {
  /** A key of its own: two accounts may have pools of one name. */
  readonly pool: string;
  /** For people. */
  readonly subject: string;
  /** Range: 0..1. */
  readonly share: number;
}

type Told = Unprobed & { readonly account: string };

/**
 * By declared capacity. One that declares nothing counts like the mean of those of its pool that do (`steer/pool-load.ts` counts
 * so too); where nobody does, all count the same.
 */
export function membersOf(all: readonly Told[]): ReadonlyMap<EndpointId, Member> {
  const pools = new Map<string, Told[]>();
  for (const one of all) {
    const key = `${one.account}/${one.pool}`;
    const members = pools.get(key) ?? [];
    pools.set(key, members);
    members.push(one);
  }
  const known = new Map<EndpointId, Member>();
  for (const [pool, members] of pools) {
    const declared = members.flatMap(({ capacityRps = 0 }) => (capacityRps > 0 ? capacityRps : []));
    const mean = declared.length > 0 ? sum(declared) / declared.length : 1;
    const capacityOf = ({ capacityRps = 0 }: Told) => (capacityRps > 0 ? capacityRps : mean);
    const total = sum(members.map(capacityOf));
    for (const one of members) {
      const subject = `${one.pool}/${one.name}`;
      known.set(one.endpoint, { pool, subject, share: capacityOf(one) / total });
    }
  }
  return known;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
