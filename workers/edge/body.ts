/**
 * The body of a request on its way to an endpoint. It can be sent once; a small one is kept, so that an idempotent
 * request can be sent again.
 */
import { DEADLINE_MS, REPLAY_BODY_BYTES_MAX } from "../../routing/limits.ts";
import type { Ms } from "../../routing/units.ts";

export type Body = ReadableStream | ArrayBuffer | null;

/** An upload slower than this has stalled. */
const UPLOAD_BYTES_PER_MS_MIN = 64;
/** An upload of unknown length may take as long as the platform lets a request live unanswered. */
const UNKNOWN_UPLOAD_MS = 900_000;

/** True for a body that fits into memory many times over. */
export const isSmall = (contentLength: number): boolean =>
  contentLength >= 0 && contentLength <= REPLAY_BODY_BYTES_MAX;

/**
 * How long a request may wait for its answer to begin: an endpoint often answers only after the whole upload, so an
 * upload has the time that its size needs on a slow line.
 */
export function waitMs(hasBody: boolean, contentLength: number): Ms {
  if (!hasBody) return DEADLINE_MS;
  if (contentLength < 0) return UNKNOWN_UPLOAD_MS;
  return DEADLINE_MS + contentLength / UPLOAD_BYTES_PER_MS_MIN;
}
