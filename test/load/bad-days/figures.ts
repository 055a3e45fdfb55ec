/** One bad day in figures: from what became of each request, and what servers, zone and regions counted. Pure. */
import type { Record, Tried } from "../generator.ts";
import { dueIn, latencyOf, summarize } from "../summary.ts";
import type { Left } from "./days.ts";
import {
  answeredShare,
  colosMoved,
  failovers,
  firstWindow,
  homesOf,
  lastingWindow,
  SPAN_MS,
  shareOf,
} from "./windows.ts";
import type { DnsWrite } from "./zone.ts";

/** When things really happened, after the start of the load. */
export interface Moments {
  readonly faultMs: number;
  /** When the end was ordered, and when it was done: a server listens again, the planet is ready. */
  readonly endMs: number;
  readonly endedMs: number;
  readonly totalMs: number;
}

export interface Counted {
  /** At the servers, of visitors' requests. */
  readonly tries: number;
  /** Executions of a POST beyond its first. */
  readonly postsTwice: number;
  /** From the fault on, ms after it; `null` where there is no zone. */
  readonly dnsWrites: readonly DnsWrite[] | null;
  /** Events of regions from the fault on that take an endpoint out. */
  readonly takenOut: readonly string[];
  /** What stood in the configuration after a restart: `old` and `new` are what they should be. */
  readonly kept: "old" | "new" | string | null;
}

/** Of one part of the day. `NaN` without a good answer. */
interface Ms {
  readonly p50: number;
  readonly p99: number;
}

export interface Figures {
  readonly day: string;
  readonly requests: number;
  readonly lost: number;
  /** Of them, those that were neither due nor under way while nothing listened. */
  readonly lostWhileUp: number;
  readonly posts502: number;
  readonly failedPosts: number;
  readonly postsTwice: number;
  /** Answers later than a second, as a share of all requests. */
  readonly slowRatio: number;
  readonly errorRatio: number;
  readonly successBefore: number;
  readonly successDuring: number;
  /** From the fault until 1 % of the traffic that it had tries it: `null` = never, absent where nothing has to move. */
  readonly movedMs?: number | null;
  /** Of the requests of the pool's colos, what tried it from then on until the end. */
  readonly strayRatio?: number;
  /** From the end until it has 80 % of its share again. */
  readonly backMs?: number | null;
  /** From the end until 95 % of the goodput of before, for good. */
  readonly goodputBackMs: number | null;
  /** From a restore until nobody is sent by the mistake any more. */
  readonly restoredMs?: number | null;
  /** How long nothing listened. */
  readonly darkMs?: number;
  readonly before: Ms;
  readonly during: Ms;
  readonly after: Ms;
  readonly dnsWrites: number | null;
  readonly dnsFirstMs: number | null;
  readonly amplification: number;
  readonly colosMoved: number;
  readonly failovers: number;
  readonly takenOut: readonly string[];
  readonly kept: string | null;
  readonly lateMs: number;
}

/** Whoever waits longer has looked away. */
const SLOW_MS = 1_000;
const MOVED_RATIO = 0.01;
const BACK_RATIO = 0.8;
const GOODPUT_RATIO = 0.95;
const FLAP_STEP_MS = 1_000;

export interface About {
  readonly day: string;
  /** The pool that breaks. */
  readonly pool: string;
  readonly leaves: Left | null;
  /** Nothing listens while it lasts. */
  readonly isDark: boolean;
  /** The pool that an operator's mistake sends everybody to. */
  readonly mistaken: string | null;
}

export function figuresOf(
  about: About,
  records: readonly Record[],
  moments: Moments,
  counted: Counted,
): Figures {
  const { faultMs, endMs, endedMs, totalMs } = moments;
  const before = dueIn(records, 0, faultMs);
  const during = dueIn(records, faultMs, endedMs);
  const after = dueIn(records, endedMs, totalMs);
  const { lostIdempotent, failedPosts, generatorLateMsP99 } = summarize(records);
  const wasDark = ({ planned, doneMs }: Record) =>
    about.isDark && planned.dueMs < endedMs && doneMs >= faultMs;
  const goodBefore = shareOf(before, isGood);
  return {
    day: about.day,
    requests: records.length,
    lost: lostIdempotent.length,
    lostWhileUp: lostIdempotent.filter((record) => !wasDark(record)).length,
    posts502: failedPosts.filter(({ status }) => status === 502).length,
    failedPosts: failedPosts.length,
    postsTwice: counted.postsTwice,
    slowRatio: shareOf(records, (record) => record.ok && tookMs(record) > SLOW_MS),
    errorRatio: shareOf(records, ({ ok }) => !ok),
    successBefore: shareOf(before, ({ ok }) => ok),
    successDuring: shareOf(during, ({ ok }) => ok),
    ...(about.leaves === null ? {} : moveOf(about.leaves, records, moments)),
    goodputBackMs: lastingWindow(
      records,
      endedMs,
      totalMs,
      (window) => shareOf(window, isGood) >= GOODPUT_RATIO * goodBefore,
    ),
    ...(about.mistaken === null ? {} : restoreOf(about.mistaken, records, moments)),
    ...(about.isDark ? { darkMs: endedMs - faultMs } : {}),
    before: msOf(before),
    during: msOf(during),
    after: msOf(after),
    dnsWrites: counted.dnsWrites?.reduce((sum, { changes }) => sum + changes, 0) ?? null,
    dnsFirstMs: counted.dnsWrites?.[0]?.atMs ?? null,
    amplification: counted.tries / records.length,
    colosMoved: colosMoved(before, dueIn(records, faultMs, endMs)),
    failovers: failoversOf(about.pool, before, dueIn(records, faultMs, endMs), moments),
    takenOut: counted.takenOut,
    kept: counted.kept,
    lateMs: generatorLateMsP99,
  };
}

const tookMs = ({ doneMs, planned }: Record): number => doneMs - planned.dueMs;
const isGood = (record: Record): boolean => record.ok && tookMs(record) <= SLOW_MS;

function msOf(records: readonly Record[]): Ms {
  const { p50, p99 } = latencyOf(records.filter(({ ok }) => ok).map(tookMs));
  return { p50, p99 };
}

function moveOf({ pool, endpoint }: Left, records: readonly Record[], moments: Moments) {
  const { faultMs, endMs, endedMs, totalMs } = moments;
  const homes = homesOf(dueIn(records, 0, faultMs), pool);
  const own = records.filter(({ planned }) => homes.has(planned.colo));
  // Who failed without an answer tells nothing, and counts as one who tried it.
  const isTold = ({ tried, ok }: Record) => tried !== null || !ok;
  const isIt = (one: Tried) => one.pool === pool && (endpoint ?? one.endpoint) === one.endpoint;
  const tries = ({ tried }: Record) => tried === null || tried.some(isIt);
  const usual = shareOf(dueIn(own, 0, faultMs), tries, isTold);
  const movedMs = firstWindow(
    own,
    faultMs,
    endMs,
    (window) => shareOf(window, tries, isTold) <= MOVED_RATIO * usual,
  );
  const rest = dueIn(own, faultMs + (movedMs ?? 0), endMs);
  const serves = ({ tried }: Record) => (tried ?? []).slice(-1).some(isIt);
  const served = (some: readonly Record[]) =>
    shareOf(some, serves, ({ ok, tried }) => ok && tried !== null);
  const steady = served(dueIn(own, 0, faultMs));
  const backMs = firstWindow(
    own,
    endedMs,
    totalMs,
    (window) => served(window) >= BACK_RATIO * steady,
  );
  return { movedMs, strayRatio: shareOf(rest, tries, isTold), backMs };
}

/** Until the mistake's pool answers no more than it did before, in colos that are not its own. */
function restoreOf(mistaken: string, records: readonly Record[], moments: Moments) {
  const { faultMs, endMs, totalMs } = moments;
  const before = dueIn(records, 0, faultMs);
  const homes = homesOf(before, mistaken);
  const isAway = ({ planned }: Record) => !homes.has(planned.colo);
  const usual = answeredShare(before.filter(isAway), mistaken);
  const restoredMs = firstWindow(
    records.filter(isAway),
    endMs,
    totalMs,
    (window) => answeredShare(window, mistaken) <= usual + MOVED_RATIO,
  );
  return { restoredMs };
}

function failoversOf(
  pool: string,
  before: readonly Record[],
  during: readonly Record[],
  { faultMs, endMs }: Moments,
): number {
  const homes = homesOf(before, pool);
  const isOwn = ({ planned }: Record) => homes.has(planned.colo);
  const own = during.filter(isOwn);
  const windows = Math.max(0, Math.floor((endMs - faultMs - SPAN_MS) / FLAP_STEP_MS) + 1);
  const shares = Array.from({ length: windows }, (_, index) => {
    const fromMs = faultMs + index * FLAP_STEP_MS;
    return answeredShare(dueIn(own, fromMs, fromMs + SPAN_MS), pool);
  });
  return failovers(shares, answeredShare(before.filter(isOwn), pool));
}
