/** The shapes of previews: what is asked, and what each region saw. */
import { z } from "@hono/zod-openapi";
import { PREVIEW_ENDPOINTS_MAX } from "../../../routing/limits.ts";
import { REGIONS } from "../../../routing/names.ts";
import { SCHEMAS } from "../../../routing/table/schema.ts";
import { json, memberSchema } from "./schemas.ts";

const NO_REFERENCE = "write a name or an id: 1..64 letters, digits, _ or -";
const reference = z
  .string(NO_REFERENCE)
  .regex(/^[A-Za-z0-9_-]{1,64}$/, NO_REFERENCE)
  .openapi({ description: "A name or an id." });

const inPath = (name: string) =>
  reference.openapi({ param: { name, in: "path" }, description: "Its name or its id." });
export const monitorParameters = z.object({ monitor: inPath("monitor") });
export const poolParameters = z.object({ pool: inPath("pool") });

const endpoints = z
  .array(reference)
  .min(1)
  .max(PREVIEW_ENDPOINTS_MAX, `a preview asks at most ${PREVIEW_ENDPOINTS_MAX} endpoints`)
  .optional()
  .openapi({
    description: "Which endpoints, by name or id. Absent: all of the pool, also disabled ones.",
  });
const regions = z
  .array(z.enum(REGIONS))
  .min(1)
  .max(REGIONS.length)
  .optional()
  .openapi({ description: "From where. Absent: from every region." });

export const monitorPreviewBody = z.strictObject({
  pool: reference.optional().openapi({
    description:
      "By name or id. Absent: the pools that use the monitor, by themselves or in a group.",
  }),
  endpoints,
  regions,
});

/** The draft is checked by ConfigStore, as every monitor is: its reasons have ranges. */
export const poolPreviewBody = z.strictObject({
  monitor: z.unknown().optional(),
  endpoints,
  regions,
});

const draft = SCHEMAS.monitor.omit({ name: true }).openapi({
  description: "A monitor that is not stored. Absent: the pool's own, or its group.",
});

export const monitorPreviewDocument = json(monitorPreviewBody, { pool: "frankfurt" });
export const poolPreviewDocument = json(poolPreviewBody.extend({ monitor: draft.optional() }), {
  monitor: { type: "https", path: "/healthz", expected_codes: "2xx" },
  regions: ["weur"],
});

const seen = z.object({
  region: z.enum(REGIONS),
  healthy: z.boolean().nullable().openapi({ description: "null: no time was left to ask it." }),
  reason: z.string().openapi({
    description: "Empty when healthy; docs/monitors.md says what to do about each.",
    example: "status 503",
  }),
  status_code: z.int().nullable().openapi({ description: "null: no answer of HTTP." }),
  ms: z.number().nullable().openapi({ description: "Of the last try; of a group all of it." }),
  monitors: z.array(memberSchema).optional().openapi({ description: "Of a monitor group." }),
});

export const previewSchema = json(
  z
    .object({
      version: z.int().positive().openapi({ description: "Of the configuration.", example: 7 }),
      monitor: z.string().openapi({ description: "What was asked by; `draft` is the body's." }),
      endpoints: z.array(
        z.object({
          id: z.string(),
          pool: z.string(),
          endpoint: z.string(),
          address: z.string(),
          port: z.int(),
          regions: z.array(seen),
        }),
      ),
      unreachable: z
        .array(z.enum(REGIONS))
        .openapi({ description: "Regions whose prober did not answer." }),
    })
    .openapi("Preview"),
);
