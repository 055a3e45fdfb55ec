/**
 * A table from hashes to endpoints: a look-up however many endpoints there are, each has its weight's part of the table, and
 * a table made without one of them is nearly the same. Source: Eisenbud et al., "Maglev: A Fast and Reliable Software
 * Network Load Balancer", 3.4; weights as Envoy does: who weighs half takes part in every second round.
 */
import { ENDPOINTS_PER_POOL_MAX } from "../limits.ts";
import { joined } from "./hash32.ts";
import type { PlannedEndpoint, PlannedLevel } from "./plan.ts";

const tables = new WeakMap<PlannedLevel, Uint16Array>();

/**
 * For each hash modulo its length the place of an endpoint in its level. It is made from ids and weights alone, so all
 * isolates have the same, in whatever order their endpoints are.
 *
 * Cost: made at the first use, about 1 ms and 32 KB for up to 256 endpoints; then a look-up.
 */
export function tableOf(level: PlannedLevel): Uint16Array {
  const known = tables.get(level);
  if (known !== undefined) return known;
  const table = filled(level.endpoints);
  tables.set(level, table);
  return table;
}

/**
 * Primes, so that every stride visits every slot. One size for all pools that an operator can write, because where the size
 * changes every client is dealt anew. A quarter of the usual 65,537: at the limit of endpoints shares are off by 2 % of
 * themselves and 2 % move instead of 1 %, and a cold isolate makes the table within a request, in a quarter of the time.
 */
const SIZE = 16_411;
/** For whatever else reads these functions. */
const SIZE_BEYOND = 1_048_583;

export const sizeFor = (endpoints: number): number =>
  endpoints <= ENDPOINTS_PER_POOL_MAX ? SIZE : SIZE_BEYOND;

interface Filling {
  readonly place: number;
  readonly weight: number;
  readonly stride: number;
  slot: number;
  taken: number;
}

function filled(endpoints: readonly PlannedEndpoint[]): Uint16Array {
  const size = sizeFor(endpoints.length);
  const table = new Uint16Array(size);
  const isTaken = new Uint8Array(size);
  const fillings = endpoints
    .map((one, place) => fillingOf(one, place, size))
    .sort(byHash(endpoints));
  const heaviest = Math.max(...fillings.map(({ weight }) => weight));
  let left = size;
  for (let round = 1; left > 0; round += 1) {
    for (const one of fillings) {
      if (round * one.weight < one.taken * heaviest) continue;
      const slot = freeFrom(one, isTaken);
      isTaken[slot] = 1;
      table[slot] = one.place;
      one.slot = slot;
      one.taken += 1;
      left -= 1;
      if (left === 0) break;
    }
  }
  return table;
}

function freeFrom({ slot, stride }: Filling, isTaken: Uint8Array): number {
  let at = slot;
  // A remainder would cost most of the time, and a table is made while a request waits.
  while (isTaken[at] === 1)
    at = at + stride < isTaken.length ? at + stride : at + stride - isTaken.length;
  return at;
}

const fillingOf = ({ hash, weight }: PlannedEndpoint, place: number, size: number): Filling => ({
  place,
  weight,
  stride: (joined(hash, STRIDE_SALT) % (size - 1)) + 1,
  slot: hash % size,
  taken: 0,
});

/** Any number: the two hashes of an endpoint must be independent of each other. */
const STRIDE_SALT = 0x73747264;

/** Two hashes may be equal; ids are not. */
const byHash =
  (endpoints: readonly PlannedEndpoint[]) =>
  (a: Filling, b: Filling): number => {
    const [one, other] = [endpoints[a.place], endpoints[b.place]];
    if (one === undefined || other === undefined) return 0;
    return one.hash - other.hash || (one.endpoint.id < other.endpoint.id ? -1 : 1);
  };
