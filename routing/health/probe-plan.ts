/**
 * Which probe begins next when a slot is free.
 *
 * A probe of a living endpoint ends within a round trip; one of a black hole holds its slot until its timeout. So what failed
 * last time, the suspects and the dead, get one slot of their own and never more: the living keep their interval whatever
 * the dead do. In that slot whoever has waited longest for his turn begins, measured in spacings: a suspect's is short,
 * that of the dead grows with every failed probe, so an outage of seconds is not held up by one of days.
 *
 * A spacing is no pause: the slot of the failing does not stand still while one of them is due by its interval. As long as
 * they fit, they keep their interval too, and an endpoint that returns is noticed as soon as a living one would be.
 */
import { PROBE_SLOTS } from "../limits.ts";
import type { Ms } from "../units.ts";
import type { Verdict } from "./flip.ts";

/** `living`: its last probe was good, whatever the verdict; `new`: it had none yet; `failing`: a suspect, or dead. */
export const LANES = ["failing", "living", "new"] as const;
export type Lane = (typeof LANES)[number];

/** Probes by lane. */
export type LaneCounts = Readonly<Record<Lane, number>>;

/** At most 30 % of the slots, and so of their time: one of five. */
export const FAILING_SLOTS = Math.floor(0.3 * PROBE_SLOTS);
/** What is left to the living when all that fail take what they may. */
export const LIVING_SLOTS = PROBE_SLOTS - FAILING_SLOTS;
/** A new endpoint may be a black hole: one slot stays with those that are known to answer. */
const UNPROVEN_SLOTS = PROBE_SLOTS - 1;

/** The longest time that the dead are asked to wait for their turn. */
const SPACING_MS_MAX = 60_000;
/** A suspect goes before the dead, unless one of them has waited for this many of its spacings. */
const SUSPECT_SHARE = 1 / 8;

/** An endpoint whose last probe failed. */
export interface Failing {
  /** Its verdict has flipped. */
  readonly isDead: boolean;
  readonly intervalMs: Ms;
  /** Failed probes since its verdict flipped. */
  readonly failures: number;
  /** When its last probe began. */
  readonly beganMs: Ms;
}

/** `undefined`: no probe of it has counted yet. A first good probe brings the dead back among the living. */
export function laneOf(verdict: Verdict | undefined): Lane {
  if (verdict === undefined) return "new";
  return verdict.healthy === (verdict.consecutive === 0) ? "living" : "failing";
}

/** The lane whose next probe begins; `null`: none may, or none waits. */
export function nextLane(waiting: LaneCounts, busy: LaneCounts): Lane | null {
  const unproven = busy.failing + busy.new;
  if (unproven + busy.living >= PROBE_SLOTS) return null;
  const mayUnproven = unproven < UNPROVEN_SLOTS;
  if (waiting.failing > 0 && busy.failing < FAILING_SLOTS && mayUnproven) return "failing";
  if (waiting.living > 0) return "living";
  return waiting.new > 0 && mayUnproven ? "new" : null;
}

/** Doubles with every failed probe, from the interval up to a minute; never shorter than the interval. */
export function spacingMs({ isDead, intervalMs, failures }: Omit<Failing, "beganMs">): Ms {
  if (!isDead) return intervalMs * SUSPECT_SHARE;
  const grownMs = intervalMs * 2 ** Math.min(failures, 16);
  return Math.max(intervalMs, Math.min(SPACING_MS_MAX, grownMs));
}

/** How many of its spacings it has waited. */
export const urgencyOf = (failing: Failing, nowMs: Ms): number =>
  (nowMs - failing.beganMs) / spacingMs(failing);
