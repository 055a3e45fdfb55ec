/** What Route 53 and STS answer when they do not do it, classified by their codes; codes of STS and Route 53 do not overlap in meaning. */
import type { Ms } from "../../../../routing/units.ts";
import type { Failure, FailureKind } from "../provider.ts";

/** Vendor, "Common errors" of both API references, and "Errors" of the actions that we call. */
const KINDS: Readonly<Record<string, FailureKind>> = {
  Throttling: "throttled",
  ThrottlingException: "throttled",
  RequestLimitExceeded: "throttled",
  TooManyRequestsException: "throttled",
  // "If Route 53 can't process a request before the next request arrives, it will reject subsequent requests for the same hosted zone".
  PriorRequestNotComplete: "throttled",
  AccessDenied: "unauthorized",
  AccessDeniedException: "unauthorized",
  ExpiredToken: "unauthorized",
  ExpiredTokenException: "unauthorized",
  IncompleteSignature: "unauthorized",
  InvalidClientTokenId: "unauthorized",
  InvalidSignatureException: "unauthorized",
  MissingAuthenticationToken: "unauthorized",
  MissingAuthenticationTokenException: "unauthorized",
  NotAuthorized: "unauthorized",
  NotAuthorizedException: "unauthorized",
  OptInRequired: "unauthorized",
  RegionDisabledException: "unauthorized",
  RequestExpired: "unauthorized",
  SignatureDoesNotMatch: "unauthorized",
  UnrecognizedClientException: "unauthorized",
  NoSuchHostedZone: "no-zone",
  // A check that a set was to have has gone since it was listed.
  NoSuchHealthCheck: "fenced",
};

/** Vendor's sentences of an InvalidChangeBatch when the zone is not as the request takes it to be. */
const IS_OTHER =
  /it already exists|it was not found|do not match the current values|other RRSets exist with the same name and type/;

const NEXT: Readonly<Record<FailureKind, string>> = {
  throttled: "it is asked again later",
  unauthorized:
    "check the access key, the role and that its policy allows what docs/dns-providers/route53.md lists",
  "no-zone": "check `hosted_zone_id`",
  fenced: "nothing was written; the zone is listed again",
  rejected: "nothing was written; change what the sentence names",
  unreachable: "it is asked again later",
  unknown: "it may have been written; the zone is listed again before anything else",
};

export interface Where {
  readonly zone: string;
  readonly zoneId: string;
  /** As the middle of a sentence, such as `listing its records`. */
  readonly doing: string;
  /** The request that writes has been sent. */
  readonly isSent: boolean;
  readonly secrets: readonly string[];
}

export function failureOf(error: unknown, where: Where): Failure {
  const seen = read(error);
  const kind = kindOf(seen, where.isSent);
  return told(kind, sentenceOf(seen), where, seen.retryAfterMs);
}

/** How long the vendor asks to be left alone, `undefined` when it does not say; `null`: it is no throttling. */
export function throttledMs(error: unknown): Ms | undefined | null {
  const seen = read(error);
  return kindOf(seen, false) === "throttled" ? seen.retryAfterMs : null;
}

function sentenceOf({ code, words, status }: Seen): string {
  if (status === undefined) return words;
  return code === null ? `an answer of status ${status} is not understood` : `${code}: ${words}`;
}

/** One of our own finding. */
export function told(
  kind: FailureKind,
  why: string,
  { zone, zoneId, doing, secrets }: Where,
  retryAfterMs?: number,
): Failure {
  const whole = `Route 53, zone ${zone} (${zoneId}): ${doing} failed: ${why}. Next: ${NEXT[kind]}.`;
  const detail = secrets.reduce((text, secret) => text.replaceAll(secret, "[redacted]"), whole);
  return { kind, detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

interface Seen {
  /** `null`: the answer is no error as the vendor writes them, or there is none. */
  readonly code: string | null;
  readonly words: string;
  /** Absent when no answer came. */
  readonly status?: number;
  readonly retryAfterMs?: number;
}

/** What the SDK names errors that it finds no code in. */
const NAMELESS = ["Unknown", "UnknownError", "NotFound", "Error"];

/**
 * A batch is refused in one of two forms. Of `<InvalidChangeBatch><Messages>`, which its other SDKs have code of their own for, this one finds
 * neither code nor message, but leaves `Messages` as it was read.
 */
function read(error: unknown): Seen {
  const {
    name = "Error",
    message,
    $metadata,
    $fault,
    $response,
    messages,
    Messages,
  } = error as {
    name?: string;
    message?: string;
    messages?: readonly string[];
    Messages?: { Message?: string | readonly string[] };
    $fault?: string;
    $metadata?: { httpStatusCode?: number };
    $response?: { headers?: Record<string, string> };
  };
  const status = $metadata?.httpStatusCode;
  const retryAfter = Number($response?.headers?.["retry-after"] ?? Number.NaN);
  const raw = [Messages?.Message ?? []].flat();
  const said = [...(messages ?? []), ...raw];
  const words = [...new Set(said.length > 0 ? said : [message ?? name])].join(" ");
  const code = raw.length > 0 ? "InvalidChangeBatch" : name;
  return {
    code: $fault === undefined || NAMELESS.includes(code) ? null : code,
    words: words.replace(/\s+/g, " ").slice(0, WORDS_MAX),
    ...(status === undefined ? {} : { status }),
    ...(retryAfter >= 0 ? { retryAfterMs: retryAfter * 1_000 } : {}),
  };
}

/** A batch of a thousand changes has as many sentences. */
const WORDS_MAX = 2_000;

function kindOf({ code, words, status }: Seen, isSent: boolean): FailureKind {
  if (status === 429) return "throttled";
  if (status === undefined || code === null) return isSent ? "unknown" : "unreachable";
  const known = KINDS[code];
  if (known !== undefined) return known;
  // Their own failure, told by themselves: the request was not done, and the stamp tells if it was after all.
  if (status >= 500) return "unreachable";
  return code === "InvalidChangeBatch" && IS_OTHER.test(words) ? "fenced" : "rejected";
}
