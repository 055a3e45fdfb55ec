import { HELD_STREAMS_MAX, STREAM_LOOK_MS } from "../../routing/limits.ts";
import type { OpenStream } from "../../routing/steer/stream-drain.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";

/** Who has missed so many looks is gone. */
const LOST_MS = 4 * STREAM_LOOK_MS;

/** The streams that this isolate holds, each with when it looked last: the platform may drop a request's work without a word. */
export class HeldStreams {
  readonly #lookedAtMs = new Map<OpenStream, Ms>();

  /** False when there are too many. */
  hasRoom(nowMs: Ms): boolean {
    if (this.#lookedAtMs.size < HELD_STREAMS_MAX) return true;
    for (const [stream, atMs] of this.#lookedAtMs) {
      if (nowMs - atMs > LOST_MS) this.#lookedAtMs.delete(stream);
    }
    return this.#lookedAtMs.size < HELD_STREAMS_MAX;
  }

  looked(stream: OpenStream, nowMs: Ms): void {
    this.#lookedAtMs.set(stream, nowMs);
  }

  over(stream: OpenStream): void {
    this.#lookedAtMs.delete(stream);
  }

  /** How many are open by endpoint, as a member of a report; those that are gone are not counted. */
  told(nowMs: Ms): { readonly streams?: Readonly<Record<EndpointId, number>> } {
    const streams: Record<EndpointId, number> = {};
    for (const [{ endpoint }, atMs] of this.#lookedAtMs) {
      if (nowMs - atMs <= LOST_MS) streams[endpoint] = (streams[endpoint] ?? 0) + 1;
    }
    return Object.keys(streams).length === 0 ? {} : { streams };
  }
}
