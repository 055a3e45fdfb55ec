/** What requests show of a move, by windows over when they were due: pure. */
import type { Record } from "../generator.ts";
import { dueIn } from "../summary.ts";

/** Long enough that a window of one pool's colos holds more than a hundred requests at 500/s. */
export const SPAN_MS = 2_000;
const STEP_MS = 100;

export type Is = (record: Record) => boolean;

/** Of the records for which `counts`, the share for which `is`; `NaN` of none. */
export function shareOf(records: readonly Record[], is: Is, counts: Is = () => true): number {
  const counted = records.filter(counts);
  return counted.filter(is).length / counted.length;
}

/** After `fromMs`, the start of the first whole window whose records satisfy; `null`: none before `untilMs`. */
export function firstWindow(
  records: readonly Record[],
  fromMs: number,
  untilMs: number,
  satisfies: (window: readonly Record[]) => boolean,
): number | null {
  const spanMs = Math.min(SPAN_MS, (untilMs - fromMs) / 2);
  const near = dueIn(records, fromMs, untilMs);
  for (let startMs = fromMs; startMs + spanMs <= untilMs; startMs += STEP_MS) {
    const window = dueIn(near, startMs, startMs + spanMs);
    if (window.length > 0 && satisfies(window)) return startMs - fromMs;
  }
  return null;
}

/** After `fromMs`, the start of the first window from which on every window satisfies; `null`: the last one does not. */
export function lastingWindow(
  records: readonly Record[],
  fromMs: number,
  untilMs: number,
  satisfies: (window: readonly Record[]) => boolean,
): number | null {
  const spanMs = Math.min(SPAN_MS, (untilMs - fromMs) / 2);
  const near = dueIn(records, fromMs, untilMs);
  let from: number | null = null;
  for (let startMs = untilMs - spanMs; startMs >= fromMs; startMs -= STEP_MS) {
    const window = dueIn(near, startMs, startMs + spanMs);
    if (window.length > 0 && !satisfies(window)) return from;
    from = startMs - fromMs;
  }
  return from;
}

/** Colos in which this pool answered most before: its own traffic. */
export function homesOf(before: readonly Record[], pool: string): ReadonlySet<string> {
  return new Set(
    [...byColo(before)].filter(([, records]) => answeredShare(records, pool) > 0.5).map(first),
  );
}

/** Colos whose requests are answered by another pool most of the time than before. */
export function colosMoved(before: readonly Record[], during: readonly Record[]): number {
  const then = new Map([...byColo(before)].map(([colo, records]) => [colo, mostOf(records)]));
  return [...byColo(during)].filter(([colo, records]) => {
    const [was, is] = [then.get(colo), mostOf(records)];
    return was != null && is !== null && was !== is;
  }).length;
}

/** How often a pool went out of rotation: from at least half of its share to a twentieth of it. */
export function failovers(shares: readonly number[], steady: number): number {
  let isIn = true;
  let count = 0;
  for (const share of shares) {
    if (isIn && share <= steady / 20) {
      isIn = false;
      count += 1;
    } else if (!isIn && share >= steady / 2) isIn = true;
  }
  return count;
}

/** Of good answers, those of this pool. */
export const answeredShare = (records: readonly Record[], pool: string): number =>
  shareOf(
    records,
    (record) => record.pool === pool,
    ({ ok }) => ok,
  );

const first = <T>([key]: readonly [T, unknown]): T => key;

function byColo(records: readonly Record[]): ReadonlyMap<string, readonly Record[]> {
  const colos = new Map<string, Record[]>();
  for (const record of records) {
    const colo = colos.get(record.planned.colo) ?? [];
    colo.push(record);
    colos.set(record.planned.colo, colo);
  }
  return colos;
}

/** The pool of more than half of the good answers; `null` where there is none. */
function mostOf(records: readonly Record[]): string | null {
  const pools = new Set(records.flatMap(({ ok, pool }) => (ok && pool !== null ? [pool] : [])));
  return [...pools].find((pool) => answeredShare(records, pool) > 0.5) ?? null;
}
