/** The operators' API: composed once per isolate from its ports. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { DEFAULT_ACCOUNT } from "../../routing/names.ts";
import type { CentralPorts } from "../ports.ts";
import { configRoutes } from "./api/config.ts";
import { dressed, tokenNeeded } from "./http/guard.ts";
import { problemResponse, Refusal } from "./http/problem.ts";
import { type App, type Central, type Env, refuseOtherMethods } from "./http/routes.ts";

export function createCentral(ports: CentralPorts): App {
  const central: Central = { ports, account: DEFAULT_ACCOUNT };
  const app: App = new OpenAPIHono<Env>({ strict: true });
  app.onError((error, c) => problemResponse(refusalOf(error), c.get("requestId")));
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
  configRoutes(app, central);
  refuseOtherMethods(app);
  return app;
}

/** What nobody foresaw is logged in full and told in general. */
function refusalOf(error: Error): Refusal {
  if (error instanceof Refusal) return error;
  console.error(JSON.stringify({ level: "error", event: "central-failed", error: error.stack }));
  return new Refusal("internal", "The API failed in a way nobody foresaw. Report the instance.");
}
