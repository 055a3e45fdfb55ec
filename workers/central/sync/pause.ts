/** When a ledger looks again. */
import type { Ms } from "../../../routing/units.ts";
import { NOT_KEPT, type Sighting } from "./look.ts";

/** Between two looks when nobody can say what is wanted, and when nobody wants anything: a zone that comes back is poked. */
const BLIND_INTERVAL_MS = 60_000;
const IDLE_INTERVAL_MS = 3_600_000;
/** After a failure: twice as long each time, from a tenth of the interval to eight times it. */
const BACKOFF_MAX = 8;
/** The next look comes this much sooner or later, so that the zones of an account do not knock together. */
const JITTER_RATIO = 0.1;

/** Until the next look: the zone's interval, longer after `failures` in a row, never quite the same. `chance` is in [0, 1). */
export function pauseMs(last: Sighting | null, failures: number, nowMs: Ms, chance: number): Ms {
  const factor = failures === 0 ? 1 : Math.min(BACKOFF_MAX, 0.1 * 2 ** failures);
  const jitter = 1 + JITTER_RATIO * (2 * chance - 1);
  return Math.max(askedMs(last, nowMs), intervalMs(last) * factor * jitter);
}

function intervalMs(last: Sighting | null): Ms {
  if (last === null) return BLIND_INTERVAL_MS;
  if (last.intent !== null) return last.intent.sync.interval * 1_000;
  return last.look.blind === NOT_KEPT ? IDLE_INTERVAL_MS : BLIND_INTERVAL_MS;
}

/** For how long the provider still wants to be left alone. */
export function askedMs(last: Sighting | null, nowMs: Ms): Ms {
  if (last === null) return 0;
  const { atMs, failure } = last.look;
  return Math.max(0, atMs + (failure?.retryAfterMs ?? 0) - nowMs);
}
