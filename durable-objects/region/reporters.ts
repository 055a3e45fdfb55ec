/** The isolates that report to this region: who they are, and how often they may call. */
import type { Report } from "../../routing/exchange.ts";
import {
  BEAT_MS_MIN,
  EXCHANGES_PER_SECOND_MAX,
  REPORTER_GONE_BEATS,
} from "../../routing/limits.ts";
import type { ReporterStatus } from "../../routing/region-status.ts";
import type { Colo, EndpointId, Ms } from "../../routing/units.ts";

/** At 500 exchanges a second this many isolates call every 100 s; more than that needs a second cell. */
const REPORTERS_MAX = 50_000;

/** Beats are jittered by a fifth, and who was on its way when the last instance ended comes a beat later. */
const KNOWING_BEATS = 2;
/** A beat this much longer or shorter is none that anybody would notice. */
const REMEMBERED_RATIO = 0.1;

/** How many reported to the instance before: one that began without it would ask them all to come at once. */
export interface ReporterMemory {
  readonly count: number;
  store(count: number): void;
}

const FORGETFUL: ReporterMemory = { count: 0, store: () => {} };

interface Reporter {
  readonly status: ReporterStatus;
  readonly inFlight: readonly (readonly [EndpointId, number])[];
}

/** The beat asked of each of `reporters`. */
export const beatMsFor = (reporters: number): Ms =>
  Math.max(BEAT_MS_MIN, Math.ceil((reporters * 1_000) / EXCHANGES_PER_SECOND_MAX));

export class Reporters {
  readonly #known = new Map<string, Reporter>();
  /**
   * The last sequence folded of each isolate, the least recently heard first. It outlives the reporter: an
   * isolate that was idle or backing off sends its unacknowledged report again much later than it is counted gone.
   */
  readonly #folded = new Map<string, number>();
  #sweptAtMs: Ms = 0;
  readonly #memory: ReporterMemory;
  /** As stored. */
  #count: number;
  /** Until then the last instance's number counts too: this one hears of them one after the other, a beat long. */
  #knowsAtMs: Ms | null = null;

  constructor(memory: ReporterMemory = FORGETFUL) {
    this.#memory = memory;
    this.#count = memory.count;
  }

  get beatMs(): Ms {
    return beatMsFor(this.#isHearing ? Math.max(this.#count, this.#known.size) : this.#known.size);
  }

  get #isHearing(): boolean {
    return this.#knowsAtMs === null || this.#sweptAtMs < this.#knowsAtMs;
  }

  /** Notes that it reported; false when this very report was noted before. */
  hear(report: Report, nowMs: Ms): boolean {
    this.#knowsAtMs ??= nowMs + KNOWING_BEATS * beatMsFor(this.#count);
    this.#sweep(nowMs);
    const isNew = this.#isNew(report);
    const known = this.#known.get(report.isolate);
    if (known === undefined && this.#known.size >= REPORTERS_MAX) return isNew;
    if (known !== undefined && !isNew) {
      const status = { ...known.status, heardAtMs: nowMs };
      this.#known.set(report.isolate, { ...known, status });
    } else {
      const reporter = { status: statusOf(report, nowMs), inFlight: inFlightOf(report) };
      this.#known.set(report.isolate, reporter);
    }
    return isNew;
  }

  list(nowMs: Ms): readonly ReporterStatus[] {
    this.#drop(nowMs);
    return [...this.#known.values()].map((reporter) => reporter.status);
  }

  /** Requests that wait for an endpoint now, over all isolates of each colo. */
  inFlight(): ReadonlyMap<Colo, ReadonlyMap<EndpointId, number>> {
    const colos = new Map<Colo, Map<EndpointId, number>>();
    for (const { status, inFlight } of this.#known.values()) {
      const sums = colos.get(status.colo) ?? new Map<EndpointId, number>();
      for (const [endpoint, count] of inFlight) {
        sums.set(endpoint, (sums.get(endpoint) ?? 0) + count);
      }
      colos.set(status.colo, sums);
    }
    return colos;
  }

  #isNew({ isolate, sequence }: Report): boolean {
    const folded = this.#folded.get(isolate) ?? -1;
    this.#folded.delete(isolate);
    this.#folded.set(isolate, Math.max(folded, sequence));
    const [oldest] = this.#folded.keys();
    if (this.#folded.size > REPORTERS_MAX && oldest !== undefined) this.#folded.delete(oldest);
    return sequence > folded;
  }

  /** Once a beat, so that an exchange pays for it once in hundreds. */
  #sweep(nowMs: Ms): void {
    if (nowMs - this.#sweptAtMs >= this.beatMs) this.#drop(nowMs);
  }

  /** What makes another beat. */
  #remember(): void {
    const { size } = this.#known;
    const before = this.#count;
    if (this.#isHearing || Math.abs(size - before) <= REMEMBERED_RATIO * before) return;
    this.#count = size;
    if (beatMsFor(Math.max(size, before)) > BEAT_MS_MIN) this.#memory.store(size);
  }

  #drop(nowMs: Ms): void {
    this.#sweptAtMs = nowMs;
    const goneMs = REPORTER_GONE_BEATS * this.beatMs;
    for (const [isolate, { status }] of this.#known) {
      if (nowMs - status.heardAtMs > goneMs) this.#known.delete(isolate);
    }
    this.#remember();
  }
}

const statusOf = (report: Report, heardAtMs: Ms): ReporterStatus => ({
  colo: report.colo,
  isolate: report.isolate,
  heardAtMs,
  version: report.version,
  snapshotAgeMs: report.snapshotAgeMs,
  budgets: report.budgets,
});

const inFlightOf = (report: Report): Reporter["inFlight"] =>
  Object.entries(report.endpoints)
    .filter(([, { inFlight }]) => inFlight > 0)
    .map(([endpoint, { inFlight }]) => [endpoint as EndpointId, inFlight]);
