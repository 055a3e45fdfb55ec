/**
 * Where this region's probes and its traffic disagree (`routing/health/two-views.ts`): when it began, and that it is over.
 *
 * The counts are memory only, what is told is stored with its event. Nothing here moves traffic.
 */
import type { EndpointReport, Outcomes, Report } from "../../routing/exchange.ts";
import { BUCKETS, NO_OUTCOMES, OutcomeWindow } from "../../routing/health/outcome-window.ts";
import type { Outliers } from "../../routing/health/outliers.ts";
import {
  type Disagreement,
  disagreementOf,
  type TwoViews,
} from "../../routing/health/two-views.ts";
import type { RegionStatus } from "../../routing/region-status.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import type { Documents } from "../storage/documents.ts";
import type { Health } from "./health.ts";
import type { News } from "./news.ts";

type Open = NonNullable<RegionStatus["disagreements"]>[EndpointId];

/** A minute in ten: a method that is asked for once in ten seconds is heard of in time. */
const BUCKET_MS = 6_000;
/** The last ones alone, so that much good before does not hide a fault, and all. */
const SPANS = [2, BUCKETS] as const;
const LOOK_MS = 1_000;
/** So long nothing of it is seen until it is over: longer than an ejection's first steps. */
const QUIET_MS = 30_000;
/** Reports of about now are still of the time before a verdict flipped. */
const SETTLE_MS = 5_000;
/** Told at once: with more of them the service is what fails, and an operator reads no longer list. */
const OPEN_MAX = 200;

const DOCUMENT = "disagreements";

class Counts {
  readonly safe = new OutcomeWindow(BUCKET_MS);
  /** Most endpoints never need the others. */
  unsafe: OutcomeWindow | null = null;
  bodies: OutcomeWindow | null = null;
  /** As failures. */
  platform: OutcomeWindow | null = null;
  /** They are of the time since the verdict flipped last. */
  readonly verdictSinceMs: Ms;

  constructor(verdictSinceMs: Ms) {
    this.verdictSinceMs = verdictSinceMs;
  }

  /** `unreached`: connections that failed are for probes to judge where there are any. */
  add({ outcomes, unsafe, bodies, platform = 0 }: EndpointReport, unreached: number, nowMs: Ms) {
    const { successes, failures } = unsafe ?? NO_OUTCOMES;
    const failed = outcomes.failure + outcomes.overload - unreached - failures;
    const succeeded = outcomes.success - successes;
    this.safe.add({ successes: Math.max(0, succeeded), failures: Math.max(0, failed) }, nowMs);
    if (unsafe !== undefined) this.unsafe = added(this.unsafe, unsafe, nowMs);
    if (bodies !== undefined) this.bodies = added(this.bodies, bodies, nowMs);
    const refused = { successes: 0, failures: platform };
    if (platform > 0) this.platform = added(this.platform, refused, nowMs);
  }
}

function added(window: OutcomeWindow | null, outcomes: Outcomes, nowMs: Ms): OutcomeWindow {
  const kept = window ?? new OutcomeWindow(BUCKET_MS);
  kept.add(outcomes, nowMs);
  return kept;
}

export class Disagreements {
  readonly #documents: Documents;
  readonly #health: Health;
  readonly #outliers: Outliers;
  readonly #open: Map<EndpointId, Open>;
  readonly #counts = new Map<EndpointId, Counts>();
  /** Heard of since the last look. */
  readonly #heard = new Set<EndpointId>();
  #lookedAtMs: Ms = 0;
  #subjects: ReadonlyMap<EndpointId, string> = new Map();

  constructor(documents: Documents, health: Health, outliers: Outliers) {
    this.#documents = documents;
    this.#health = health;
    this.#outliers = outliers;
    const stored = (documents.read(DOCUMENT) ?? {}) as Record<EndpointId, Open>;
    this.#open = new Map(Object.entries(stored) as [EndpointId, Open][]);
  }

  /** `subjects`: what events call the endpoints that requests may be sent to. */
  retarget(subjects: ReadonlyMap<EndpointId, string>): void {
    this.#subjects = subjects;
    for (const known of [this.#open, this.#counts, this.#heard]) {
      for (const endpoint of known.keys()) if (!subjects.has(endpoint)) known.delete(endpoint);
    }
  }

  fold({ endpoints }: Report, beatMs: Ms, nowMs: Ms): void {
    for (const [id, report] of Object.entries(endpoints)) {
      const endpoint = id as EndpointId;
      if (!this.#subjects.has(endpoint)) continue;
      const health = this.#health.of(endpoint);
      const sinceMs = health?.changedAtMs ?? 0;
      if (nowMs - sinceMs < Math.max(SETTLE_MS, 2 * beatMs)) continue;
      const known = this.#counts.get(endpoint);
      const counts = known?.verdictSinceMs === sinceMs ? known : new Counts(sinceMs);
      if (counts !== known) this.#counts.set(endpoint, counts);
      counts.add(report, health === undefined ? 0 : (report.unreached ?? 0), nowMs);
      this.#heard.add(endpoint);
    }
  }

  /** What began and what is over. Once a second, of those that were heard of and those that are open. */
  look(isBlind: boolean, nowMs: Ms): readonly News[] {
    if (nowMs - this.#lookedAtMs < LOOK_MS) return [];
    this.#lookedAtMs = nowMs;
    const heard = new Set([...this.#heard, ...this.#open.keys()]);
    this.#heard.clear();
    return [...heard].flatMap((endpoint) => this.#lookAt(endpoint, isBlind, nowMs));
  }

  view(): NonNullable<RegionStatus["disagreements"]> {
    return Object.fromEntries(this.#open);
  }

  /** Call it inside a transaction. */
  store(): void {
    this.#documents.write(DOCUMENT, this.view());
  }

  #subjectOf(endpoint: EndpointId): string {
    return this.#subjects.get(endpoint) ?? endpoint;
  }

  #lookAt(endpoint: EndpointId, isBlind: boolean, nowMs: Ms): readonly News[] {
    const found = this.#find(endpoint, isBlind, nowMs);
    const before = this.#open.get(endpoint);
    if (found === null)
      return before === undefined ? [] : this.#quiet(endpoint, before, isBlind, nowMs);
    const { kind, detail, evidence } = found;
    const isNew = before?.kind !== kind;
    if (before === undefined && this.#open.size >= OPEN_MAX) return [];
    const sinceMs = isNew ? nowMs : before.sinceMs;
    this.#open.set(endpoint, { kind, detail, sinceMs, seenAtMs: nowMs });
    const subject = this.#subjectOf(endpoint);
    return isNew ? [{ subject, detail: `disagreement (${kind}): ${detail}`, evidence }] : [];
  }

  /** Without the prober's view nothing of it can be over. */
  #quiet(endpoint: EndpointId, open: Open, isBlind: boolean, nowMs: Ms): readonly News[] {
    if (isBlind) this.#open.set(endpoint, { ...open, seenAtMs: nowMs });
    if (isBlind || nowMs - open.seenAtMs < QUIET_MS) return [];
    this.#open.delete(endpoint);
    const lastedMs = open.seenAtMs - open.sinceMs;
    const detail = `disagreement (${open.kind}) is over: nothing of it was seen for ${QUIET_MS / 1_000} s`;
    const numbers = { lasted_ms: lastedMs, quiet_ms: QUIET_MS };
    const evidence = { rule: `two-views-${open.kind}`, numbers };
    return [{ subject: this.#subjectOf(endpoint), detail, evidence }];
  }

  #find(endpoint: EndpointId, isBlind: boolean, nowMs: Ms): Disagreement | null {
    const health = this.#health.of(endpoint);
    const counts = this.#counts.get(endpoint);
    const isCurrent = counts?.verdictSinceMs === (health?.changedAtMs ?? 0);
    const seen: Omit<TwoViews, "safe" | "unsafe" | "bodies" | "platform" | "windowMs"> = {
      probes: health === undefined || isBlind ? null : health.healthy ? "healthy" : "unhealthy",
      slowdown: this.#outliers.slowdownOf(endpoint, nowMs),
      ejectedFor: this.#outliers.reasonOf(endpoint, nowMs),
    };
    for (const buckets of SPANS) {
      const last = (window: OutcomeWindow | null | undefined) =>
        isCurrent ? (window?.last(buckets, nowMs) ?? NO_OUTCOMES) : NO_OUTCOMES;
      const found = disagreementOf({
        ...seen,
        safe: last(counts?.safe),
        unsafe: last(counts?.unsafe),
        bodies: last(counts?.bodies),
        platform: last(counts?.platform).failures,
        windowMs: buckets * BUCKET_MS,
      });
      if (found !== null) return found;
    }
    return null;
  }
}
