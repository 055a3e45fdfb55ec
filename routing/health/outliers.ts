/**
 * Which endpoints a region leaves out because of what all its isolates saw together.
 *
 * One isolate of a thousand sees too little of an endpoint that fails three requests of ten, and each would have to learn
 * it by itself. The region sees the sum: it judges an endpoint against the others of its pool (`outlier.ts`, `pace.ts`),
 * tells everybody with the next beat, and lets it back in after a while, on probation.
 *
 * Ejections alone never leave a pool empty: at most `ejectedMax` of its endpoints are out, and never the last one that may
 * be used. What comes in of an endpoint while it is out is from before, or from those who had no choice, and is not counted.
 */
import type { EventEvidence } from "../event-evidence.ts";
import type { EndpointReport, RegionView } from "../exchange.ts";
import { ESTIMATES_MAX } from "../limits.ts";
import type { Colo, EndpointId, Ms } from "../units.ts";
import { type Charge, COUNTED, type Counted, failingCharge, slowCharge } from "./charge.ts";
import { ejectedMax } from "./ejected-max.ts";
import { BUCKET_MS, BUCKETS, NO_OUTCOMES, OutcomeWindow } from "./outcome-window.ts";
import { isFailing, poolRates } from "./outlier.ts";
import { ejectedFor, isForgiven, isOut, type OutlierEjection } from "./outlier-ejection.ts";
import {
  isSlow,
  medianMs,
  type Pace,
  paced,
  refreshed,
  type Slowdown,
  slowdownOf,
  weightAt,
} from "./pace.ts";

export type StoredOutliers = readonly (readonly [EndpointId, OutlierEjection])[];

/** An endpoint was left out, or let in again before its time. */
export interface Change {
  readonly endpoint: EndpointId;
  readonly detail: string;
  readonly evidence: EventEvidence;
}

/** False of an endpoint that probes call down: they have spoken, and it is none of those that could take over. */
export type IsUsable = (endpoint: EndpointId) => boolean;

/** What else is known of endpoints. */
export interface Probing {
  readonly isUsable: IsUsable;
  /** Somebody probes it: whether there is a connection is for probes to say. */
  isProbed(endpoint: EndpointId): boolean;
}

export interface Heard {
  readonly colo: Colo;
  readonly endpoints: Readonly<Record<EndpointId, EndpointReport>>;
}

/** Buckets that are judged together: the last ones alone, so that much good before does not hide a death, and all. */
const SPANS = [1, 2, BUCKETS] as const;

type Windows = Readonly<Record<Counted, OutcomeWindow>>;

interface Pool {
  readonly members: readonly EndpointId[];
  judgedAtMs: Ms;
}

interface Grounds extends Charge {
  readonly endpoint: EndpointId;
}

export class Outliers {
  #pools: ReadonlyMap<string, Pool> = new Map();
  #poolOf = new Map<EndpointId, Pool>();
  readonly #windows = new Map<EndpointId, Windows>();
  readonly #paces = new Map<EndpointId, Map<Colo, Pace>>();
  readonly #ejections: Map<EndpointId, OutlierEjection>;
  #paceCount = 0;

  constructor(stored: StoredOutliers) {
    this.#ejections = new Map(stored);
  }

  /** Judges the endpoints of these pools from now on. Of an endpoint that is in none nothing is kept. */
  retarget(pools: ReadonlyMap<string, readonly EndpointId[]>): void {
    this.#pools = new Map([...pools].map(([name, members]) => [name, { members, judgedAtMs: 0 }]));
    this.#poolOf = new Map();
    for (const pool of this.#pools.values()) {
      for (const endpoint of pool.members) this.#poolOf.set(endpoint, pool);
    }
    for (const endpoint of this.#windows.keys())
      if (!this.#poolOf.has(endpoint)) this.#forget(endpoint);
    for (const endpoint of this.#ejections.keys()) {
      if (!this.#poolOf.has(endpoint)) this.#ejections.delete(endpoint);
    }
  }

  /**
   * Folds what one isolate reports. A pool is judged at once when the report has failures of it, else once a second.
   *
   * Cost: small for every endpoint of the report, and linear in the pools that are judged.
   */
  fold({ colo, endpoints }: Heard, probing: Probing, nowMs: Ms): readonly Change[] {
    const { isUsable } = probing;
    const judged = new Set<Pool>();
    for (const [id, report] of Object.entries(endpoints)) {
      const endpoint = id as EndpointId;
      const pool = this.#poolOf.get(endpoint);
      if (pool === undefined || this.#isOut(endpoint, nowMs)) continue;
      const isProbed = probing.isProbed(endpoint);
      const hasFailures = this.#foldOne(colo, endpoint, report, isProbed, nowMs);
      if (hasFailures || nowMs - pool.judgedAtMs >= BUCKET_MS) judged.add(pool);
    }
    return [...judged].flatMap((pool) => this.#judge(pool, isUsable, nowMs));
  }

  /** Verdicts of probes changed: who was down is theirs to judge, and of the others some may be needed again. */
  relieve(isUsable: IsUsable, nowMs: Ms): readonly Change[] {
    for (const endpoint of this.#ejections.keys()) {
      if (isUsable(endpoint)) continue;
      this.#ejections.delete(endpoint);
      this.#forget(endpoint);
    }
    return [...this.#pools.values()].flatMap((pool) => this.#relieveOne(pool, isUsable, nowMs));
  }

  /** Everyone who is out or on probation. */
  view(nowMs: Ms): NonNullable<RegionView["ejected"]> {
    const view: Record<EndpointId, { untilMs: Ms; reason: string }> = {};
    for (const [endpoint, ejection] of this.#ejections) {
      const { untilMs, reason } = ejection;
      if (isForgiven(ejection, nowMs)) this.#ejections.delete(endpoint);
      else view[endpoint] = { untilMs, reason };
    }
    return view;
  }

  /** Why it is out now; `null` = it is not. */
  reasonOf(endpoint: EndpointId, nowMs: Ms): string | null {
    return this.#isOut(endpoint, nowMs) ? (this.#ejections.get(endpoint)?.reason ?? null) : null;
  }

  /** Slower than it usually is, at the colos of most of its requests; `null` = it is not. */
  slowdownOf(endpoint: EndpointId, nowMs: Ms): Slowdown | null {
    return slowdownOf([...(this.#paces.get(endpoint)?.values() ?? [])], nowMs);
  }

  stored(): StoredOutliers {
    return [...this.#ejections];
  }

  /**
   * A connection that is refused costs a visitor a millisecond, and the next endpoint answers. A restart that lasts less than
   * a beat is over before anybody is told of it: an ejection would come when the endpoint is back.
   */
  #foldOne(
    colo: Colo,
    endpoint: EndpointId,
    report: EndpointReport,
    isProbed: boolean,
    nowMs: Ms,
  ): boolean {
    const { success: successes, failure, overload } = report.outcomes;
    const unreached = isProbed ? (report.unreached ?? 0) : 0;
    const failures = Math.max(0, failure + overload - unreached);
    const known = this.#windows.get(endpoint);
    const windows = known ?? { answers: new OutcomeWindow(), bodies: new OutcomeWindow() };
    if (known === undefined) this.#windows.set(endpoint, windows);
    const { bodies = NO_OUTCOMES } = report;
    windows.answers.add({ successes, failures }, nowMs);
    windows.bodies.add(bodies, nowMs);
    const ms = report.meanMs ?? report.latencyMs;
    if (ms !== undefined && successes > 0) this.#foldPace(colo, endpoint, ms, successes, nowMs);
    return failures > 0 || bodies.failures > 0;
  }

  #foldPace(colo: Colo, endpoint: EndpointId, ms: number, requests: number, nowMs: Ms): void {
    const paces = this.#paces.get(endpoint) ?? new Map<Colo, Pace>();
    const before = paces.get(colo);
    if (before === undefined) {
      if (this.#paceCount >= ESTIMATES_MAX) return;
      this.#paceCount += 1;
      this.#paces.set(endpoint, paces);
    }
    paces.set(colo, paced(before, ms, requests, nowMs));
  }

  #judge(pool: Pool, isUsable: IsUsable, nowMs: Ms): readonly Change[] {
    pool.judgedAtMs = nowMs;
    const lifted = this.#relieveOne(pool, isUsable, nowMs);
    const out = pool.members.filter((endpoint) => this.#isOut(endpoint, nowMs));
    const inUse = pool.members.filter((one) => isUsable(one) && !this.#isOut(one, nowMs));
    const room = Math.min(ejectedMax(pool.members.length) - out.length, inUse.length - 1);
    if (room <= 0) return lifted;
    const grounds = this.#groundsAgainst(inUse, nowMs);
    grounds.sort((one, other) => other.weight - one.weight);
    return [...lifted, ...grounds.slice(0, room).map((one) => this.#eject(one, nowMs))];
  }

  #groundsAgainst(inUse: readonly EndpointId[], nowMs: Ms): Grounds[] {
    const found = new Map<EndpointId, Grounds>();
    for (const slow of this.#slow(inUse, nowMs)) found.set(slow.endpoint, slow);
    for (const buckets of SPANS) {
      for (const counted of COUNTED) {
        for (const one of this.#failing(inUse, buckets, counted, nowMs)) {
          found.set(one.endpoint, one);
        }
      }
    }
    return [...found.values()];
  }

  #failing(
    inUse: readonly EndpointId[],
    buckets: number,
    counted: Counted,
    nowMs: Ms,
  ): readonly Grounds[] {
    const outcomes = inUse.map(
      (endpoint) => this.#windows.get(endpoint)?.[counted].last(buckets, nowMs) ?? NO_OUTCOMES,
    );
    if (outcomes.every(({ failures }) => failures === 0)) return [];
    const rates = poolRates(outcomes);
    return inUse.flatMap((endpoint, index) => {
      const own = outcomes[index];
      if (own === undefined || !isFailing(own, rates, this.#ejections.has(endpoint))) return [];
      return [{ endpoint, ...failingCharge(counted, own, rates, buckets * BUCKET_MS) }];
    });
  }

  /** Slow at the colos that most of its requests come from: of one colo alone it may be the way there. */
  #slow(inUse: readonly EndpointId[], nowMs: Ms): readonly Grounds[] {
    const medians = new Map<Colo, number | null>();
    const medianAt = (colo: Colo): number | null => {
      const known = medians.get(colo);
      if (known !== undefined) return known;
      const paces = inUse.flatMap((endpoint) => this.#paces.get(endpoint)?.get(colo) ?? []);
      const median = medianMs(paces, nowMs);
      medians.set(colo, median);
      return median;
    };
    return inUse.flatMap((endpoint) => {
      let requests = 0;
      let slowRequests = 0;
      let charge: Charge | null = null;
      for (const [colo, pace] of this.#paces.get(endpoint) ?? []) {
        const weight = weightAt(pace, nowMs);
        requests += weight;
        const median = medianAt(colo);
        if (median === null || !isSlow(pace, median, nowMs)) continue;
        slowRequests += weight;
        charge = slowCharge(colo, pace, median);
      }
      return charge !== null && slowRequests > requests / 2 ? [{ endpoint, ...charge }] : [];
    });
  }

  #eject({ endpoint, reason, evidence }: Grounds, nowMs: Ms): Change {
    const ejection = ejectedFor(this.#ejections.get(endpoint), reason, nowMs);
    this.#ejections.set(endpoint, ejection);
    // Only what comes after it says whether it is well again; how fast it usually is stays.
    for (const counted of COUNTED) this.#windows.get(endpoint)?.[counted].clear();
    const paces = this.#paces.get(endpoint);
    for (const [colo, pace] of paces ?? []) paces?.set(colo, refreshed(pace));
    const seconds = (ejection.untilMs - nowMs) / 1_000;
    const numbers = {
      ...evidence.numbers,
      ejected_ms: ejection.untilMs - nowMs,
      times: ejection.times,
    };
    const detail = `ejected for ${seconds} s: ${reason}`;
    return { endpoint, detail, evidence: { ...evidence, numbers } };
  }

  /** Lets those in again that the pool cannot spare, who would be back first anyway. */
  #relieveOne({ members }: Pool, isUsable: IsUsable, nowMs: Ms): readonly Change[] {
    const out = members.filter((endpoint) => this.#isOut(endpoint, nowMs));
    if (out.length === 0) return [];
    const hasOthers = members.some((one) => isUsable(one) && !out.includes(one));
    const allowed = hasOthers
      ? ejectedMax(members.length)
      : Math.min(out.length - 1, ejectedMax(members.length));
    const untilMsOf = (endpoint: EndpointId) => this.#ejections.get(endpoint)?.untilMs ?? 0;
    out.sort((one, other) => untilMsOf(one) - untilMsOf(other));
    return out.slice(0, Math.max(0, out.length - allowed)).map((endpoint) => {
      this.#ejections.delete(endpoint);
      const numbers = { members: members.length, out: out.length, allowed };
      const evidence = { rule: "never-empty", numbers };
      return { endpoint, detail: "let in again: too few of its pool are left", evidence };
    });
  }

  #isOut(endpoint: EndpointId, nowMs: Ms): boolean {
    const ejection = this.#ejections.get(endpoint);
    return ejection !== undefined && isOut(ejection, nowMs);
  }

  #forget(endpoint: EndpointId): void {
    this.#windows.delete(endpoint);
    this.#paceCount -= this.#paces.get(endpoint)?.size ?? 0;
    this.#paces.delete(endpoint);
  }
}
