/** The live page: three static texts. What it shows it asks from the API with the operator's token. */
import { z } from "@hono/zod-openapi";
import { PAGE_POLICY } from "../http/guard.ts";
import { type App, type Route, serve } from "../http/routes.ts";
import { PAGE } from "./page.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

export function consoleRoutes(app: App): void {
  const files = [
    ["/", "getPage", "The live page", "text/html", PAGE],
    ["/console.js", "getPageScript", "Its script", "text/javascript", SCRIPT],
    ["/console.css", "getPageStyle", "Its style", "text/css", STYLE],
  ] as const;
  for (const [path, operationId, summary, type, text] of files) {
    const route: Route = {
      method: "get",
      path,
      operationId,
      summary,
      security: [],
      responses: { 200: { description: "Text.", content: { [type]: { schema: z.string() } } } },
    };
    const headers = {
      "content-type": `${type}; charset=utf-8`,
      "content-security-policy": PAGE_POLICY,
    };
    serve(app, route, () => new Response(text, { headers }));
  }
}
