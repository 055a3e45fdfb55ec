/** Whether an object does what it should do by itself: seen from outside, by what it says of its alarm and its last round. */
import { HEALTH_TRUST_MS } from "../limits.ts";
import type { Ms, TableVersion } from "../units.ts";

/** What of a region's status tells it. */
export interface Beating {
  readonly version: TableVersion | null;
  readonly asOfMs: Ms;
  /** `null`: this instance has not asked its storage yet. */
  readonly nextAlarmAtMs: Ms | null;
  readonly lastRoundAtMs: Ms | null;
  /** The shortest interval of its monitors; `null` = nothing to probe; absent = the writer is older. */
  readonly intervalMs?: Ms | null;
  /** How often this instance found its alarm lost and set it again; absent = the writer is older. */
  readonly alarmsLost?: number;
}

/** An alarm is milliseconds late as a rule; an object sets one again that is three seconds late (`alarm.ts`). */
const ALARM_LATE_MS = 3_000;
const ROUNDS_MISSED = 3;

/** Why it misses its beat, as the second half of a sentence; `null` = it does not. */
export function missedBeat(beating: Beating, alarmsLostBefore: number): string | null {
  const { version, asOfMs, nextAlarmAtMs, lastRoundAtMs, intervalMs = null } = beating;
  // Without a table it has nothing to do.
  if (version === null) return null;
  const lost = lostSince(beating, alarmsLostBefore);
  if (lost > 0) return "had lost its alarm, and set it again when it was asked";
  if (nextAlarmAtMs !== null && asOfMs - nextAlarmAtMs > ALARM_LATE_MS) {
    return `should have been woken ${seconds(asOfMs - nextAlarmAtMs)} ago`;
  }
  if (intervalMs === null || lastRoundAtMs === null) return null;
  const silentMs = asOfMs - lastRoundAtMs;
  // Whoever probes only the dead does so once a minute: before its verdicts are too old to be trusted nothing is missed.
  if (silentMs <= Math.max(HEALTH_TRUST_MS, ROUNDS_MISSED * intervalMs)) return null;
  return `has ended no probe for ${seconds(silentMs)}, and one is due every ${seconds(intervalMs)}`;
}

/** Since it was asked before; an instance that was loaded meanwhile counts from 0. */
const lostSince = ({ alarmsLost = 0 }: Beating, before: number): number =>
  alarmsLost >= before ? alarmsLost - before : alarmsLost;

const seconds = (ms: Ms): string => `${Math.round(ms / 1_000)} s`;
