/**
 * How an open stream learns that it is to end. The platform lets nothing of one request's be touched by another's, so nobody
 * can go through the open streams and end them: each looks for itself, on a timer of its own request. With a beat that is
 * due it goes itself, because an isolate that has nothing but idle streams would never hear of a drain.
 */
import { STREAM_LOOK_MS } from "../../routing/limits.ts";
import type { Shard } from "../../routing/snapshot.ts";
import { endOf, type OpenStream, unwantedSince } from "../../routing/steer/stream-drain.ts";
import type { Ms } from "../../routing/units.ts";
import type { Isolate } from "./isolate.ts";
import type { WaitUntil } from "./snapshot.ts";

/** Calls `end` once when the stream is to end; the answered function calls that off, because the stream is over. */
export type Watch = (end: () => void) => () => void;

export type Watching = Pick<Isolate, "exchange" | "ports" | "snapshot" | "streams">;

/** `hostKey`: of the site whose pool it is with. Cost: a timer, and a few comparisons each time it rings. */
export const watchOf =
  (stream: OpenStream, hostKey: string, isolate: Watching, later: WaitUntil): Watch =>
  (end) => {
    const { streams, ports } = isolate;
    const judge = judgeOf(stream, hostKey, isolate);
    let stop = () => {};
    const over = () => {
      stop();
      streams.over(stream);
    };
    const look = () => {
      const nowMs = ports.clock.nowMs();
      streams.looked(stream, nowMs);
      if (isolate.exchange.isDue(nowMs)) later(isolate.exchange.run(later));
      const leftMs = judge(nowMs) - nowMs;
      if (leftMs > 0) {
        stop = ports.timers.after(Math.min(leftMs, STREAM_LOOK_MS), look);
      } else {
        over();
        end();
      }
    };
    streams.looked(stream, ports.clock.nowMs());
    // Streams that were opened together must not look together.
    stop = ports.timers.after(STREAM_LOOK_MS * ports.chance.uniform(), look);
    return over;
  };

/** Answers when the stream ends by what this isolate holds now; infinity while it is wanted. */
function judgeOf(
  stream: OpenStream,
  hostKey: string,
  { snapshot: { held } }: Watching,
): (nowMs: Ms) => Ms {
  let judged: { shard: Shard | null; sinceMs: Ms | null } | null = null;
  let noticedAtMs: Ms | null = null;
  return (nowMs) => {
    // Asked for every time, so that a host which nothing else asks for stays held.
    const shard = held.site(hostKey, nowMs)?.shard ?? null;
    // Without a site although the host is known: until its parts are here, what was in use counts.
    const isComing = shard === null && held.hashOf(hostKey) !== undefined;
    if (!isComing && judged?.shard !== shard) {
      judged = { shard, sinceMs: unwantedSince(stream, shard) };
    }
    const sinceMs = judged?.sinceMs ?? null;
    noticedAtMs = sinceMs === null ? null : (noticedAtMs ?? nowMs);
    if (sinceMs === null || noticedAtMs === null) return Number.POSITIVE_INFINITY;
    return endOf(stream, sinceMs, noticedAtMs);
  };
}
