/** `/v1/decisions`: what isolates have recorded of their decisions, to be replayed. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { RECORD_ONE_IN, RECORDS_PER_MINUTE_MAX } from "../../../routing/limits.ts";
import { type App, type Central, type Env, parameter, refusals, serve } from "../http/routes.ts";
import { decisionsOf } from "../observe/decisions.ts";
import { json } from "./schemas.ts";

export function decisionRoutes(app: App, central: Central): void {
  serve(app, listDecisions, (c) => decisions(c, central));
}

const hostSchema = z
  .string()
  .max(253)
  .regex(
    /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$|^\*$/,
    "A hostname in lower case, or a wildcard such as *.example",
  )
  .openapi({
    param: { name: "host", in: "query" },
    description:
      "The hostname as the document has it: decisions under a wildcard are the wildcard's.",
    example: "shop.example",
  });

const place = z.int().openapi({ description: "The place of an endpoint in the shard's pools." });

const record = z
  .looseObject({
    schema: z.int(),
    at: z.number().openapi({ description: "Unix time in milliseconds." }),
    host: z.string(),
    colo: z.string(),
    version: z.int().nullable(),
    shard: z.string().openapi({ description: "The first 16 characters of its hash." }),
    of: z
      .looseObject({
        pool: z.int().optional(),
        balancer: z.string().optional(),
        rules: z.array(z.int()).optional(),
      })
      .openapi({ description: "Which load balancer decided; empty: the host's own, as written." }),
    answer: z.looseObject({
      tries: z.array(z.tuple([place, z.string()])),
      policy: z.string(),
    }),
    reads: z.string().nullable().openapi({
      description: "All that the decision read; null: more than fits a record of 1 KB.",
    }),
    beside: z.string().optional().openapi({
      description: "What it did not read and another policy might have; absent: it did not fit.",
    }),
  })
  .openapi("DecisionRecord");

export const decisionsSchema = json(
  z.object({
    host: z.string(),
    decisions: z.array(record),
    shards: z.record(z.string(), z.string()).openapi({
      description: "Of the current version, by the names that records have.",
    }),
    unreachable: z.array(z.string()),
  }),
);

const listDecisions = {
  method: "get",
  path: "/v1/decisions",
  operationId: "listDecisions",
  summary: "Recorded decisions of a host, newest first, for npm run replay",
  description:
    `About one request in ${RECORD_ONE_IN} is recorded, at most ${RECORDS_PER_MINUTE_MAX} a minute and isolate; a region keeps its newest. A record has no ` +
    "address, no header and no cookie; where the key of a client decides, it has 32 bits of its hash.",
  request: { query: z.object({ host: hostSchema }) },
  responses: {
    200: { description: "The newest 250 of each region that answered.", content: decisionsSchema },
    ...refusals("malformed", "unauthorized", "unreachable"),
  },
} as const;

async function decisions(c: Context<Env>, central: Central): Promise<Response> {
  const host = parameter(hostSchema, "host", c.req.query("host"));
  return c.json({ host, ...(await decisionsOf(central, host)) });
}
