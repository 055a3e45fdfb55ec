/**
 * WebSockets and event streams whose pool has `stream_drain_seconds`: held by this isolate, so that they can be ended when
 * an operator drains their endpoint. All others are passed on as the object that came, and the edge never sees them again.
 */
import type { Site } from "../../routing/match/site.ts";
import type { Balanced } from "../../routing/snapshot.ts";
import type { OpenStream } from "../../routing/steer/stream-drain.ts";
import type { EndpointId } from "../../routing/units.ts";
import { endableEvents, isEventStream, wantsEvents } from "./event-stream.ts";
import type { Isolate } from "./isolate.ts";
import type { Job } from "./job.ts";
import type { WaitUntil } from "./snapshot.ts";
import { relay } from "./socket.ts";
import { watchOf } from "./stream-watch.ts";

interface Opened {
  readonly answer: Response;
  /** Its name. */
  readonly pool: string;
  readonly endpoint: EndpointId;
}

/** What goes to the visitor. Cost for a request that asks for neither kind of stream: two comparisons. */
export function endable(
  { answer, pool: name, endpoint }: Opened,
  { inbound, hold }: Job,
  { load_balancer, pools }: Balanced,
  sites: readonly Site[],
  isolate: Isolate,
  later: WaitUntil,
): Response {
  if (!inbound.isWebSocket && !wantsEvents(inbound.kept)) return answer;
  const pool = pools.find((one) => one.name === name);
  const windowMs = Number(pool?.stream_drain_seconds) * 1_000;
  if (pool === undefined || !(windowMs > 0)) return answer;
  // A host may be decided by several sites; the pools are objects of the one that it was taken from.
  const site = sites.find(({ shard }) => shard.pools.includes(pool));
  const { clock, chance } = isolate.ports;
  if (site === undefined || !isolate.streams.hasRoom(clock.nowMs())) return answer;
  const stream: OpenStream = {
    balancer: load_balancer.id,
    pool: pool.id,
    endpoint,
    keptMs: hold?.drainMs ?? 0,
    part: 1 - chance.uniform(),
    windowMs,
  };
  const watch = watchOf(stream, site.shard.host, isolate, later);
  if (answer.webSocket) return relay(answer, answer.webSocket, watch);
  return isEventStream(answer) ? endableEvents(answer, watch) : answer;
}
