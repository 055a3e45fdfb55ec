/** `/v1/watchdog`: who watches the regions, and when it last did. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { Refusal } from "../http/problem.ts";
import { type App, type Central, type Env, refusals, serve } from "../http/routes.ts";
import { askWatchdog } from "../watch/ask.ts";
import { LOOK_INTERVAL_MS, type WatchReport } from "../watch/watch.ts";
import { json, rfc3339, rfc3339OrNull } from "./schemas.ts";

export function watchdogRoutes(app: App, central: Central): void {
  serve(app, getWatchdog, (c) => watchdog(c, central));
}

const instant = z.iso.datetime();

const watchdogSchema = json(
  z.object({
    looked_at: instant.nullable().openapi({ description: "null: it has not looked yet." }),
    late: z
      .boolean()
      .openapi({ description: "It has not looked for three minutes: look after it." }),
    looks: z.int(),
    regions: z.array(
      z.object({
        region: z.string(),
        missed: z.string().nullable().openapi({
          description: "Why the region missed its beat at the last look.",
          example: "had lost its alarm, and set it again when it was asked",
        }),
        missed_total: z.int(),
        last_missed_at: instant.nullable(),
        last_reason: z.string().nullable(),
      }),
    ),
    dead_man: z
      .object({ host: z.string(), at: instant, ok: z.boolean(), result: z.string() })
      .nullable()
      .openapi({ description: "How the last call of TW_DEADMAN_URL ended; null: there was none." }),
    dead_man_problem: z.string().nullable().openapi({ description: "Why it is not called." }),
  }),
);

const getWatchdog = {
  method: "get",
  path: "/v1/watchdog",
  operationId: "getWatchdog",
  summary: "When the regions were last looked after, and what was found",
  responses: {
    200: { description: "The last look.", content: watchdogSchema },
    ...refusals("unauthorized", "unreachable"),
  },
} as const;

const LATE_MS = 3 * LOOK_INTERVAL_MS;

async function watchdog(c: Context<Env>, { ports }: Central): Promise<Response> {
  const report = await askWatchdog(ports);
  if (report === null) {
    throw new Refusal(
      "unreachable",
      "The watchdog did not answer. Regions are woken by their edges as well; ask again.",
      { headers: { "retry-after": "2" } },
    );
  }
  return c.json(answerOf(report, ports.clock.nowMs()));
}

const answerOf = (report: WatchReport, nowMs: number) => ({
  looked_at: rfc3339OrNull(report.lookedAtMs),
  late: nowMs - (report.lookedAtMs ?? 0) > LATE_MS,
  looks: report.looks,
  regions: report.regions.map((one) => ({
    region: one.region,
    missed: one.missed,
    missed_total: one.missedTotal,
    last_missed_at: rfc3339OrNull(one.lastMissedAtMs),
    last_reason: one.lastReason,
  })),
  dead_man:
    report.deadMan === null
      ? null
      : {
          host: report.deadMan.host,
          at: rfc3339(report.deadMan.atMs),
          ok: report.deadMan.ok,
          result: report.deadMan.result,
        },
  dead_man_problem: report.deadManProblem,
});
