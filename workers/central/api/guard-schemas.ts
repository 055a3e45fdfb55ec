/** The shapes of what the guards tell: forecasts, losses, evacuations, drains, the freeze switch. */
import { z } from "@hono/zod-openapi";
import { FREEZE_PLACES } from "../../../routing/guard/freeze.ts";
import { TARGET_KINDS } from "../../../routing/guard/places.ts";
import { acceptedSchema, json } from "./schemas.ts";

const instant = z.iso.datetime();
const rps = z.number().openapi({ description: "Requests per second, over the last ten." });
const problem = z.object({
  pointer: z.string(),
  detail: z.string(),
  value: z.unknown().optional(),
  range: z.string().optional(),
});

const poolForecast = z.object({
  pool: z.string(),
  rps,
  share: z.number().openapi({ description: "Of all requests, 0..1." }),
  capacity_rps: z.number().nullable().openapi({ description: "`null`: not declared." }),
  utilization: z.number().nullable(),
});

const forecast = z.object({
  pools: z.array(poolForecast),
  stranded: z.array(z.string()).openapi({ description: "Hostnames without an endpoint." }),
  unserved_rps: z.number(),
  undeclared: z.array(z.string()).openapi({
    description:
      "Pools that are asked something and declare no capacity: nothing can be said of them.",
  }),
  unknown: z.array(z.string()).openapi({ description: "What the numbers do not tell." }),
});

const loss = z.object({
  kind: z.enum(["pool", "region"]),
  name: z.string().openapi({ example: "aws eu-central-1" }),
  rps,
  utilization: z.number().nullable().openapi({ description: "Of the fullest pool that is left." }),
  over: z.array(poolForecast).openapi({ description: "Pools that would be above their capacity." }),
  stranded: z.array(z.string()),
});

export const capacityDocument = json(
  z
    .object({
      now: forecast,
      worst: loss.nullable(),
      losses: z.array(loss).openapi({ description: "The worst first." }),
      unreachable: z.array(z.string()),
    })
    .openapi("Capacity"),
);

const objection = z.union([
  z.object({
    guard: z.literal("capacity"),
    pool: z.string(),
    rps,
    capacity_rps: z.number(),
    utilization: z.number(),
    utilization_before: z.number().nullable(),
    detail: z.string(),
  }),
  z.object({ guard: z.literal("no-endpoint"), hostname: z.string(), detail: z.string() }),
]);

const frozen = z.array(z.enum(FREEZE_PLACES)).openapi({
  description: "Where the freeze switch is turned; empty = nowhere.",
});

const preview = z.object({
  dry_run: z.literal(true),
  before: forecast.nullable().openapi({ description: "`null`: there is no version yet." }),
  after: forecast,
  objections: z.array(objection).openapi({ description: "Without `force` these refuse it." }),
  n_minus_one: z.object({
    worst: loss.nullable(),
    losses: z.array(loss).openapi({
      description: "Afterwards: losses that a pool or a hostname would not survive, and the worst.",
    }),
  }),
  frozen,
  warnings: z.array(problem),
});

const named = preview.openapi("Preview");

/** What a write answers, or its dry run. */
export const acceptedOrPreview = json(
  z.union([acceptedSchema["application/json"].schema, named]),
  acceptedSchema["application/json"].example,
);

/** What a silence means for a question that changes nothing. */
export const NOTHING_CHANGED = "Nothing was changed; send it again.";

const target = z.object({ kind: z.enum(TARGET_KINDS), name: z.string() });

const evacuationPreview = preview
  .extend({
    target,
    disables: z.array(z.string()).openapi({ description: "Pools and `pool/endpoint`." }),
    forbidden: z.record(z.string(), z.array(z.string())).openapi({
      description: "By hostname without an endpoint: pools that residency forbids to take over.",
    }),
  })
  .openapi("EvacuationPreview");

const evacuation = z
  .object({
    id: z.string().regex(/^[0-9a-f]{32}$/),
    target,
    reason: z.string(),
    actor: z.string(),
    at: instant,
    version: z.int().positive(),
    status: z.enum(["standing", "superseded", "undone"]).openapi({
      description: "`superseded`: somebody has changed everything that it had disabled.",
    }),
    changes: z.array(z.string()).openapi({ description: "What is no longer as it left it." }),
    ramp: z
      .object({
        share: z.number().openapi({ description: "What has been moved, 0..1." }),
        next_at: instant,
        halted: z.boolean().openapi({
          description: "Somebody has changed what it moves, so it goes no further: undo it.",
        }),
      })
      .nullable()
      .openapi({
        description: "While it goes in steps; `null`: everything is disabled or undone.",
      }),
    undone: z.object({ at: instant, actor: z.string(), version: z.int().positive() }).nullable(),
    progress: z.object({
      rps_before: rps.nullable(),
      rps,
      share: z.number().openapi({ description: "Of all attempts at endpoints now, 0..1." }),
      open_streams: z.int().openapi({ description: "Of those that edges hold." }),
      done: z.boolean().openapi({ description: "Every region is current and sends nothing." }),
      regions: z.array(
        z.object({
          region: z.string(),
          reachable: z.boolean(),
          current: z.boolean().openapi({ description: "It has the version." }),
          rps: rps.nullable(),
          open_streams: z.int().nullable(),
        }),
      ),
    }),
  })
  .openapi("Evacuation");

export const evacuationDocument = json(evacuation);
export const evacuationOrPreview = json(z.union([evacuation, evacuationPreview]));
export const evacuationsDocument = json(z.object({ evacuations: z.array(evacuation) }));

const name = z.string().min(1).max(256);

export const evacuationBody = z
  .strictObject({
    pool: name.optional(),
    cloud: name.optional(),
    region: name.optional().openapi({ description: "`aws eu-central-1`, or the region alone." }),
    reason: z.string().min(1).max(200),
  })
  .refine(
    (body) => TARGET_KINDS.filter((kind) => body[kind] !== undefined).length === 1,
    "Name one of pool, cloud and region",
  );

export const evacuationRequest = json(evacuationBody, {
  region: "aws eu-central-1",
  reason: "provider incident",
});

export const evacuationParameters = z.object({
  id: z.string().regex(/^[0-9a-f]{32}$/, "An id is 32 hex characters"),
});

export const drainsDocument = json(
  z.object({
    drains: z.array(
      z.object({
        pool: z.string(),
        endpoint: z.string().nullable().openapi({ description: "`null`: the whole pool." }),
        since: instant.nullable(),
        sessions_until: instant.nullable(),
        streams_until: instant.nullable(),
        rps,
        open_streams: z.int(),
        done: z.boolean(),
      }),
    ),
    unreachable: z.array(z.string()),
  }),
);

export const freezeStateDocument = json(
  z
    .object({
      frozen,
      store: z.object({ reason: z.string(), actor: z.string(), at: instant }).nullable(),
      kv: z.enum(["read", "silent"]),
      thaw: z.string().nullable().openapi({ description: "What to do to go on." }),
    })
    .openapi("Freeze"),
);
