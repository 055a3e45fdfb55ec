/**
 * The shape of a zone that is kept in step with a DNS provider. All of it is optional: without a provider a zone is only a name.
 *
 * Defaults are told here and filled in by build.ts, so that a rule can tell what was written.
 */
import { z } from "zod";
import { PROVIDERS } from "../../dns/abilities.ts";
import { RECORD_TYPES } from "../../dns/record.ts";
import { SETTINGS } from "../../dns/settings.ts";
import { DRIFT_RULES, PUBLISH_MODES, SYNC_MODES } from "../../dns/zone.ts";
import {
  RECORD_VALUE_CHARACTERS_MAX,
  RECORDS_PER_ZONE_MAX,
  TAKEOVER_NAMES_MAX,
  VALUES_PER_RECORD_MAX,
} from "../../limits.ts";
import { hostname, share } from "../fields.ts";

/** What a field is that nobody wrote. A repair comes before somebody is woken; nothing is written before an operator says so. */
export const ZONE_DEFAULTS = {
  mode: "observe",
  interval: 60,
  drift: "repair",
  endpoint_names: false,
  failback_hold_seconds: 300,
  /** octoDNS: a plan that touches more than 30 % of a zone is a mistake until a person says otherwise. */
  limits: { update_ratio: 0.3, delete_ratio: 0.3, absent_listings: 3 },
} as const;

/** Names are checked by rules.ts, which knows the zone: here only that they are texts of a name's length and its last dot. */
const recordName = z.string().min(1).max(254);
/** What may be called is a rule's business: endpoint.ts. */
const url = z.string().min(1).max(2_048);
const { limits, ...plain } = ZONE_DEFAULTS;

const settingsByProvider = Object.entries(SETTINGS)
  .map(([provider, { shape }]) => `${provider}: ${Object.keys(shape).join(", ") || "none"}`)
  .join("; ");

const recordSchema = z.strictObject({
  name: recordName.describe("a name of the zone, or @ for the zone itself"),
  type: z.enum(RECORD_TYPES),
  /** Seconds; RFC 2181, section 8. */
  ttl: z.int().min(0).max(2_147_483_647).default(300),
  values: z.array(z.string().max(RECORD_VALUE_CHARACTERS_MAX)).min(1).max(VALUES_PER_RECORD_MAX),
});

export const zoneFields = {
  provider: z.enum(PROVIDERS).optional(),
  /** Which zone of the DNS it is; absent = the entry's name. */
  domain: hostname.optional(),
  endpoint: url.optional(),
  settings: z.record(z.string(), z.unknown()).optional().describe(settingsByProvider),
  credentials: z
    .strictObject({
      /** Nothing else in the script's variables can be asked for. */
      env: z
        .string()
        .regex(/^TW_CRED_[A-Z0-9_]{1,64}$/)
        .describe("the name of a variable: TW_CRED_ and 1..64 capitals, digits or _")
        .optional(),
      sealed: z
        .string()
        .regex(/^[0-9a-f]{32}$/)
        .describe("32 lower-case hex characters")
        .optional(),
    })
    .optional(),
  publish: z.record(hostname, z.enum(PUBLISH_MODES)).optional(),
  mode: z.enum(SYNC_MODES).optional().meta({ default: plain.mode }),
  /** Seconds: from six listings a minute, which every vendor's limit allows, to one a day. */
  interval: z.int().min(10).max(86_400).optional().meta({ default: plain.interval }),
  edge: z
    .strictObject({
      name: hostname,
      /** As many as one answer carries. */
      addresses: z.array(z.string().min(1).max(45)).max(16).default([]),
      health_url: url.optional(),
    })
    .optional(),
  /** With `_tradewind-` before it, one label. */
  owner: z
    .string()
    .regex(/^(?!freeze$)[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/)
    .describe("1..32 lower-case letters, digits or inner hyphens, and not freeze")
    .optional(),
  records: z.array(recordSchema).max(RECORDS_PER_ZONE_MAX).optional(),
  drift: z.enum(DRIFT_RULES).optional().meta({ default: plain.drift }),
  takeover: z.array(recordName).max(TAKEOVER_NAMES_MAX).optional(),
  endpoint_names: z.boolean().optional().meta({ default: plain.endpoint_names }),
  /** Up to a day. */
  failback_hold_seconds: z
    .int()
    .min(0)
    .max(86_400)
    .optional()
    .meta({ default: plain.failback_hold_seconds }),
  limits: z
    .strictObject({
      update_ratio: share.default(limits.update_ratio),
      delete_ratio: share.default(limits.delete_ratio),
      absent_listings: z.int().min(1).max(100).default(limits.absent_listings),
    })
    .optional(),
};

const syncSchema = z.strictObject(zoneFields);
export type SyncFields = z.output<typeof syncSchema>;
export type RecordFields = z.output<typeof recordSchema>;
/** Every field that means nothing without a provider. */
export const SYNC_FIELDS = (Object.keys(zoneFields) as (keyof SyncFields)[]).filter(
  (field) => field !== "provider",
);
