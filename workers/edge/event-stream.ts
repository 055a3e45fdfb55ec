/**
 * An event stream that can be ended between two of its pieces. The runtime carries the bytes from one stream to the other
 * without waking the isolate, at the pace of the visitor.
 *
 * The visitor sees a stream that has ended: an `EventSource` drops a half event, connects again and says where it was
 * (`Last-Event-ID`).
 */
import type { Watch } from "./stream-watch.ts";

const EVENT_STREAM = "text/event-stream";

/** An `EventSource` always says so, and nothing but a client of event streams does. */
export const wantsEvents = (headers: Readonly<Record<string, string>>): boolean =>
  headers["accept"] === EVENT_STREAM;

/** An encoded one is left alone: the runtime would decode and encode it again, and hold events back for that. */
export const isEventStream = ({ status, headers }: Response): boolean =>
  status === 200 &&
  headers.get("content-type")?.startsWith(EVENT_STREAM) === true &&
  !headers.has("content-encoding");

export function endableEvents(answer: Response, watch: Watch): Response {
  if (answer.body === null) return answer;
  const { readable, writable } = new IdentityTransformStream();
  const ending = new AbortController();
  const over = watch(() => ending.abort());
  void carry(answer.body, writable, ending.signal).finally(over);
  return new Response(readable, answer);
}

/** One that breaks off at the endpoint must break off for the visitor too, and never look as if it had ended. */
async function carry(from: ReadableStream, to: WritableStream, ending: AbortSignal): Promise<void> {
  try {
    await from.pipeTo(to, { signal: ending, preventAbort: true });
  } catch (reason) {
    const ended = ending.aborted ? to.close() : to.abort(reason);
    // Whoever has left needs no end.
    await ended.catch(() => {});
  }
}
