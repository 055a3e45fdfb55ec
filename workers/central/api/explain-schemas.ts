/** The shapes of explanations and tickets, as `routing/explain` makes them. */
import { z } from "@hono/zod-openapi";
import { OUTCOMES } from "../../../routing/explain/explain.ts";
import { HEALTHS } from "../../../routing/explain/pools.ts";
import { SESSION_VERDICTS } from "../../../routing/explain/session.ts";
import { TICKET_HEADER } from "../../../routing/explain/ticket.ts";
import { ANSWERED_BY } from "../../../routing/explain/words.ts";
import { AFFINITY_FAILOVERS, CRITICALITIES } from "../../../routing/model.ts";
import { REGIONS } from "../../../routing/names.ts";
import { RULE_VERDICTS } from "../../../routing/steer/balancer-rules.ts";
import { HOSTNAME } from "../../../routing/table/hostname.ts";
import { requestSchema } from "../explain/request.ts";
import { json } from "./schemas.ts";

const version = z.int().positive().openapi({ example: 7 });
const instant = z.iso.datetime();
const ms = z.number();

export const explainRequest = json(requestSchema.openapi("ExplainRequest"), {
  url: "https://shop.example/cart?v=2",
  headers: { "x-beta": "1" },
  client: { ip: "203.0.113.9", country: "DE" },
  colo: "FRA",
});

const target = z.object({
  kind: z.enum(["Pool", "LoadBalancer", "unknown"]),
  name: z.string(),
});

const rule = z.object({
  hostname: z.string(),
  namespace: z.string(),
  name: z.string(),
  rule: z.int().openapi({ description: "Its place in spec.rules." }),
  rule_name: z.string().nullable(),
  match: z.string().openapi({ example: "GET PathPrefix /cart, header x-beta" }),
});

const change = z.object({
  do: z.enum(["set", "add", "remove"]),
  name: z.string(),
  value: z.string().nullable(),
});
const limit = z.union([ms, z.enum(["none", "default"])]);

const filters = z.object({
  path: z.string().nullable(),
  hostname: z.string().nullable(),
  request_headers: z.array(change),
  response_headers: z.array(change),
  cors: z.boolean(),
  mirrors: z.array(target.extend({ ratio: z.number() })),
  request_ms: limit,
  try_ms: limit,
  tries_max: z.int(),
});

const stage = z.enum(["sound", "draining", "doubtful", "panic", "last-resort"]);

const endpoint = z.object({
  endpoint: z.string(),
  standing: z.enum(["admitted", "ripe", "ejected", "disabled", "unhealthy"]),
  health: z.enum(HEALTHS).openapi({ description: "The region's verdict." }),
  reason: z.string(),
  estimate_ms: ms.nullable().openapi({ description: "Time to first byte from the colo." }),
  weight: z.number(),
  priority: z.int(),
  country: z.string().nullable().openapi({
    description: "ISO 3166-1 alpha-2, from the locality; null = nobody knows.",
  }),
  outside: z.boolean().openapi({ description: "Residency leaves it out, whatever else is said." }),
});

const spill = z
  .object({
    pool: z.string(),
    utilization: z.number().openapi({ description: "Of the first pool, now. 1 is full." }),
    wanted: z.number().openapi({ description: "If it gave nothing away." }),
    full: z.boolean().openapi({ description: "Above its target, so it gives away." }),
    gives: z.array(z.object({ pool: z.string(), share: z.number() })),
    to: z.string().nullable().openapi({ description: "Where this request goes instead." }),
  })
  .openapi({
    description: "Null: nobody tells how full the first pool is, or the request may not be moved.",
  });

const session = z.object({
  by: z.enum(["route", "cookie", "ip_cookie", "header"]),
  failover: z.enum(AFFINITY_FAILOVERS),
  endpoint: z.string().nullable().openapi({
    description: "That of the session; null when the request brings none.",
  }),
  verdict: z.enum(SESSION_VERDICTS),
});

const known = z.object({
  colo: z.string(),
  colo_version: version.nullable().openapi({
    description: "The oldest that an isolate of the colo has reported; null when none has.",
  }),
  region: z.enum(REGIONS),
  reachable: z.boolean().openapi({
    description: "False: the region did not answer, and no health and no latency is known here.",
  }),
  as_of: instant.nullable(),
});

export const explanationSchema = json(
  z
    .object({
      version: version.openapi({ description: "Of the snapshot that was asked." }),
      host: z.string(),
      path: z.string(),
      hostnames: z.array(z.string()),
      outcome: z.enum(OUTCOMES),
      route: rule
        .extend({ targets: z.array(target.extend({ weight: z.number(), exists: z.boolean() })) })
        .nullable(),
      close: z.array(rule.extend({ lacks: z.string().nullable(), loses: z.string().nullable() })),
      filters: filters.nullable(),
      target: target.nullable(),
      rules: z.array(
        z.object({ name: z.string(), condition: z.string(), verdict: z.enum(RULE_VERDICTS) }),
      ),
      answer: z
        .object({ by: z.enum(ANSWERED_BY), status: z.int(), location: z.string().nullable() })
        .nullable(),
      steering: z
        .object({
          policy: z.string(),
          criticality: z.enum(CRITICALITIES).openapi({
            description: "By the operator's word: an overloaded pool lets in the critical first.",
          }),
          refused_by: z.string().nullable().openapi({
            description: "The pool that it would have gone to and that did not let it in.",
          }),
          failover: z.boolean(),
          exploring: z.boolean(),
          spill: spill.nullable(),
          fault: z.string().nullable(),
          residencies: z.array(z.array(z.string())).openapi({
            description: "Lists that each must have an endpoint's country; pools may add theirs.",
          }),
          outside: z
            .int()
            .openapi({ description: "How many enabled endpoints residency leaves out." }),
          stages: z.array(z.object({ kind: stage, pool: z.string() })),
        })
        .nullable(),
      session: session.nullable(),
      pool: z.string().nullable(),
      endpoint: z.string().nullable(),
      candidates: z.array(
        endpoint.extend({
          pool: z.string(),
          why: z.enum([...stage.options, "kept", "probing", "again"]),
          stage: stage.nullable(),
        }),
      ),
      pools: z.array(
        z.object({
          pool: z.string(),
          enabled: z.boolean(),
          residency: z.array(z.string()).nullable(),
          stage: stage.nullable(),
          admitted: z.number().openapi({
            description: "The share of requests of this criticality that it lets in.",
          }),
          shed: z.boolean().openapi({ description: "It gave this request away." }),
          levels: z
            .array(z.object({ priority: z.int(), share: z.number() }))
            .openapi({ description: "How the pool's requests are shared among priorities." }),
          endpoints: z.array(endpoint),
          endpoints_total: z.int(),
          outside_total: z.int().openapi({ description: "How many residency leaves out." }),
        }),
      ),
      known,
    })
    .openapi("Explanation"),
);

export const ticketBodySchema = z.strictObject({
  hostname: z.string().regex(HOSTNAME, "a hostname without a port and without a wildcard"),
});
export const ticketRequest = json(ticketBodySchema, { hostname: "shop.example" });

export const ticketSchema = json(
  z
    .object({
      ticket: z.string(),
      hostname: z.string(),
      header: z.literal(TICKET_HEADER),
      expires_at: instant,
      version: version.openapi({
        description: "Edges that hold it or a later one take the ticket.",
      }),
    })
    .openapi("ExplainTicket"),
);
