/**
 * The only reader of how a try ended. Everything else knows outcomes, not statuses and not errors.
 *
 * An error is classified by its phase and never by its message: whatever is thrown before the headers is the
 * endpoint's failure, unless it was the visitor who left.
 */
import type { TryFailure } from "../../routing/attempt/retry.ts";
import type { Outcome } from "../../routing/exchange.ts";
import type { Fault } from "../../routing/health/platform-error.ts";

export interface Ending {
  readonly outcome: Outcome;
  /** What another try depends on; `final` = this is the visitor's to see. */
  readonly failure: TryFailure;
  /** What the endpoint asked for with `Retry-After` in seconds; a date is not read. */
  readonly retryAfterMs?: number;
  /** The platform answered, for a reason that is not the endpoint's: this isolate had better ask another, and nobody is told that it failed. */
  readonly isOurs?: boolean;
}

const SUCCESS: Ending = { outcome: "success", failure: "final" };
const FAILED_FOR_GOOD: Ending = { outcome: "failure", failure: "final" };
const OVERLOADED_FOR_GOOD: Ending = { outcome: "overload", failure: "final" };
/** The visitor left first. */
export const ABANDONED: Ending = { outcome: "abandoned", failure: "final" };
/** Another endpoint was faster: nobody waits for this one any more. */
export const BEATEN: Ending = { outcome: "abandoned", failure: "final" };

const failedBy = (failure: TryFailure): Ending => ({ outcome: "failure", failure });

/** Another endpoint may be had, whosever fault it is. */
const REFUSED_BY_PLATFORM: Ending = { outcome: "failure", failure: "connect", isOurs: true };

/**
 * `fault`: of an answer that is the platform's own (`platform-answer.ts`), whatever its status says.
 *
 * 502, 503, 504 are a gateway's; 520..527 and 530 are the platform's own words for an endpoint that it could not
 * reach, resolve, or agree with on TLS. 500 counts against the endpoint, but another one would say the same.
 */
export function endingOf(answer: Response, fault: Fault | null = null): Ending {
  const { status } = answer;
  if (fault !== null) return fault === "ours" ? REFUSED_BY_PLATFORM : failedBy("connect");
  if (status < 429) return SUCCESS;
  switch (status) {
    case 429:
      return pushedBack(answer, "429") ?? OVERLOADED_FOR_GOOD;
    case 503:
      return pushedBack(answer, "503") ?? failedBy("503");
    case 500:
    case 507:
      return FAILED_FOR_GOOD;
    case 502:
      return failedBy("502");
    case 504:
    case 522:
    case 524:
      return failedBy("504");
    case 530:
      return failedBy("connect");
    default:
      return status >= 520 && status <= 527 ? failedBy("connect") : SUCCESS;
  }
}

export interface Silence {
  /** What the visitor sent ended before its end; a visitor who leaves otherwise is heard by `attempt`. */
  readonly isUploadBroken: boolean;
  /** It was our timer that ended the try. */
  readonly isTimeout: boolean;
}

/** No answer, or one that is none. */
export function endingOfSilence({ isUploadBroken, isTimeout }: Silence): Ending {
  if (isUploadBroken) return ABANDONED;
  return failedBy(isTimeout ? "timeout" : "reset");
}

/** An endpoint that says when to come back is busy and not broken; others may have room. */
function pushedBack(answer: Response, failure: TryFailure): Ending | null {
  const seconds = answer.headers.get("retry-after");
  if (seconds === null) return null;
  const ending = { outcome: "overload", failure } as const;
  return /^\d{1,6}$/.test(seconds) ? { ...ending, retryAfterMs: Number(seconds) * 1_000 } : ending;
}
