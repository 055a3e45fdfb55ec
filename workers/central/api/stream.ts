/** Server-sent events: one poller per stream, resumable after any message, never longer than agreed. */
import type { Ms } from "../../../routing/units.ts";
import type { Central } from "../http/routes.ts";
import { advanced, type Cursor, cursorText, eventsAfter } from "../observe/events.ts";
import { eventAnswer } from "./events.ts";

export const POLL_MS = 1_000;
/** A proxy between here and the reader gives up on a connection that says nothing for a minute. */
const COMMENT_EVERY_MS = 15_000;
/** A stream that nobody reads any more ends by itself. */
export const STREAM_MS_MAX = 300_000;

/** `closed` is called exactly once, however the stream ends. The reader's pace is the stream's pace. */
export function eventStream(
  central: Central,
  from: Cursor,
  closed: () => void,
): ReadableStream<Uint8Array> {
  const gone = new AbortController();
  const messages = messagesOf(central, from, gone.signal);
  const encoder = new TextEncoder();
  const end = () => {
    if (gone.signal.aborted) return;
    gone.abort();
    closed();
  };
  return new ReadableStream({
    async pull(controller) {
      const next = await messages.next().catch(() => ({ done: true as const, value: undefined }));
      if (gone.signal.aborted) return;
      if (!next.done) return controller.enqueue(encoder.encode(next.value));
      end();
      controller.close();
    },
    cancel: end,
  });
}

async function* messagesOf(
  central: Central,
  from: Cursor,
  gone: AbortSignal,
): AsyncGenerator<string, void> {
  const { clock, timers } = central.ports;
  const startedMs = clock.nowMs();
  let cursor = from;
  let saidMs: Ms = startedMs;
  yield `retry: ${POLL_MS}\n\n`;
  while (clock.nowMs() - startedMs < STREAM_MS_MAX) {
    const { events } = await eventsAfter(central, cursor);
    let text = "";
    for (const event of events) {
      cursor = advanced(cursor, event);
      text += messageOf(cursor, event.kind, eventAnswer(event));
    }
    const nowMs = clock.nowMs();
    if (text === "" && nowMs - saidMs >= COMMENT_EVERY_MS) text = ": nothing new\n\n";
    if (text !== "") {
      saidMs = nowMs;
      yield text;
    }
    await timers.wait(POLL_MS, gone);
  }
}

const messageOf = (cursor: Cursor, kind: string, data: unknown): string =>
  `id: ${cursorText(cursor)}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
