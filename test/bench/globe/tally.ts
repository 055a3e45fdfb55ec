/** What a run is measured by: counted while it goes on, so that millions of requests need not be kept. */
import type { EndpointId, Ms } from "../../../routing/units.ts";
import { movedOf, reversalsOf } from "./reversals.ts";
import type { Scenario, Stretch } from "./scenarios.ts";
import { WORKERS } from "./world.ts";

export interface Figures {
  readonly requests: number;
  readonly answered: number;
  readonly errors: number;
  /** Tries ÷ requests. */
  readonly amplification: number;
  /** Of those that were answered. */
  readonly meanMs: Ms;
  /** Of all: an error counts as `ERROR_MS`. */
  readonly p50Ms: Ms;
  readonly p99Ms: Ms;
  /** Of request-seconds, those at an endpoint that was asked for more than it can do. */
  readonly overload: number;
  /** Of demand, from one minute to the next: in the mean, and at most. */
  readonly moved: number;
  readonly movedMost: number;
  /** Of the pool that turned back most in one constant stretch; `null` when nothing is constant. */
  readonly reversals: number | null;
  /** Of the same within one colo, where a swing is `COLO_SWING`. */
  readonly coloReversals: number | null;
}

/** As in `bench:tail`. */
const ERROR_MS = 3_000;
/** Long enough that chance alone fills no endpoint that is two thirds busy, short enough to see a line build up. */
const WINDOW_MS = 20_000;
const MINUTE_MS = 60_000;
/** The bar's five points. 3,000 requests a window: chance alone moves a share by about half a point. */
const SWING = 0.05;
/** In one colo fewer requests make a share noisier: by the minute, and only where at least so much of the demand arrives. */
const COLO_SWING = 0.2;
const COLO_SHARE_MIN = 0.02;

interface Request {
  readonly door: number;
  readonly site: number;
  readonly endpoint: EndpointId | null;
  readonly isAnswered: boolean;
  readonly tries: number;
  /** From the beginning of the scenario. */
  readonly arrivedAtMs: Ms;
  readonly tookMs: Ms;
}

export class Tally {
  readonly #scenario: Scenario;
  readonly #doors: number;
  readonly #sites: number;
  readonly #times = new Times();
  /** Per window, door and site. */
  readonly #counts: Uint32Array;
  /** Per window: what its endpoints were asked for, and how long their requests took. */
  readonly #work: Map<EndpointId, number>[] = [];
  readonly #spent: Map<EndpointId, number>[] = [];
  #answered = 0;
  #errors = 0;
  #tries = 0;
  #answeredMs = 0;

  constructor(scenario: Scenario, doors: number, sites: number) {
    this.#scenario = scenario;
    this.#doors = doors;
    this.#sites = sites;
    this.#counts = new Uint32Array((windowOf(scenario.ms) + 1) * doors * sites);
  }

  /** An endpoint is asked for `serviceMs` of one worker. */
  asked(endpoint: EndpointId, serviceMs: Ms, atMs: Ms): void {
    if (atMs >= 0) add(this.#work, windowOf(atMs), endpoint, serviceMs);
  }

  ended(request: Request): void {
    const { door, site, endpoint, isAnswered, tries, arrivedAtMs, tookMs } = request;
    if (arrivedAtMs < 0 || arrivedAtMs >= this.#scenario.ms) return;
    const window = windowOf(arrivedAtMs);
    this.#tries += tries;
    const place = (window * this.#doors + door) * this.#sites + site;
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    if (endpoint !== null) add(this.#spent, window, endpoint, tookMs);
    if (isAnswered) {
      this.#answered += 1;
      this.#answeredMs += tookMs;
    } else this.#errors += 1;
    this.#times.add(isAnswered ? tookMs : Math.max(ERROR_MS, tookMs));
  }

  figures(): Figures {
    const requests = this.#answered + this.#errors;
    const moves = this.#moves();
    const { constant } = this.#scenario;
    const mostIn = (countOf: (stretch: Stretch) => number) =>
      constant.length === 0 ? null : Math.max(...constant.map(countOf));
    return {
      requests,
      answered: this.#answered,
      errors: this.#errors,
      amplification: this.#tries / Math.max(1, requests),
      meanMs: this.#answeredMs / Math.max(1, this.#answered),
      p50Ms: this.#times.quantile(0.5),
      p99Ms: this.#times.quantile(0.99),
      overload: this.#overload(),
      moved: moves.reduce((sum, one) => sum + one, 0) / Math.max(1, moves.length),
      movedMost: Math.max(0, ...moves),
      reversals: mostIn((stretch) => this.#reversalsIn(stretch)),
      coloReversals: mostIn((stretch) => this.#coloReversalsIn(stretch)),
    };
  }

  #overload(): number {
    let all = 0;
    let over = 0;
    for (const [window, spent] of this.#spent.entries()) {
      for (const [endpoint, ms] of spent ?? []) {
        all += ms;
        const asked = this.#work[window]?.get(endpoint) ?? 0;
        if (asked > WORKERS * WINDOW_MS) over += ms;
      }
    }
    return over / Math.max(1, all);
  }

  #moves(): readonly number[] {
    const minutes = Math.floor(this.#scenario.ms / MINUTE_MS);
    const counted = Array.from({ length: minutes }, (_, minute) =>
      this.#minuteAt(minute * MINUTE_MS),
    );
    return counted.slice(1).map((later, index) => movedOf(counted[index] ?? [], later));
  }

  #reversalsIn({ fromMs, untilMs }: Stretch): number {
    const series = windowsIn(fromMs, untilMs, WINDOW_MS).map((atMs) => {
      const rows = this.#countsIn(atMs, atMs + WINDOW_MS);
      return sharesOf(rows.reduce(summed));
    });
    return this.#mostReversals(series, SWING);
  }

  #coloReversalsIn({ fromMs, untilMs }: Stretch): number {
    const minutes = windowsIn(fromMs, untilMs, MINUTE_MS).map((atMs) => this.#minuteAt(atMs));
    const total = sum(minutes.map((rows) => sum(rows.map(sum))));
    const counts = Array.from({ length: this.#doors }, (_, door) => {
      const own = minutes.map((rows) => rows[door] ?? []);
      if (sum(own.map(sum)) < COLO_SHARE_MIN * total) return 0;
      return this.#mostReversals(own.map(sharesOf), COLO_SWING);
    });
    return Math.max(0, ...counts);
  }

  #mostReversals(shares: readonly (readonly number[])[], swing: number): number {
    const counts = Array.from({ length: this.#sites }, (_, site) =>
      reversalsOf(
        shares.map((row) => row[site] ?? 0),
        swing,
      ),
    );
    return Math.max(...counts);
  }

  #minuteAt(fromMs: Ms): readonly (readonly number[])[] {
    return this.#countsIn(fromMs, fromMs + MINUTE_MS);
  }

  /** Per door and site. */
  #countsIn(fromMs: Ms, untilMs: Ms): readonly (readonly number[])[] {
    const rows = Array.from({ length: this.#doors }, () =>
      Array.from({ length: this.#sites }, () => 0),
    );
    for (let window = windowOf(fromMs); window < windowOf(untilMs); window += 1) {
      for (const [door, row] of rows.entries()) {
        for (const [site, before] of row.entries()) {
          row[site] =
            before + (this.#counts[(window * this.#doors + door) * this.#sites + site] ?? 0);
        }
      }
    }
    return rows;
  }
}

/** Counts in steps of 1 %, from 1 ms to a quarter of an hour. */
class Times {
  readonly #counts = new Uint32Array(1_400);
  #total = 0;

  add(ms: Ms): void {
    const step = Math.min(this.#counts.length - 1, Math.floor(Math.log(Math.max(1, ms)) / STEP));
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    this.#total += 1;
  }

  quantile(ratio: number): Ms {
    let left = ratio * this.#total;
    for (const [step, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return Math.exp((step + 0.5) * STEP);
    }
    return 0;
  }
}

const STEP = Math.log(1.01);

const windowOf = (atMs: Ms): number => Math.floor(atMs / WINDOW_MS);

/** Those that lie within it as a whole. */
function windowsIn(fromMs: Ms, untilMs: Ms, lengthMs: Ms): readonly Ms[] {
  const first = Math.ceil(fromMs / WINDOW_MS) * WINDOW_MS;
  const count = Math.max(0, Math.floor((untilMs - first) / lengthMs));
  return Array.from({ length: count }, (_, index) => first + index * lengthMs);
}

function add(windows: Map<EndpointId, number>[], window: number, id: EndpointId, ms: Ms): void {
  let sums = windows[window];
  if (sums === undefined) {
    sums = new Map();
    windows[window] = sums;
  }
  sums.set(id, (sums.get(id) ?? 0) + ms);
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

const summed = (one: readonly number[], other: readonly number[]): readonly number[] =>
  one.map((value, at) => value + (other[at] ?? 0));

const sharesOf = (counts: readonly number[]): readonly number[] => {
  const total = Math.max(1, sum(counts));
  return counts.map((count) => count / total);
};
