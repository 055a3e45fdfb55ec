/** `/v1/capacity` and `/v1/drains`: what would break if one place died now, and what is being emptied. */
import type { Context } from "hono";
import { askConfig } from "../http/ask.ts";
import { Refusal } from "../http/problem.ts";
import { type App, type Central, type Env, refusals, serve } from "../http/routes.ts";
import { askMeasured } from "../observe/measured.ts";
import { askStatuses } from "../observe/regions.ts";
import { forecastAnswer, lossAnswer, trafficOf } from "./guard-answers.ts";
import { capacityDocument, drainsDocument } from "./guard-schemas.ts";
import { rfc3339OrNull } from "./schemas.ts";

const ASK_AGAIN = "Traffic is not affected; ask again.";

export function capacityRoutes(app: App, central: Central): void {
  serve(app, getCapacity, (c) => capacity(c, central));
  serve(app, listDrains, (c) => drains(c, central));
}

const getCapacity = {
  method: "get",
  path: "/v1/capacity",
  operationId: "getCapacity",
  summary: "How full pools are, and what each loss of a pool or a cloud region would do",
  description:
    "N-1: the measured demand is led anew by the newest version without each pool and each cloud region. Capacity is `capacity_rps` of origins; " +
    "of a pool where one in use declares none nothing is said.",
  responses: {
    200: { description: "The worst loss first.", content: capacityDocument },
    ...refusals("unauthorized", "not-found", "unreachable"),
  },
} as const;

async function capacity(c: Context<Env>, central: Central): Promise<Response> {
  const measured = await askMeasured(central);
  const told = await askConfig(central, (config) => config.capacity(measured), ASK_AGAIN);
  if (told === null) {
    throw new Refusal(
      "not-found",
      "There is no configuration yet. PUT /v1/config makes the first.",
    );
  }
  const losses = told.losses.map(lossAnswer);
  return c.json({
    now: forecastAnswer(told.now),
    worst: losses[0] ?? null,
    losses,
    unreachable: measured.missing,
  });
}

const listDrains = {
  method: "get",
  path: "/v1/drains",
  operationId: "listDrains",
  summary: "Every disabled pool and endpoint, and what still goes there",
  responses: {
    200: { description: "By pool and endpoint.", content: drainsDocument },
    ...refusals("unauthorized", "unreachable"),
  },
} as const;

async function drains(c: Context<Env>, central: Central): Promise<Response> {
  const [statuses, told] = await Promise.all([
    askStatuses(central),
    askConfig(central, (config) => config.drains(), ASK_AGAIN),
  ]);
  const nowMs = central.ports.clock.nowMs();
  return c.json({
    drains: told.map(({ pool, endpoint, endpoints, sinceMs, sessionsUntilMs, streamsUntilMs }) => {
      const { rps, openStreams, isWhole } = trafficOf(statuses, endpoints);
      const isIdle = isWhole && rps + openStreams === 0;
      return {
        ...{ pool, endpoint, since: rfc3339OrNull(sinceMs) },
        sessions_until: rfc3339OrNull(sessionsUntilMs),
        streams_until: rfc3339OrNull(streamsUntilMs),
        ...{ rps, open_streams: openStreams },
        done: isIdle && nowMs >= (sessionsUntilMs ?? 0),
      };
    }),
    unreachable: statuses.flatMap((heard) => (heard.reachable ? [] : [heard.region])),
  });
}
