/** What the isolates of a region saw of each endpoint together, and how many tries they may have in flight there. */
import type { EndpointReport, RegionView, Report } from "../../routing/exchange.ts";
import { POOLS_MAX } from "../../routing/limits.ts";
import {
  ANSWERS_MIN,
  type Answers,
  busy,
  isSlow,
  limitFor,
  type Pace,
  paceAfter,
} from "../../routing/load/limit.ts";
import { counted, openRate, perSecond, type Rate } from "../../routing/load/rate.ts";
import type { EndpointId, Ms, PoolId } from "../../routing/units.ts";

/** Of an endpoint or a pool. */
interface Seen {
  pace: Pace | null;
  count: number;
  totalMs: Ms;
  sinceMs: Ms;
}

interface Pool {
  readonly seen: Seen;
  readonly endpoints: ReadonlyMap<EndpointId, Seen>;
  /** Windows since its answers were slow; they have limits up to `LIMITED_WINDOWS`. */
  calm: number;
  /** That ended since the last turn. */
  tries: number;
}

/** Whoever has not heard from the region for so many beats has no limit. */
const TRUST_BEATS = 4;
/** Isolates report up to a fifth sooner than a beat; waiting for the next report would make every other window two beats. */
const WINDOW_BEATS = 0.8;
/** With every window in which answers are not slow limits are so much looser, */
const LOOSER = 1.5;
/** and after so many, hundredfold, they are none. */
const LIMITED_WINDOWS = 12;

/** In memory only: a restarted region knows in a few beats what is usual, and limits nobody until then. */
export class Limits {
  #pools = new Map<string, Pool>();
  #poolOf = new Map<EndpointId, Pool>();
  readonly #asked = new Map<PoolId, Rate>();
  #told: Readonly<Record<EndpointId, number>> | null = null;
  #turnedAtMs: Ms = 0;

  /** The endpoints of each pool. What is known of those that stay is kept. */
  retarget(members: ReadonlyMap<string, readonly EndpointId[]>): void {
    const known = this.#poolOf;
    const before = this.#pools;
    this.#pools = new Map();
    this.#poolOf = new Map();
    for (const [name, ids] of members) {
      const { seen, calm } = before.get(name) ?? { seen: nothing(), calm: LIMITED_WINDOWS };
      const endpoints = new Map(
        ids.map((id) => [id, known.get(id)?.endpoints.get(id) ?? nothing()] as const),
      );
      const pool = { seen, calm, endpoints, tries: 0 };
      this.#pools.set(name, pool);
      for (const id of ids) this.#poolOf.set(id, pool);
    }
  }

  /** Cost: a look at each endpoint and pool of the report; once a beat one at every endpoint. */
  fold({ endpoints, pools = {} }: Report, beatMs: Ms, nowMs: Ms): void {
    if (nowMs - this.#turnedAtMs >= WINDOW_BEATS * beatMs) this.#turn(nowMs);
    for (const [id, report] of Object.entries(endpoints)) this.#add(id as EndpointId, report);
    for (const [id, { asked }] of Object.entries(pools)) this.#addAsked(id as PoolId, asked, nowMs);
  }

  /** For who reported this; absent while nobody has a limit. Cost: a look at each pool of the report. */
  view({ pools = {} }: Pick<Report, "pools">, beatMs: Ms, nowMs: Ms): Pick<RegionView, "limits"> {
    if (this.#told === null) return {};
    const asked: Record<PoolId, number> = {};
    for (const id of Object.keys(pools) as PoolId[]) {
      const rate = this.#asked.get(id);
      if (rate !== undefined) asked[id] = short(perSecond(rate, nowMs));
    }
    return { limits: { untilMs: nowMs + TRUST_BEATS * beatMs, inFlight: this.#told, asked } };
  }

  #add(id: EndpointId, { attempts, outcomes: { success }, meanMs }: EndpointReport): void {
    const pool = this.#poolOf.get(id);
    if (pool === undefined) return;
    pool.tries += attempts;
    if (meanMs === undefined) return;
    for (const seen of [pool.seen, pool.endpoints.get(id)]) {
      if (seen === undefined) continue;
      seen.count += success;
      seen.totalMs += success * Math.min(meanMs, MEAN_MS_MAX);
    }
  }

  #addAsked(id: PoolId, asked: number | undefined, nowMs: Ms): void {
    const rate = this.#asked.get(id);
    if (rate === undefined && this.#asked.size >= POOLS_MAX) return;
    this.#asked.set(id, counted(rate ?? openRate(nowMs), asked ?? 0, nowMs));
  }

  #turn(nowMs: Ms): void {
    this.#turnedAtMs = nowMs;
    const told: Record<EndpointId, number> = {};
    for (const pool of this.#pools.values()) {
      const wasLimited = isLimited(pool);
      const hasAnswered = close(pool.seen, wasLimited, nowMs);
      if (hasAnswered && pool.seen.pace !== null && isSlow(pool.seen.pace)) pool.calm = 0;
      // Tries that nothing comes of are no calm.
      else if (hasAnswered || pool.tries === 0) pool.calm += 1;
      pool.tries = 0;
      const looser = LOOSER ** pool.calm;
      for (const [id, seen] of pool.endpoints) {
        close(seen, wasLimited, nowMs);
        if (isLimited(pool)) told[id] = short(looser * limitFor(busyAt(seen, pool)));
      }
    }
    this.#told = Object.keys(told).length > 0 ? told : null;
    for (const [id, rate] of this.#asked) {
      if (perSecond(rate, nowMs) < RPS_MIN) this.#asked.delete(id);
    }
  }
}

/** No answer takes longer, and what says so must not stay in a mean for ever. */
const MEAN_MS_MAX = 300_000;

const nothing = (): Seen => ({ pace: null, count: 0, totalMs: 0, sinceMs: 0 });

const isLimited = ({ calm }: Pool): boolean => calm < LIMITED_WINDOWS;

/** Ends its window when there are enough answers in it, and says whether. */
function close(seen: Seen, wasLimited: boolean, nowMs: Ms): boolean {
  const { count, totalMs, sinceMs } = seen;
  const answers: Answers = { count, totalMs, windowMs: nowMs - sinceMs };
  const isFirst = sinceMs === 0;
  if (!isFirst && (count < ANSWERS_MIN || answers.windowMs <= 0)) return false;
  // Since when the first answers were counted nobody knows.
  if (!isFirst) seen.pace = paceAfter(seen.pace, answers, wasLimited);
  Object.assign(seen, { count: 0, totalMs: 0, sinceMs: nowMs });
  return !isFirst;
}

/** One that has not answered enough counts as the others of its pool do on average. */
const busyAt = ({ pace }: Seen, { seen, endpoints }: Pool): number =>
  pace !== null ? busy(pace) : seen.pace === null ? 0 : busy(seen.pace) / endpoints.size;

/** Less than four requests in an hour are none. */
const RPS_MIN = 0.001;

/** A view travels to every isolate once a beat; the fourth digit of a measurement says nothing. */
const short = (value: number): number => Math.round(value * 1_000) / 1_000;
