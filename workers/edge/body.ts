/**
 * The body of a request on its way to an endpoint. It can be sent once; a small one is kept, so that an idempotent
 * request can be sent again.
 */
import { DEADLINE_MS, REPLAY_BODY_BYTES_MAX } from "../../routing/limits.ts";
import type { Ms } from "../../routing/units.ts";

export type Body = ReadableStream | ArrayBuffer | null;

/** A body as it is sent, and whether it broke off on the visitor's side. */
export interface Upload {
  readonly body: Body;
  isBroken(): boolean;
}

/** Of a request without a body. */
export const NO_UPLOAD: Upload = { body: null, isBroken: () => false };

/**
 * The body of a request, ready to be sent; `null` when one that must be kept did not come whole.
 *
 * `isKept`: it is read into memory first, because it may be sent more than once.
 */
export async function uploadOf(
  request: Request,
  contentLength: number,
  isKept: boolean,
): Promise<Upload | null> {
  const { body, method } = request;
  if (body === null) return NO_UPLOAD;
  if (isKept) {
    const kept = await keep(request);
    return kept === null ? null : unwatched(kept);
  }
  const isChunked = contentLength < 0;
  // With GET and HEAD the request itself is copied, and its body with it.
  return isChunked && method !== "GET" && method !== "HEAD" ? watched(body) : unwatched(body);
}

/** `null` when the visitor left before the body was whole. */
async function keep(request: Request): Promise<ArrayBuffer | null> {
  try {
    return await request.arrayBuffer();
  } catch {
    return null;
  }
}

const unwatched = (body: Body): Upload => ({ body, isBroken: () => false });

type Chunk = ReadableStreamReadResult<unknown>;

/**
 * An upload in chunks may be malformed, which the runtime tells whoever reads it. Without a look at that, three such
 * uploads would eject an endpoint that did nothing wrong. It is sent on only when its first chunk is sound; `null` when
 * that is not. Cost: every chunk passes through here.
 */
export async function watched(body: ReadableStream): Promise<Upload | null> {
  const from = body.getReader();
  const first = await from.read().catch(() => null);
  if (first === null) return null;
  const { readable, writable } = new TransformStream();
  let broken = false;
  void pump(first, from, writable.getWriter(), () => {
    broken = true;
  });
  return { body: readable, isBroken: () => broken };
}

async function pump(
  first: Chunk,
  from: ReadableStreamDefaultReader,
  to: WritableStreamDefaultWriter,
  onBroken: () => void,
): Promise<void> {
  let read: Chunk | null = first;
  while (read !== null) {
    const passed = await (read.done ? to.close() : to.write(read.value)).then(
      () => true,
      () => false,
    );
    if (read.done) return;
    if (!passed) {
      // The endpoint wants no more of it.
      await from.cancel().catch(() => {});
      return;
    }
    read = await from.read().catch(() => null);
  }
  onBroken();
  // The endpoint must see an upload that broke off, never one that ended.
  await to.abort(new Error("the upload broke off")).catch(() => {});
}

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
