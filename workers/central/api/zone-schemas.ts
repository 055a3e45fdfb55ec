/** The shapes of what is told about zones that are kept in step. */
import { z } from "@hono/zod-openapi";
import { SYNC_MODES } from "../../../routing/dns/zone.ts";
import { SCHEMAS } from "../../../routing/table/schema.ts";
import { json } from "./schemas.ts";

const instant = z.iso.datetime().openapi({ example: "2026-11-23T10:00:00.000Z" });
const NO_CHECKSUM =
  "A checksum is 32 lower-case hex characters: GET …/plan tells that of the plan that you reviewed";
const checksum = z
  .string(NO_CHECKSUM)
  .regex(/^[0-9a-f]{32}$/, NO_CHECKSUM)
  .openapi({ example: "0123456789abcdef0123456789abcdef" });

export const zoneParameters = z.object({ zone: SCHEMAS.zone.shape.name });
export const planQuery = z.object({
  fresh: z.enum(["true", "false"]).default("true").openapi({
    description: "`false` tells the last look instead of looking now.",
  }),
  format: z.enum(["json", "markdown"]).optional().openapi({ description: "Wins over `Accept`." }),
});

const failure = z.object({ kind: z.string(), detail: z.string() });
const frozen = z.array(z.enum(["ledger", "script", "zone"])).openapi({
  description:
    "Where the freeze switch stands: by this API, a variable of the script, a TXT record of the zone.",
});

export const zoneStatusSchema = z
  .object({
    zone: z.string(),
    reachable: z.literal(true),
    domain: z.string().nullable(),
    provider: z.string().nullable(),
    mode: z.enum(SYNC_MODES).nullable(),
    version: z.int().nullable().openapi({ description: "Of the table that it was compared with." }),
    in_step: z.boolean().nullable().openapi({
      description: "Nothing to change, nothing in the way. `null`: the last look came to no plan.",
    }),
    changes: z.int(),
    respected: z.int().openapi({ description: "Foreign edits that only an operator undoes." }),
    objections: z.int(),
    conflicts: z.int(),
    drift: z.int(),
    waiting: z.int(),
    held: z.int(),
    sets: z.int(),
    frozen,
    looked_at: instant.nullable(),
    next_look_at: instant.nullable(),
    failures: z.int().openapi({ description: "Looks in a row that came to no plan." }),
    failure: failure.nullable().openapi({ description: "Why the last look came to no plan." }),
    unwritten: z.string().openapi({
      description:
        "Why what is wanted was not written, or not all of it, when that was last tried; empty: it was, or nobody tried.",
    }),
    blind: z.string(),
  })
  .openapi("Zone");

const unreachableZone = z.object({
  zone: z.string(),
  reachable: z.literal(false),
  reason: z.enum(["failed", "silent"]),
});

export const zoneDocument = json(zoneStatusSchema);
export const zonesDocument = json(
  z.object({
    zones: z.array(z.discriminatedUnion("reachable", [zoneStatusSchema, unreachableZone])),
  }),
);

const recordSet = z.object({
  name: z.string(),
  type: z.string(),
  ttl: z.int(),
  values: z.array(z.string()),
  policy: z.unknown().optional(),
});
const change = z.object({
  kind: z.enum(["create", "update", "delete"]),
  name: z.string(),
  type: z.string(),
  before: recordSet.nullable(),
  after: recordSet.nullable(),
});
const changes = z.array(change);
const note = z.object({ name: z.string(), detail: z.string() });
const side = z.object({ ttl: z.int(), values: z.array(z.string()), policy: z.unknown() });
const drift = z.array(
  z.object({ name: z.string(), type: z.string(), wrote: side, found: side.nullable() }),
);
const objections = z.array(
  z.object({
    rule: z.string(),
    subject: z.string(),
    detail: z.string(),
    confirmation: z.string().nullable().openapi({ description: "`null`: nothing helps." }),
  }),
);

const planSchema = z
  .object({
    zone: z.string(),
    at: instant,
    version: z.int(),
    checksum,
    base: z.object({ owner: z.string(), version: z.int(), sequence: z.int() }).nullable(),
    ours: z.int(),
    changes,
    respected: changes,
    drift,
    conflicts: z.array(note),
    waiting: z.array(note),
    kept: z.array(note),
    notes: z.array(note),
    objections,
    held: z.array(z.object({ rule: z.string(), subject: z.string(), detail: z.string() })),
    frozen,
  })
  .openapi("ZonePlan");

export const planDocument = { ...json(planSchema), "text/markdown": { schema: z.string() } };
export const driftDocument = json(
  z.object({ zone: z.string(), at: instant, drift, respected: changes }),
);

const confirmations = z
  .array(z.string().max(400, "A confirmation is copied from an objection"))
  .max(1_000)
  .default([])
  .openapi({ description: "Of objections, as they were told." });

export const applyBody = z.strictObject({
  checksum,
  confirmations,
  include_respected: z.boolean().default(false).openapi({
    description: "Also what undoes foreign edits that the zone's rule respects.",
  }),
});
export const historyQuery = z.object({
  sequence: z.coerce.number().int().positive().optional().openapi({
    description: "This entry alone, with all its changes.",
  }),
});
export const undoBody = z.strictObject({ sequence: z.int().positive(), confirmations });

const entrySchema = z
  .object({
    sequence: z.int(),
    at: instant,
    actor: z.string(),
    version: z.int(),
    checksum: z.string(),
    written: z.int(),
    unknown: z.int().openapi({
      description:
        "Batches that may have been written: the answer was lost, or nobody lived to hear it.",
    }),
    batches: z.int(),
    outcome: z.enum(["writing", "done", "stopped"]),
    detail: z.string(),
    times: z.int().openapi({
      description:
        "How often in a row it stopped the same way with nothing written; told once, as the newest.",
    }),
    changed: z.int().openapi({ description: "Changes that were written, or may have been." }),
    changes: z.array(z.object({ kind: z.string(), key: z.string() })).openapi({
      description: "The first hundred of them; all with `sequence`.",
    }),
  })
  .openapi("ZoneHistoryEntry");

export const entryDocument = json(entrySchema);
export const historyDocument = json(z.object({ zone: z.string(), history: z.array(entrySchema) }));
export const freezeDocument = json(z.object({ zone: z.string(), frozen }));
