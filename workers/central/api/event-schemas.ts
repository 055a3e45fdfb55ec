/** The shapes of events, of how they are asked for, and of how far a reader has come. */
import { z } from "@hono/zod-openapi";

const instant = z.iso.datetime();

export const eventId = z
  .string()
  .regex(/^(?:[a-z-]{1,32}|zone:[a-z0-9._-]{1,253}):\d{1,15}$/, "an event is source:sequence")
  .openapi({ example: "weur:12" });

const eventKind = z.enum(["health", "config", "push", "dns"]);

const event = z.object({
  id: eventId,
  sequence: z.int(),
  at: instant,
  kind: eventKind,
  source: z.string(),
  subject: z.string(),
  detail: z.string(),
  evidence: z
    .object({
      rule: z.string(),
      numbers: z.record(z.string(), z.number()),
      probes: z
        .array(z.object({ at: instant, saw: z.string(), reason: z.string() }))
        .optional()
        .openapi({ description: "The last results that counted, the newest last." }),
    })
    .optional()
    .openapi({ description: "What it rests on; docs/health.md explains each rule." }),
});

export const eventKindSchema = eventKind.optional();
export const subjectSchema = z.string().min(1).max(300).optional().openapi({
  description: "A subject, or what comes before its slash: a pool stands for its endpoints.",
  example: "web/a",
});

export const eventsSchema = {
  "application/json": {
    schema: z.object({
      events: z.array(event),
      cursor: z.string(),
      unreachable: z.array(z.string()),
    }),
  },
};

/** Of the eight regions, the configuration, and twenty zones whose names are as long as names may be. */
const CURSOR_CHARACTERS_MAX = 6_000;

export const cursorSchema = z
  .string()
  .max(CURSOR_CHARACTERS_MAX)
  .regex(
    /^(?:(?:[a-z-]{1,32}|zone:[a-z0-9._-]{1,253})\.\d{1,15}(?:~(?=.)|$))*$/,
    "Copy a cursor of an earlier answer",
  )
  .default("")
  .openapi({ description: "Where an earlier answer ended.", example: "config.3~weur.12" });
