/**
 * How many probers a region needs, and who probes what.
 *
 * A round must end within its interval also when a third of the living fall silent at once: then each of those holds a slot for all of its tries,
 * this once. Afterwards they are bounded by the slot of the failing (`probe-plan.ts`) and need no room. So an endpoint's load is the part of one
 * slot that its probe takes, a third of it at its worst, and one prober carries as much as the living have slots.
 */
import type { ProbeTarget } from "../exchange.ts";
import { EJECTED_RATIO_MAX, PROBE_INTERVAL_MS_MIN } from "../limits.ts";
import type { Monitor } from "../model.ts";
import type { EndpointId, Ms } from "../units.ts";
import { LIVING_SLOTS } from "./probe-plan.ts";

/** More of a pool than this is taken away by nobody within minutes, so a verdict about more may come a round later. */
const SILENT_RATIO = EJECTED_RATIO_MAX;
/** An answer that comes: three round trips (TCP, TLS, the request) of 100 ms. */
const ANSWER_MS = 300;

/**
 * With several probers each is planned to three quarters: an endpoint then nearly always finds room where its id leads it, and stays there
 * when others come and go.
 */
const FILL = 0.75;

/** Each reports to the region's object once a round: this many with rounds of 5 s are 400 calls a second, beside the beats of the edges. */
export const PROBERS_MAX = 2_000;

export const intervalMsOf = ({ interval }: Pick<Monitor, "interval">): Ms =>
  Math.max(PROBE_INTERVAL_MS_MIN, interval * 1_000);

/** Slots that it keeps busy. Range: above 0, at most 1, because one is never probed twice at a time. */
export function loadOf(monitor: Pick<Monitor, "interval" | "timeout" | "retries">): number {
  const worstMs = monitor.timeout * 1_000 * (1 + monitor.retries);
  const plannedMs = SILENT_RATIO * worstMs + (1 - SILENT_RATIO) * Math.min(worstMs, ANSWER_MS);
  return Math.min(1, plannedMs / intervalMsOf(monitor));
}

/** At least 1; `PROBERS_MAX` when more are needed, so that rounds may then take longer than their interval. */
export function probersFor(targets: readonly ProbeTarget[]): number {
  const load = targets.reduce((sum, { monitor }) => sum + loadOf(monitor), 0);
  if (load <= LIVING_SLOTS) return 1;
  return Math.min(PROBERS_MAX, Math.ceil(load / (LIVING_SLOTS * FILL)));
}

/**
 * The targets of each prober, by its number. Every target is in one share; the order in which they are given changes nothing.
 *
 * One more prober takes about its part from the others, and an endpoint more or less moves few of the rest. Cost: about 1 µs a target.
 */
export function sharesOf(targets: readonly ProbeTarget[]): readonly (readonly ProbeTarget[])[] {
  const shares = Array.from({ length: probersFor(targets) }, (): ProbeTarget[] => []);
  const loads = shares.map(() => 0);
  for (const target of targets.toSorted((a, b) => (a.endpoint < b.endpoint ? -1 : 1))) {
    const at = roomFor(target, loads);
    loads[at] = (loads[at] ?? 0) + loadOf(target.monitor);
    shares[at]?.push(target);
  }
  return shares;
}

/** Where its id leads it, or the next one that has room; without any, which only `PROBERS_MAX` brings about, the first. */
function roomFor({ endpoint, monitor }: ProbeTarget, loads: readonly number[]): number {
  const load = loadOf(monitor);
  const first = jump(seedOf(endpoint), loads.length);
  for (let step = 0; step < loads.length; step++) {
    const at = (first + step) % loads.length;
    if ((loads[at] ?? 0) + load <= LIVING_SLOTS) return at;
  }
  return first;
}

/** FNV-1a, 32 bits: ids are drawn by chance, so this only has to use all of their characters. */
function seedOf(endpoint: EndpointId): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < endpoint.length; at++) {
    hash = Math.imul(hash ^ endpoint.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * One of `buckets`; when they become one more, only every so many-th key moves, and to the new one.
 *
 * Source: Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm" (2014), with a generator of 32 bits.
 */
function jump(seed: number, buckets: number): number {
  let [bucket, next, state] = [0, 0, seed];
  while (next < buckets) {
    bucket = next;
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const drawn = ((state ^ (state >>> 16)) >>> 0) / 4_294_967_296;
    next = Math.floor((bucket + 1) / Math.max(drawn, Number.EPSILON));
  }
  return bucket;
}
