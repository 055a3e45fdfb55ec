/** Server-sent events: one poller per stream, resumable after any message, never longer than agreed. */

import type { EventEvidence } from "../../../routing/event-evidence.ts";
import type { Event } from "../../../routing/exchange.ts";
import type { Ms } from "../../../routing/units.ts";
import { Refusal } from "../http/problem.ts";
import type { Central } from "../http/routes.ts";
import { advanced, type Cursor, cursorText, type News } from "../observe/events.ts";
import { rfc3339 } from "./schemas.ts";

/** Each open stream asks every source once a second; more readers than this use the list. */
export const STREAMS_MAX = 20;

export const POLL_MS = 1_000;
/** A proxy between here and the reader gives up on a connection that says nothing for a minute. */
const COMMENT_EVERY_MS = 15_000;
/** A stream that nobody reads any more ends by itself. */
export const STREAM_MS_MAX = 300_000;

/** What is new to a reader who has come as far as the cursor. */
export type ReadNews = (cursor: Cursor) => Promise<Pick<News, "events">>;

/** The streams of one isolate, of which there are at most `STREAMS_MAX`. */
export class Streams {
  #open = 0;

  /** Errors: throws `Refusal` 503. */
  answer(central: Central, read: ReadNews, from: Cursor): Response {
    if (this.#open >= STREAMS_MAX) throw tooMany();
    this.#open += 1;
    const body = eventStream(central, read, from, () => {
      this.#open -= 1;
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }
}

const tooMany = () =>
  new Refusal(
    "too-many-streams",
    `${STREAMS_MAX} event streams are open here. Ask for the list with ?after=, or try again.`,
    { headers: { "retry-after": "30" } },
  );

/** `closed` is called exactly once, however the stream ends. The reader's pace is the stream's pace. */
function eventStream(
  central: Central,
  read: ReadNews,
  from: Cursor,
  closed: () => void,
): ReadableStream<Uint8Array> {
  const gone = new AbortController();
  const messages = messagesOf(central, read, from, gone.signal);
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
  read: ReadNews,
  from: Cursor,
  gone: AbortSignal,
): AsyncGenerator<string, void> {
  const { clock, timers } = central.ports;
  const startedMs = clock.nowMs();
  let cursor = from;
  let saidMs: Ms = startedMs;
  yield `retry: ${POLL_MS}\n\n`;
  while (clock.nowMs() - startedMs < STREAM_MS_MAX) {
    const { events } = await read(cursor);
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

export const eventAnswer = ({ evidence, ...event }: Event) => ({
  ...event,
  id: `${event.source}:${event.sequence}`,
  at: rfc3339(event.at),
  ...(evidence === undefined ? {} : { evidence: evidenceAnswer(evidence) }),
});

const evidenceAnswer = ({ probes, ...evidence }: EventEvidence) => ({
  ...evidence,
  ...(probes === undefined
    ? {}
    : { probes: probes.map(({ atMs, ...probe }) => ({ at: rfc3339(atMs), ...probe })) }),
});
