/** How a route is declared: once, for the router and for the OpenAPI document. */
import type { OpenAPIHono, RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { NameBook } from "../observe/endpoints.ts";
import type { CentralPorts } from "../ports.ts";
import { KINDS, type Kind, Refusal } from "./problem.ts";

export type Env = { Variables: { requestId: string } };
export type App = OpenAPIHono<Env>;

/** What every handler works with. */
export interface Central {
  readonly ports: CentralPorts;
  readonly account: string;
  readonly names: NameBook;
}

export type Route = RouteConfig & {
  readonly operationId: string;
  readonly summary: string;
  readonly method: "get" | "put" | "post" | "delete";
};

const problemSchema = z
  .object({
    type: z.string().openapi({ example: "urn:tradewind:problem:stale" }),
    title: z.string(),
    status: z.int(),
    detail: z.string().openapi({ description: "The thing, the reason, the next step." }),
    instance: z.string().openapi({ description: "Names the request in logs." }),
    errors: z
      .array(
        z.object({
          pointer: z.string(),
          detail: z.string(),
          value: z.unknown().optional(),
          range: z.string().optional(),
        }),
      )
      .optional(),
  })
  .loose()
  .openapi("Problem");

/** The answers to document for the refusals a route may end in; every route may end in 500. */
export function refusals(...kinds: readonly Kind[]): Route["responses"] {
  const statuses = new Map<number, string[]>();
  for (const kind of [...kinds, "internal" as const]) {
    const { status, title } = KINDS[kind];
    statuses.set(status, [...(statuses.get(status) ?? []), `\`${kind}\`: ${title}.`]);
  }
  return Object.fromEntries(
    [...statuses].map(([status, titles]) => [
      status,
      {
        description: titles.join(" "),
        content: { "application/problem+json": { schema: problemSchema } },
      },
    ]),
  );
}

/** Documents the route and serves it. Handlers check their own input: bodies are read by type and size first. */
export function serve(
  app: App,
  route: Route,
  handler: (c: Context<Env>) => Response | Promise<Response>,
): void {
  app.openAPIRegistry.registerPath(route);
  app.on(route.method.toUpperCase(), route.path.replaceAll(/\{(\w+)\}/g, ":$1"), handler);
}

/** A query or path parameter as its schema wants it. Errors: throws `Refusal` 400. */
export function parameter<T>(schema: z.ZodType<T>, name: string, text: string | undefined): T {
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  const detail = parsed.error.issues[0]?.message ?? "";
  throw new Refusal("malformed", `The parameter ${name} cannot be used. ${detail}.`, {
    members: { errors: [{ pointer: `#${name}`, detail, value: text?.slice(0, 200) }] },
  });
}

/** Every path that is served answers other methods with 405 and what it takes. Call it last. */
export function refuseOtherMethods(app: App): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method === "ALL") continue;
    const taken = methods.get(path) ?? new Set(["OPTIONS"]);
    taken.add(method);
    if (method === "GET") taken.add("HEAD");
    methods.set(path, taken);
  }
  for (const [path, taken] of methods) {
    const allow = [...taken].sort().join(", ");
    app.all(path, (c) => {
      if (c.req.method === "OPTIONS")
        return new Response(null, { status: 204, headers: { allow } });
      throw new Refusal(
        "method-not-allowed",
        `${c.req.path} does not take ${c.req.method}. It takes ${allow}.`,
        { headers: { allow } },
      );
    });
  }
}
