/** `/v1/zones/{zone}/events`: what a zone's ledger told, batch by batch while it writes, as a list or as a stream that goes on. */
import { z } from "@hono/zod-openapi";
import { askLedger } from "../http/ask.ts";
import { type App, type Central, refusals, serve } from "../http/routes.ts";
import { advanced, type Cursor, cursorText, zoneSource } from "../observe/events.ts";
import { cursorSchema, eventsSchema } from "./event-schemas.ts";
import { cursorOf, wantsStream } from "./events.ts";
import { eventAnswer, type Streams } from "./stream.ts";
import { zoneParameters } from "./zone-schemas.ts";
import { knownZone, READ_AGAIN } from "./zones.ts";

export function zoneEventRoutes(app: App, central: Central, streams: Streams): void {
  serve(app, listZoneEvents, async (c) => {
    const cursor = cursorOf(c);
    const zone = await knownZone(c, central);
    const read = async (from: Cursor) => {
      const after = from[zoneSource(zone)] ?? 0;
      const events = await askLedger(central, zone, (ledger) => ledger.events(after), READ_AGAIN);
      return { events };
    };
    if (wantsStream(c)) return streams.answer(central, read, cursor);
    const { events } = await read(cursor);
    return c.json({
      events: events.map(eventAnswer),
      cursor: cursorText(events.reduce(advanced, cursor)),
      unreachable: [],
    });
  });
}

const listZoneEvents = {
  method: "get",
  path: "/v1/zones/{zone}/events",
  operationId: "listZoneEvents",
  summary: "What happened to one zone, oldest first",
  description:
    "With `Accept: text/event-stream` a stream, as of `/v1/events`: it tells each batch as it is written.",
  request: {
    params: zoneParameters,
    query: z.object({ after: cursorSchema }),
    headers: z.object({ "last-event-id": z.string().optional() }),
  },
  responses: {
    200: {
      description: "Events after the cursor; without one the newest 200.",
      content: { ...eventsSchema, "text/event-stream": { schema: z.string() } },
    },
    ...refusals("malformed", "unauthorized", "not-found", "too-many-streams", "unreachable"),
  },
} as const;
