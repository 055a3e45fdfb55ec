/** The shapes of the API's answers: what is documented is what these say, and a test holds answers to them. */
import { z } from "@hono/zod-openapi";
import { SCHEMAS } from "../../../routing/table/schema.ts";
import type { Ms } from "../../../routing/units.ts";
import { AUDIT_ACTIONS } from "../../config-object.ts";
import { SUMMARIES } from "../observe/health.ts";
import { eventId } from "./event-schemas.ts";

export const rfc3339 = (atMs: Ms): string => new Date(atMs).toISOString();
export const rfc3339OrNull = (atMs: Ms | null): string | null =>
  atMs === null ? null : rfc3339(atMs);

export const json = <T extends z.ZodType>(schema: T, example?: unknown) => ({
  "application/json": { schema, ...(example === undefined ? {} : { example }) },
});

const instant = z.iso.datetime().openapi({ example: "2026-11-23T10:00:00.000Z" });
const version = z.int().positive().openapi({ example: 7 });
const versionOrNull = z.int().positive().nullable();
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
  zones: {
    "shop.example": {
      provider: "route53",
      settings: { hosted_zone_id: "Z0123456789ABCDEF" },
      credentials: { env: "TW_CRED_ROUTE53" },
      publish: { "shop.example": "edge_with_fallback" },
      edge: { name: "edge.example.net", addresses: ["192.0.2.1"] },
    },
  },
};

const NAME = { name: true } as const;

const routeSchema = SCHEMAS.http_route.openapi("HttpRoute", {
  description: "A Kubernetes manifest of kind HTTPRoute.",
});

/** The very schemas that ConfigStore checks a document with. */
const configSchema = z
  .looseObject({
    monitors: z.record(z.string(), SCHEMAS.monitor.omit(NAME)).optional(),
    monitor_groups: z.record(z.string(), SCHEMAS.monitor_group.omit(NAME)).optional(),
    pools: z.record(z.string(), SCHEMAS.pool.omit(NAME)).optional(),
    load_balancers: z.record(z.string(), SCHEMAS.load_balancer.omit(NAME)).optional(),
    zones: z.record(z.string(), SCHEMAS.zone.omit(NAME)).optional(),
    http_routes: z.array(routeSchema).optional(),
  })
  .openapi("Config", {
    description:
      "Maps of name to object; the name is not repeated inside. A list of objects with `name` is read too. " +
      "References are by name. Routes are a list of Kubernetes manifests.",
  });

export const configDocument = {
  ...json(configSchema, CONFIG_EXAMPLE),
  "application/yaml": { schema: configSchema, example: CONFIG_EXAMPLE },
};

const ROUTE_EXAMPLE = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: "shop", namespace: "default" },
  spec: {
    hostnames: ["shop.example"],
    rules: [
      {
        matches: [{ path: { type: "PathPrefix", value: "/cart" } }],
        backendRefs: [{ kind: "Pool", name: "frankfurt" }],
      },
    ],
  },
};

export const routeDocument = {
  ...json(routeSchema, ROUTE_EXAMPLE),
  "application/yaml": { schema: routeSchema, example: ROUTE_EXAMPLE },
};

const routesSchema = z.object({ http_routes: z.array(routeSchema) });
export const routeListDocument = {
  ...json(routesSchema, { http_routes: [ROUTE_EXAMPLE] }),
  "application/yaml": { schema: routesSchema },
};

export const routeParameters = z.object({
  namespace: SCHEMAS.http_route.shape.metadata.shape.namespace.unwrap(),
  name: SCHEMAS.http_route.shape.metadata.shape.name,
});

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
  value: z.unknown().optional(),
  range: z.string().optional(),
});

export const acceptedSchema = json(
  z.object({ version, etag, warnings: z.array(problem) }).openapi("Accepted"),
  { version: 7, etag: '"7-3f2a9c"', warnings: [] },
);

export const versionParameter = z.object({
  version: z.coerce
    .number()
    .pipe(z.int().positive())
    .openapi({ param: { name: "version", in: "path" }, type: "integer", example: 7 }),
});
export const sequenceSchema = z.coerce
  .number()
  .pipe(z.int().nonnegative())
  .default(0)
  .openapi({ type: "integer", description: "Only what came after this sequence." });

export const versionsSchema = json(
  z.object({
    versions: z.array(
      z.object({ version, etag, at: instant, actor: z.string(), note: z.string(), counts }),
    ),
  }),
);

export const auditSchema = json(
  z.object({
    audit: z.array(
      z.object({
        sequence: z.int(),
        at: instant,
        actor: z.string(),
        action: z.enum(AUDIT_ACTIONS),
        version: z.int().nonnegative().openapi({
          description: "The one it made; of a freeze or thaw the newest, 0 before the first.",
        }),
        note: z.string(),
        prev_hash: z.string(),
        hash: z.string(),
      }),
    ),
  }),
);

const colo = z.object({
  colo: z.string().openapi({ example: "FRA" }),
  isolates: z.int(),
  version: versionOrNull.openapi({ description: "The oldest in use by its isolates." }),
  snapshot_age_ms: z.number().nullable(),
  hosts: z.record(
    z.string(),
    z.object({
      requests: z.number(),
      retries: z.number(),
      hedges: z.number().optional(),
      statuses: counts,
      problems: counts,
      pools: counts.openapi({ description: "Requests by the pool that answered." }),
    }),
  ),
});

const reachableRegion = z.object({
  region: z.string().openapi({ example: "weur" }),
  reachable: z.literal(true),
  push: z.object({ acked: versionOrNull, failures: z.int() }).nullable(),
  version: versionOrNull,
  as_of: instant,
  beat_ms: z.number(),
  next_alarm_at: instant.nullable(),
  last_round_at: instant.nullable(),
  blind: z.boolean().openapi({ description: "No target answers, so it doubts itself." }),
  probes: z.object({ sent: z.int(), succeeded: z.int(), failed: z.int() }),
  probers: z
    .array(
      z.object({
        prober: z.int(),
        endpoints: z.int(),
        heard_at: instant,
        silent: z.boolean(),
        blind: z.boolean(),
      }),
    )
    .openapi({ description: "Those that probe for the region beside its own object." }),
  colos: z.array(colo),
});

const unreachableRegion = reachableRegion
  .pick({ region: true, push: true })
  .extend({ reachable: z.literal(false), reason: z.enum(["failed", "silent"]) });

export const regionsSchema = json(
  z.object({
    regions: z.array(z.discriminatedUnion("reachable", [reachableRegion, unreachableRegion])),
  }),
);

const verdict = z.enum(["healthy", "unhealthy", "unknown"]);

/** A member of a monitor group, and what it saw last. */
export const memberSchema = z.object({
  monitor: z.string(),
  healthy: z.boolean(),
  reason: z.string(),
  monitoring_only: z.boolean(),
  must_be_healthy: z.boolean(),
});

export const healthSchema = json(
  z.object({
    version: versionOrNull,
    endpoints: z.array(
      z.object({
        id: z.string(),
        pool: z.string(),
        endpoint: z.string(),
        address: z.string(),
        cloud: z.string(),
        enabled: z.boolean(),
        verdict: verdict.openapi({ description: "The regions' word by quorum." }),
        votes: z.object({ healthy: z.array(z.string()), unhealthy: z.array(z.string()) }),
        broken_paths: z.array(z.string()).openapi({
          description:
            "Regions that call it unhealthy although it is not: the way from there is broken.",
        }),
        disagrees_only_in: z.string().nullable().openapi({
          description: "The only region in which probes and traffic disagree.",
        }),
        summary: z.enum(SUMMARIES).openapi({ description: "What every region that knows says." }),
        worst: verdict,
        regions: z.array(
          z.object({
            region: z.string(),
            verdict,
            stale: z.boolean(),
            blind: z
              .boolean()
              .openapi({ description: "Its prober doubts itself and says what it saw last." }),
            reason: z.string().optional(),
            changed_at: instant.optional(),
            observed_at: instant.optional(),
            monitors: z.array(memberSchema).optional().openapi({
              description: "Of a monitor group, as far as the region's instance has asked.",
            }),
            ejected: z.object({ until: instant, reason: z.string() }).optional().openapi({
              description: "Left out for a while by what traffic saw, whatever the probes say.",
            }),
            disagreement: z
              .object({
                kind: z.enum(["platform", "blind-path", "method", "gray"]),
                detail: z.string(),
                since: instant,
              })
              .optional()
              .openapi({ description: "Where probes and traffic disagree." }),
            held: z.object({ since: instant, reason: z.string() }).optional().openapi({
              description:
                "Called down or ejected, and used all the same: taking it away is beyond the velocity limit.",
            }),
          }),
        ),
      }),
    ),
    unreachable: z.array(z.string()).openapi({
      description: "Regions that did not answer; `config` when the names may be old.",
    }),
  }),
);

const note = z.object({ event: eventId, by: z.string(), at: instant });
export const deskSchema = json(z.object({ acknowledged: z.array(note) }));

/** A desk holds 1,000 notes, so what was got can be put; who and when are the desk's own words. */
export const deskBodySchema = z.object({
  acknowledged: z.array(z.object({ event: eventId })).max(1_000),
});
export const deskRequest = json(deskBodySchema, { acknowledged: [{ event: "weur:12" }] });
