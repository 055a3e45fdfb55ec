/** What is read without a token: that the API is alive, and what it can do. */
import { z } from "@hono/zod-openapi";
import { type App, type Route, serve } from "../http/routes.ts";
import { json } from "./schemas.ts";

export function openRoutes(app: App): void {
  serve(app, getAlive, (c) => c.json({ status: "ok" }));
  serve(app, getOpenApi, (c) => c.json(openApiDocument(app)));
}

const getAlive: Route = {
  method: "get",
  path: "/healthz",
  operationId: "getAlive",
  summary: "Whether the API is alive; it asks no object",
  security: [],
  responses: {
    200: { description: "It is.", content: json(z.object({ status: z.literal("ok") })) },
  },
};

const getOpenApi: Route = {
  method: "get",
  path: "/openapi.json",
  operationId: "getOpenApi",
  summary: "This document",
  security: [],
  responses: {
    200: { description: "OpenAPI 3.1.", content: json(z.looseObject({ openapi: z.string() })) },
  },
};

export const openApiDocument = (app: App) =>
  app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Tradewind",
      version: "1",
      description:
        "The operators' API. Errors are `application/problem+json` (RFC 9457); every answer carries `X-Request-Id`; " +
        "a path that exists answers other methods with 405 and `Allow`.",
    },
    security: [{ token: [] }],
  });

export function declareToken(app: App): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
  });
}
