/**
 * The way from a colo to the endpoints: one round trip late, everything else untouched.
 *
 * It is part of the edge's own isolate, because a hop through another isolate for every try would cost more than the
 * edge itself; the host only hands out the table.
 */
import type { SendPort } from "../../workers/ports.ts";
import { urlKey } from "../rtt/places.ts";

/** `hostname:port` → ms from this colo. */
export type RoundTrips = Readonly<Record<string, number>>;

export interface WayPorts {
  nowMs(): number;
  wait(ms: number, signal: AbortSignal): Promise<void>;
  readonly send: SendPort;
  /** The host's table for this colo as it is now. */
  roundTrips(): Promise<RoundTrips>;
}

/** A change of the configuration may move an address that is known; the table is this old at most. */
const FRESH_MS = 1_000;

/** The edge's fetch. Cost: a look-up, and one call of the host a second; one per try to an address without a place. */
export function wayToEndpoints(ports: WayPorts): SendPort {
  let table: RoundTrips = {};
  let askedAtMs = Number.NEGATIVE_INFINITY;
  const ask = async () => {
    askedAtMs = ports.nowMs();
    table = await ports.roundTrips();
  };
  return async (to, outgoing) => {
    const key = urlKey(new URL(typeof to === "string" ? to : to.url));
    if (!(key in table)) await ask();
    // Who knows the distance does not wait; a failed question leaves the table as it was.
    else if (ports.nowMs() - askedAtMs > FRESH_MS) ask().catch(() => {});
    const ms = table[key] ?? 0;
    if (ms > 0) await ports.wait(ms, outgoing.signal);
    return ports.send(to, outgoing);
  };
}
