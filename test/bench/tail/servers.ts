/** The origin servers of every run: what they can do, declared once, so that load is a share of it. */

export interface ServerSpec {
  readonly name: string;
  /** Requests that it works on at the same time; the others wait in one line, first come first served. */
  readonly workers: number;
  /** Mean service time of one request, waiting not counted. */
  readonly meanMs: number;
}

const SERVERS = 12;
/** Two that are this much slower than the others: old machines, which nobody has told the proxies about. */
const SLOW_SERVERS = 2;
const SLOW_FACTOR = 3;
/** Of one request at a fast server. */
const MEAN_MS = 60;
/**
 * Two, so that a server is neither blocked by one long request nor as smooth as a large machine. The whole can do 356
 * requests/s, and 56 % of that leave the load generator, the servers and 24 isolates room on two cores.
 */
export const WORKERS = 2;
/** Where the load goes far over capacity: 178 requests/s, or a proxy that is short of CPU would be measured instead. */
export const FLOODED_WORKERS = 1;

export const serversWith = (workers: number): readonly ServerSpec[] =>
  Array.from({ length: SERVERS }, (_, index) => ({
    name: `s${index}`,
    workers,
    meanMs: index < SERVERS - SLOW_SERVERS ? MEAN_MS : MEAN_MS * SLOW_FACTOR,
  }));

/** Requests per second that these servers can finish when none is ever idle. */
export const capacityPerSecond = (specs: readonly ServerSpec[]): number =>
  specs.reduce((sum, { workers, meanMs }) => sum + (workers * 1_000) / meanMs, 0);
