/**
 * One isolate's part of what may be in flight at an endpoint, by its part of the requests.
 *
 * A region has many isolates, so most parts are less than one try. Such a part is kept over time: a try runs up what it is in
 * flight beyond the part, and the next one begins when that is worked off. What an isolate does not use it may use a little
 * later. So the mean in flight of all isolates together stays at the limit however many they are.
 *
 * State in, state out: `accrued` whenever the number in flight changes.
 */
import type { Ms } from "../units.ts";

export interface Lease {
  /** Tries in flight; not negative, less than one for a small part. */
  readonly size: number;
  /** Tries in flight × ms that were more than the part; negative = less. As of `atMs`. */
  readonly overMs: number;
  readonly atMs: Ms;
}

/** What was not used for longer is lost: it would let a burst in that the endpoint has no room for. */
const SAVED_MS = 3_000;

export const newLease = (size: number, nowMs: Ms): Lease => ({ size, overMs: 0, atMs: nowMs });

/** Range: 0..`limit`. `own` and `all`: requests per second of this isolate and of all of the region. */
export function partOf(limit: number, own: number, all: number): number {
  // Written so that whoever is not told what all are asked has the whole.
  return all > own ? (limit * own) / all : limit;
}

/** `pending` of this isolate since `lease.atMs`. */
export function accrued(lease: Lease, pending: number, nowMs: Ms): Lease {
  const { size, overMs, atMs } = lease;
  const more = (pending - size) * Math.max(0, nowMs - atMs);
  return { size, overMs: Math.max(-SAVED_MS * size, overMs + more), atMs: Math.max(atMs, nowMs) };
}

/** At any moment an isolate may have one in flight, or its endpoints would be as many fewer as it is small. */
export const hasRoom = (lease: Lease, pending: number, nowMs: Ms): boolean =>
  pending < Math.max(1, lease.size) && accrued(lease, pending, nowMs).overMs <= 0;
