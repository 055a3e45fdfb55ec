/**
 * The second view (`two-views`): what traffic says of an endpoint that somebody wants to take away.
 *
 * Not whether it is good, only whether it still serves anybody. An endpoint from which no answer comes takes no capacity with
 * it when it goes, so it may go whatever the limit says; one that answers is held.
 *
 * - *fails*: hardly one of the newest tries was answered, or none any more since some failed, or answers stopped that came
 *   steadily. The last is how a black hole looks before the first try has waited to its end.
 * - *works*: it has answered lately, be it that it is too busy: who takes a busy endpoint away makes the next one busy.
 * - *silent*: nobody has asked it lately, so traffic knows nothing.
 */
import type { EndpointReport } from "../exchange.ts";
import { BUCKET_MS, BUCKETS, OutcomeWindow } from "../health/outcome-window.ts";
import type { Ms } from "../units.ts";

export interface Word {
  readonly says: "works" | "fails" | "silent";
  /** In words with the numbers in them, to go on after "traffic: ". */
  readonly detail: string;
}

/** One failure is an accident; probes have failed already, so two are enough. */
const FAILURES_MIN = 2;
/** What answers one request of ten still serves somebody; isolates and `health/outliers.ts` judge how well. */
const FAILING_SHARE_MIN = 0.9;
/** The last ones alone: much good before must not hide a death. */
const NEWEST_BUCKETS = 2;
const WINDOW_MS = BUCKETS * BUCKET_MS;
/** Two beats: whatever was answered before an endpoint died has been reported by then. */
const SETTLED_MS = 2 * BUCKET_MS;
/** So many answers that should have come and did not are no chance: one in 1.2 million, as in `health/outlier.ts`; it is asked every second. */
const MISSED_MIN = 14;
/** What was seen a minute ago is of another fault. */
const REMEMBERED_MS = 60_000;
/**
 * An endpoint that nobody uses has no second view. That probes call it down for so long without a break is taken for one: a cut
 * of half a minute is no reason to move (`dns/standing.ts` thinks so too), what alternates never comes so far, and whoever is
 * sent to it meanwhile is the second view.
 */
export const SILENT_PATIENCE_MS = 30_000;

/** Of one endpoint, by all isolates of the region. Cost: 80 bytes of counts and five numbers. */
export class Heard {
  readonly #window = new OutcomeWindow();
  #answeredAtMs: Ms = Number.NEGATIVE_INFINITY;
  #failedAtMs: Ms = Number.NEGATIVE_INFINITY;
  /** Since the last report with an answer in it, its own among them: nobody tells which came first. */
  #failures = 0;

  /**
   * Failures without a connection count here. Of an endpoint that answers nobody, visitors who gave up waiting do too: it is
   * how a black hole looks to the impatient.
   */
  fold({ outcomes }: Pick<EndpointReport, "outcomes">, nowMs: Ms): void {
    const successes = outcomes.success + outcomes.overload;
    const failures = outcomes.failure + (successes === 0 ? outcomes.abandoned : 0);
    this.#window.add({ successes, failures }, nowMs);
    if (successes > 0) {
      this.#answeredAtMs = nowMs;
      this.#failures = 0;
    }
    if (failures === 0) return;
    this.#failures += failures;
    this.#failedAtMs = nowMs;
  }

  /** `answeredAtMs`: when anybody's report last had an answer of anything in it. Without reports nothing has stopped. */
  word(nowMs: Ms, answeredAtMs: Ms = nowMs): Word {
    const newest = this.#window.last(NEWEST_BUCKETS, nowMs);
    const requests = newest.successes + newest.failures;
    if (newest.failures >= FAILURES_MIN && newest.failures >= FAILING_SHARE_MIN * requests) {
      return {
        says: "fails",
        detail: `${newest.failures} of the last ${requests} requests failed`,
      };
    }
    const isSettled = nowMs - this.#answeredAtMs >= SETTLED_MS;
    const isRemembered = nowMs - this.#failedAtMs < REMEMBERED_MS;
    if (isSettled && isRemembered && this.#failures >= FAILURES_MIN) {
      return { says: "fails", detail: `no answer since ${this.#failures} requests failed` };
    }
    const lately = this.#window.last(BUCKETS, nowMs);
    const silentMs = answeredAtMs - this.#answeredAtMs;
    const missed = (lately.successes * silentMs) / Math.max(BUCKET_MS, WINDOW_MS - silentMs);
    if (silentMs >= SETTLED_MS && missed >= MISSED_MIN) {
      const detail = `no answer for ${(silentMs / 1_000).toFixed(1)} s, after ${lately.successes} in the seconds before`;
      return { says: "fails", detail };
    }
    if (lately.successes > 0) {
      const all = lately.successes + lately.failures;
      const detail = `${lately.successes} of ${all} requests of the last ${WINDOW_MS / 1_000} s were answered`;
      return { says: "works", detail };
    }
    return SILENT;
  }
}

export const SILENT: Word = { says: "silent", detail: "nobody has asked it lately" };

/** Whether this lets a removal pass that the limit does not. `calledDownMs`: how long probes have called it down without a break. */
export const isCorroborated = ({ says }: Word, calledDownMs: Ms): boolean =>
  says === "fails" || (says === "silent" && calledDownMs >= SILENT_PATIENCE_MS);
