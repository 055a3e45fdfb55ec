/** `/v1/events`: what happened, as a list or as a stream that goes on. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import type { EventFilter } from "../../../routing/event-evidence.ts";
import { type App, type Central, type Env, parameter, refusals, serve } from "../http/routes.ts";
import { advanced, type Cursor, cursorText, eventsAfter, readCursor } from "../observe/events.ts";
import { cursorSchema, eventKindSchema, eventsSchema, subjectSchema } from "./event-schemas.ts";
import { eventAnswer, type Streams } from "./stream.ts";

export function eventRoutes(app: App, central: Central, streams: Streams): void {
  serve(app, listEvents, (c) => {
    const cursor = cursorOf(c);
    const filter = filterOf(c);
    return wantsStream(c)
      ? streams.answer(central, (from) => eventsAfter(central, from, filter), cursor)
      : list(c, central, cursor, filter);
  });
}

const listEvents = {
  method: "get",
  path: "/v1/events",
  operationId: "listEvents",
  summary: "What happened in the regions, to the configuration and to zones, oldest first",
  description:
    "With `Accept: text/event-stream` a stream: the id of each message is a cursor for `Last-Event-ID`. " +
    "It ends after five minutes; a reader that comes back with the last id misses nothing. " +
    "Of zones the first twenty by name are in it; each has a stream of its own at `/v1/zones/{zone}/events`.",
  request: {
    query: z.object({ after: cursorSchema, kind: eventKindSchema, subject: subjectSchema }),
    headers: z.object({ "last-event-id": z.string().optional() }),
  },
  responses: {
    200: {
      description: "Events after the cursor; without one the newest 200 of each source that fit.",
      content: { ...eventsSchema, "text/event-stream": { schema: z.string() } },
    },
    ...refusals("malformed", "unauthorized", "too-many-streams"),
  },
} as const;

/** Errors: throws `Refusal` 400. */
export function cursorOf(c: Context<Env>): Cursor {
  const after = c.req.header("last-event-id") ?? c.req.query("after");
  return readCursor(parameter(cursorSchema, "after", after));
}

/** Errors: throws `Refusal` 400. */
function filterOf(c: Context<Env>): EventFilter {
  const kind = parameter(eventKindSchema, "kind", c.req.query("kind"));
  const subject = parameter(subjectSchema, "subject", c.req.query("subject"));
  return { ...(kind === undefined ? {} : { kind }), ...(subject === undefined ? {} : { subject }) };
}

/** HEAD has no body that anybody would read to its end, and so no stream. */
export function wantsStream(c: Context<Env>): boolean {
  const supports = ["application/json", "text/event-stream"];
  const accepted = accepts(c, { header: "Accept", supports, default: "application/json" });
  return c.req.method !== "HEAD" && accepted === supports[1];
}

async function list(
  c: Context<Env>,
  central: Central,
  cursor: Cursor,
  filter: EventFilter,
): Promise<Response> {
  const { events, unreachable } = await eventsAfter(central, cursor, filter);
  return c.json({
    events: events.map(eventAnswer),
    cursor: cursorText(events.reduce(advanced, cursor)),
    unreachable,
  });
}
