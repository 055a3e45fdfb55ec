/**
 * Watches some bodies on their way to the visitor: an answer that began well and breaks off is a failure that nothing else sees.
 *
 * A body that is watched passes through this isolate piece by piece, which costs every byte a little. So one in `WATCH_ONE_IN` is, and
 * every one of an endpoint of which one broke off lately. The others go on as the object that came. What was found is the region's to judge.
 */
import type { EndpointId, Ms } from "../../routing/units.ts";
import type { Clock } from "../ports.ts";
import type { Isolate } from "./isolate.ts";
import type { Job } from "./job.ts";

/** At 16 requests/s to an endpoint one a second is watched; the first that breaks off has all of them watched. */
const WATCH_ONE_IN = 16;
/** As long as an ejection lasts at most, so that its end is watched. */
const SUSPECT_MS = 60_000;
/** Larger ones cost more than they tell. */
const WATCHED_BYTES_MAX = 1024 * 1024;

export class Bodies {
  readonly #suspectUntilMs = new Map<EndpointId, Ms>();

  isSuspect(endpoint: EndpointId, { nowMs }: Clock): boolean {
    const untilMs = this.#suspectUntilMs.get(endpoint);
    if (untilMs === undefined) return false;
    if (nowMs() < untilMs) return true;
    this.#suspectUntilMs.delete(endpoint);
    return false;
  }

  brokeOff(endpoint: EndpointId, nowMs: Ms): void {
    this.#suspectUntilMs.set(endpoint, nowMs + SUSPECT_MS);
  }
}

/** The answer as it came, or with its body watched. Cost where it is not: a draw and a look-up. */
export function watchedAnswer(
  answer: Response,
  endpoint: EndpointId,
  { request, inbound }: Pick<Job, "request" | "inbound">,
  { bodies, counters, ports }: Pick<Isolate, "bodies" | "counters" | "ports">,
): Response {
  const { channel, chance, clock } = ports;
  if (channel === undefined) return answer;
  const isDrawn = chance.uniform() * WATCH_ONE_IN < 1;
  if (!isDrawn && !bodies.isSuspect(endpoint, clock)) return answer;
  // A HEAD has no body, whatever its answer says; a WebSocket's answer is the connection itself.
  if (inbound.isWebSocket || request.method === "HEAD" || answer.body === null) return answer;
  const length = watchableLength(answer);
  if (length === undefined) return answer;
  const { readable, writable } = channel(length);
  void carry(answer.body, writable).then((end) => {
    if (end === "left") return;
    counters.bodyEnded(endpoint, end === "whole");
    if (end === "broken") bodies.brokeOff(endpoint, clock.nowMs());
  });
  return new Response(readable, answer);
}

/**
 * Its bytes, `null` when nobody said how many; `undefined` of a body that is left alone: an encoded one would be decoded and encoded again, a part or
 * none is not what was asked for, and streams that go on for ever have their own end.
 */
function watchableLength({ status, headers }: Response): number | null | undefined {
  if (status < 200 || status > 203 || headers.has("content-encoding")) return undefined;
  if (headers.get("content-type")?.startsWith("text/event-stream") === true) return undefined;
  const told = headers.get("content-length");
  if (told === null) return null;
  const length = Number(told);
  return length >= 0 && length <= WATCHED_BYTES_MAX ? length : undefined;
}

/** How it ended: `left` = the visitor did not want the rest, which says nothing. */
async function carry(
  from: ReadableStream,
  to: WritableStream,
): Promise<"whole" | "broken" | "left"> {
  const reader = from.getReader();
  const writer = to.getWriter();
  for (;;) {
    // It must break off for the visitor too, and never look as if it had ended.
    const piece = await reader.read().catch((reason: unknown) => ({ reason }));
    if ("reason" in piece) {
      await writer.abort(piece.reason).catch(() => {});
      return "broken";
    }
    const passed = await (piece.done ? writer.close() : writer.write(piece.value)).then(
      () => true,
      () => false,
    );
    if (piece.done) return passed ? "whole" : "left";
    if (passed) continue;
    await reader.cancel().catch(() => {});
    return "left";
  }
}
