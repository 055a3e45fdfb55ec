/**
 * Whether a failed try may be followed by another: the one place that says so.
 *
 * `fetch` cannot tell whether an endpoint has already acted on a request when the connection broke, so a request
 * that must not run twice is never sent twice, not even after "connection refused".
 */
import type { Ms } from "../units.ts";
import { type RetryBudget, withdrawn } from "./budget.ts";

/**
 * How a try failed. Statuses are named as such; `429` means one with `Retry-After`, `listed` one that a route's `retry` names.
 * `final` is every other answer or error: it is the visitor's to see.
 */
export type TryFailure =
  | "connect"
  | "reset"
  | "timeout"
  | "502"
  | "503"
  | "504"
  | "429"
  | "listed"
  | "final";

export interface RetryQuestion {
  readonly method: string;
  readonly hasIdempotencyKey: boolean;
  /** `streamed` = some of it is gone and was not kept. */
  readonly body: "none" | "kept" | "streamed";
  readonly failure: TryFailure;
  readonly triesSoFar: number;
  readonly triesMax: number;
  readonly deadlineLeftMs: Ms;
  readonly budget: RetryBudget;
  /**
   * The try was made to see whether an endpoint is back, which is our wish and not the visitor's: the one after it costs nothing.
   * There is one such try per endpoint and ejection.
   */
  readonly wasProbing?: boolean;
}

export type RetryAnswer =
  | { readonly retry: true; readonly budget: RetryBudget }
  | {
      readonly retry: false;
      readonly because: "failure" | "method" | "body" | "tries" | "deadline" | "budget";
    };

const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/** With less time than one round trip across a continent a try could only fail. */
const DEADLINE_LEFT_MS_MIN = 50;

/** True when the request may be sent a second time at all, whatever failed. */
export function isReplayable(
  question: Pick<RetryQuestion, "method" | "hasIdempotencyKey" | "body">,
): boolean {
  return whyNotReplayable(question) === null;
}

/** The last check is the budget's, so that nothing is paid for a retry that is refused anyway. */
export function mayRetry(question: RetryQuestion, nowMs: Ms): RetryAnswer {
  if (question.failure === "final") return { retry: false, because: "failure" };
  const because = whyNotReplayable(question);
  if (because !== null) return { retry: false, because };
  if (question.triesSoFar >= question.triesMax) return { retry: false, because: "tries" };
  if (!(question.deadlineLeftMs >= DEADLINE_LEFT_MS_MIN)) {
    return { retry: false, because: "deadline" };
  }
  const budget = withdrawn(question.budget, nowMs, question.wasProbing === true ? 0 : 1);
  return budget === null ? { retry: false, because: "budget" } : { retry: true, budget };
}

function whyNotReplayable(
  question: Pick<RetryQuestion, "method" | "hasIdempotencyKey" | "body">,
): "method" | "body" | null {
  const { method, hasIdempotencyKey, body } = question;
  if (!IDEMPOTENT.has(method) && !hasIdempotencyKey) return "method";
  if (body === "streamed") return "body";
  // A body gives GET and HEAD no defined meaning (RFC 9110, 9.3.1): whoever sends one may well change something.
  return body === "kept" && (method === "GET" || method === "HEAD") ? "body" : null;
}
