/** The operators' API: composed once per isolate from its ports. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { DEFAULT_ACCOUNT } from "../../routing/names.ts";
import { capacityRoutes } from "./api/capacity.ts";
import { configRoutes } from "./api/config.ts";
import { decisionRoutes } from "./api/decisions.ts";
import { deskRoutes } from "./api/desk.ts";
import { evacuationRoutes } from "./api/evacuations.ts";
import { eventRoutes } from "./api/events.ts";
import { explainRoutes } from "./api/explain.ts";
import { freezeRoutes } from "./api/freeze.ts";
import { historyRoutes } from "./api/history.ts";
import { httpRouteRoutes } from "./api/http-routes.ts";
import { metricRoutes } from "./api/metrics.ts";
import { declareToken, openRoutes } from "./api/open.ts";
import { previewRoutes } from "./api/previews.ts";
import { regionRoutes } from "./api/regions.ts";
import { Streams } from "./api/stream.ts";
import { watchdogRoutes } from "./api/watchdog.ts";
import { zoneCredentialRoutes } from "./api/zone-credentials.ts";
import { zoneEventRoutes } from "./api/zone-events.ts";
import { zonePlanRoutes } from "./api/zone-plan.ts";
import { zoneRoutes } from "./api/zones.ts";
import { consoleRoutes } from "./console/routes.ts";
import { dressed, tokenNeeded } from "./http/guard.ts";
import { problemResponse, Refusal } from "./http/problem.ts";
import { type App, type Central, type Env, refuseOtherMethods } from "./http/routes.ts";
import { NameBook } from "./observe/endpoints.ts";
import type { CentralPorts } from "./ports.ts";

export function createCentral(ports: CentralPorts): App {
  const central: Central = { ports, account: DEFAULT_ACCOUNT, names: new NameBook() };
  const app: App = new OpenAPIHono<Env>({ strict: true });
  app.onError((error, c) =>
    problemResponse(refusalOf(error, c.get("requestId")), c.get("requestId")),
  );
  app.notFound((c) =>
    problemResponse(
      new Refusal(
        "not-found",
        `There is nothing at ${c.req.path}. /openapi.json lists every path.`,
      ),
      c.get("requestId"),
    ),
  );
  app.use(dressed(ports.chance));
  app.use(tokenNeeded(ports.token));
  declareToken(app);
  consoleRoutes(app);
  configRoutes(app, central);
  httpRouteRoutes(app, central);
  historyRoutes(app, central);
  capacityRoutes(app, central);
  evacuationRoutes(app, central);
  freezeRoutes(app, central);
  regionRoutes(app, central);
  previewRoutes(app, central);
  watchdogRoutes(app, central);
  const streams = new Streams();
  eventRoutes(app, central, streams);
  zoneRoutes(app, central);
  zonePlanRoutes(app, central);
  zoneCredentialRoutes(app, central);
  zoneEventRoutes(app, central, streams);
  deskRoutes(app, central);
  explainRoutes(app, central);
  decisionRoutes(app, central);
  metricRoutes(app, central);
  openRoutes(app);
  refuseOtherMethods(app);
  return app;
}

/** What nobody foresaw is logged in full under its request id and told in general. */
function refusalOf(error: Error, requestId: string): Refusal {
  if (error instanceof Refusal) return error;
  const entry = { level: "error", event: "central-failed", request: requestId, error: error.stack };
  console.error(JSON.stringify(entry));
  return new Refusal("internal", "The API failed in a way nobody foresaw. Report the instance.");
}
