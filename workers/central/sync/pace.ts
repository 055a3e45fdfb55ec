/** When a ledger looks again. */
import type { Ms } from "../../../routing/units.ts";
import { NOT_KEPT, type Sighting } from "./look.ts";

/** Between two looks when nobody can say what is wanted. */
const BLIND_INTERVAL_MS = 60_000;
/** When nobody wants anything: a zone that comes back is poked. */
const IDLE_INTERVAL_MS = 3_600_000;
/** After a failure: twice as long each time, from a fifth of the interval to eight times it. */
const BACKOFF_FIRST = 0.2;
const BACKOFF_MAX = 8;
/** The next look comes this much sooner or later, so that the zones of an account do not knock together. */
const JITTER_RATIO = 0.1;

/** From now until the next look. `uniform` is drawn from [0, 1). */
export function pauseMs(last: Sighting | null, failures: number, nowMs: Ms, uniform: number): Ms {
  const factor = failures === 0 ? 1 : Math.min(BACKOFF_MAX, BACKOFF_FIRST * 2 ** (failures - 1));
  const jitter = 1 + JITTER_RATIO * (2 * uniform - 1);
  return Math.max(askedMs(last, nowMs), intervalMs(last) * factor * jitter);
}

function intervalMs(last: Sighting | null): Ms {
  if (last?.intent) return last.intent.sync.interval * 1_000;
  return last?.look.blind === NOT_KEPT ? IDLE_INTERVAL_MS : BLIND_INTERVAL_MS;
}

/** For how long the provider still wants to be left alone. */
export const askedMs = (last: Sighting | null, nowMs: Ms): Ms =>
  last === null ? 0 : Math.max(0, last.look.atMs + (last.look.failure?.retryAfterMs ?? 0) - nowMs);
