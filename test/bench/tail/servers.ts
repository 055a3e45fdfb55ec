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
/** Two, so that a server is neither blocked by one long request nor as smooth as a large machine. */
const WORKERS = 2;
/**
 * With these numbers the whole can do 356 requests/s, so that 56 % of it, and even the ramp's 174 %, leave the load
 * generator, the origins and 24 isolates room on two cores: a proxy that is short of CPU would be measured instead.
 */
const MEAN_MS = 60;

export const SERVER_SPECS: readonly ServerSpec[] = Array.from({ length: SERVERS }, (_, index) => ({
  name: `s${index}`,
  workers: WORKERS,
  meanMs: index < SERVERS - SLOW_SERVERS ? MEAN_MS : MEAN_MS * SLOW_FACTOR,
}));

/** Requests per second that these servers can finish when none is ever idle. */
export const capacityPerSecond = (specs: readonly ServerSpec[]): number =>
  specs.reduce((sum, { workers, meanMs }) => sum + (workers * 1_000) / meanMs, 0);
