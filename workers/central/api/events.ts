/** `/v1/events`: what happened, as a list or as a stream that goes on. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import type { Event } from "../../../routing/exchange.ts";
import { Refusal } from "../http/problem.ts";
import { type App, type Central, type Env, parameter, refusals, serve } from "../http/routes.ts";
import { advanced, type Cursor, cursorText, eventsAfter, readCursor } from "../observe/events.ts";
import { cursorSchema, eventsSchema, rfc3339 } from "./schemas.ts";
import { eventStream } from "./stream.ts";

/** Each open stream asks nine objects once a second; more readers than this use the list. */
export const STREAMS_MAX = 20;

export function eventRoutes(app: App, central: Central): void {
  let open = 0;
  serve(app, listEvents, (c) => {
    const after = c.req.header("last-event-id") ?? c.req.query("after");
    const cursor = readCursor(parameter(cursorSchema, "after", after));
    // HEAD has no body that anybody would read to its end, and so no stream.
    if (c.req.method === "HEAD" || !wantsStream(c)) return list(c, central, cursor);
    if (open >= STREAMS_MAX) throw tooMany();
    open += 1;
    const body = eventStream(central, cursor, () => {
      open -= 1;
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
}

const listEvents = {
  method: "get",
  path: "/v1/events",
  operationId: "listEvents",
  summary: "What happened in the regions and to the configuration, oldest first",
  description:
    "With `Accept: text/event-stream` a stream: the id of each message is a cursor for `Last-Event-ID`. " +
    "It ends after five minutes; a reader that comes back with the last id misses nothing.",
  request: {
    query: z.object({ after: cursorSchema }),
    headers: z.object({ "last-event-id": z.string().optional() }),
  },
  responses: {
    200: {
      description: "Events after the cursor; without one the newest 200 of each source.",
      content: { ...eventsSchema, "text/event-stream": { schema: z.string() } },
    },
    ...refusals("malformed", "unauthorized", "too-many-streams"),
  },
} as const;

const wantsStream = (c: Context<Env>): boolean => {
  const supports = ["application/json", "text/event-stream"];
  return accepts(c, { header: "Accept", supports, default: "application/json" }) === supports[1];
};

async function list(c: Context<Env>, central: Central, cursor: Cursor): Promise<Response> {
  const { events, unreachable } = await eventsAfter(central, cursor);
  return c.json({
    events: events.map(eventAnswer),
    cursor: cursorText(events.reduce(advanced, cursor)),
    unreachable,
  });
}

export const eventAnswer = (event: Event) => ({
  ...event,
  id: `${event.source}:${event.sequence}`,
  at: rfc3339(event.at),
});

const tooMany = () =>
  new Refusal(
    "too-many-streams",
    `${STREAMS_MAX} event streams are open here. Ask for the list with ?after=, or try again.`,
    { headers: { "retry-after": "30" } },
  );
