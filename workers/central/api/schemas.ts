/** The shapes of the API's answers: what is documented is what these say, and a test holds answers to them. */
import { z } from "@hono/zod-openapi";

const json = <T extends z.ZodType>(schema: T, example?: unknown) => ({
  "application/json": { schema, ...(example === undefined ? {} : { example }) },
});

const instant = z.iso.datetime().openapi({ example: "2026-11-23T10:00:00.000Z" });
const version = z.int().positive().openapi({ example: 7 });
const etag = z.string().openapi({ example: '"7-3f2a9c"' });
const counts = z.record(z.string(), z.number());

const CONFIG_EXAMPLE = {
  monitors: { web: { type: "http", path: "/healthz", interval: 5, timeout: 2 } },
  pools: {
    frankfurt: { monitor: "web", origins: [{ name: "a", address: "a.example.com", port: 443 }] },
  },
  load_balancers: {
    "shop.example": { default_pools: ["frankfurt"], fallback_pool: "frankfurt" },
  },
};

const configSchema = z
  .looseObject({
    monitors: z.unknown(),
    pools: z.unknown(),
    load_balancers: z.unknown(),
    zones: z.unknown(),
    http_routes: z.unknown(),
  })
  .openapi("Config", {
    description:
      "Maps of name to object (a list of objects with `name` is read too); references by name.",
  });

export const configDocument = {
  ...json(configSchema, CONFIG_EXAMPLE),
  "application/yaml": { schema: configSchema, example: CONFIG_EXAMPLE },
};

export const formatSchema = z.object({
  format: z.enum(["json", "yaml"]).optional().openapi({ description: "Wins over `Accept`." }),
});
export const noteSchema = z.object({
  note: z.string().max(200).default("").openapi({ description: "Why; kept in the audit." }),
});
export const ifMatchHeader = z.object({
  "if-match": z.string().optional(),
  "if-none-match": z.string().optional(),
});

const problem = z.object({
  pointer: z.string(),
  detail: z.string(),
  value: z.unknown(),
  range: z.string().optional(),
});

export const acceptedSchema = json(
  z.object({ version, etag, warnings: z.array(problem) }).openapi("Accepted"),
  { version: 7, etag: '"7-3f2a9c"', warnings: [] },
);

export { counts, etag, instant, json, version };
