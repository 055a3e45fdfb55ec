/**
 * The shape of an operators' document: names, types, enums, ranges and defaults of every field.
 *
 * Cross-field rules are in rules.ts; what the vendor has and this version does not do is in unobeyed.ts.
 * Only central and ConfigStore read this: the edge gets what has been parsed.
 */
import { z } from "zod";
import {
  BALANCER_RULES_MAX,
  ENDPOINTS_PER_POOL_MAX,
  GROUP_MEMBERS_MAX,
  STREAM_DRAIN_SECONDS_MAX,
} from "../limits.ts";
import { ENDPOINT_POLICIES, MONITOR_TYPES, SHEDDING_POLICIES } from "../model.ts";
import { type BalancerRuleFields, balancerRuleSchema } from "./balancer-rule/schema.ts";
import {
  adaptiveRouting,
  affinityAttributes,
  affinityTtl,
  countryPools,
  criticality,
  hostname,
  locationStrategy,
  name,
  poolList,
  popPools,
  randomSteering,
  reference,
  regionPools,
  residency,
  sessionAffinity,
  share,
  steeringPolicy,
  ttl,
  unobeyed,
} from "./fields.ts";
import { type ManifestFields, manifestSchema } from "./http-route/schema.ts";
import { COUNTRY_CODES } from "./places.ts";
import { zoneFields } from "./zone/schema.ts";

const latitude = z.number().min(-90).max(90);
const longitude = z.number().min(-180).max(180);
const port = z.int().min(0).max(65_535).default(0);

const readOnly = z.unknown().optional().describe("read-only, ignored");
const disabledAt = z
  .unknown()
  .optional()
  .describe("read-only; counts only for what is new and disabled, as when a document moves");
const common = {
  id: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .describe("32 lower-case hex characters")
    .optional(),
  description: z.string().max(1_000).default(""),
  created_on: readOnly,
  modified_on: readOnly,
};

/** RFC 9110 token; obs-text and control characters are left out of values. */
const headers = z
  .record(
    z
      .string()
      .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/)
      .describe("a header name of 1..64 characters"),
    z
      .array(
        z
          .string()
          .regex(/^[ -~]{0,1024}$/)
          .describe("at most 1024 printable ASCII characters"),
      )
      .min(1)
      .max(8),
  )
  .default({});

export const monitorSchema = z.strictObject({
  name,
  ...common,
  type: z.enum(MONITOR_TYPES).default("http"),
  /** A probe must be safe to repeat: nothing that changes an endpoint. */
  method: z.enum(["GET", "HEAD", "OPTIONS", "connection_established"]).optional(),
  path: z
    .string()
    .regex(/^\/[!"$-~]{0,2047}$/)
    .describe("a path from /, at most 2048 printable ASCII characters, without #")
    .default("/"),
  port,
  /** From the shortest that a region's five slots can keep up with to once an hour. */
  interval: z.int().min(1).max(3_600).default(60),
  /** A slot is held this long, so 10 s; slower than that is down for every visitor. Default: 5, or the interval if shorter. */
  timeout: z.int().min(1).max(10).optional(),
  retries: z.int().min(0).max(5).default(2),
  consecutive_up: z.int().min(0).max(10).default(0),
  consecutive_down: z.int().min(0).max(10).default(0),
  expected_codes: z
    .string()
    .max(256)
    .regex(/^(?:[1-5](?:[xX]{2}|\d\d(?:-[1-5]\d\d)?)(?: *, *(?!$)|$))*$/)
    .describe("codes, classes and ranges with commas, such as 200,204 or 2xx or 200-299")
    .default("200"),
  expected_body: z.string().max(1_024).default(""),
  header: headers,
  follow_redirects: z.boolean().default(false),
  ...unobeyed("monitor"),
});

const groupMember = z.strictObject({
  monitor_id: reference,
  enabled: z.boolean().default(true),
  monitoring_only: z.boolean().default(false),
  must_be_healthy: z.boolean().default(false),
  created_at: readOnly,
  updated_at: readOnly,
});

export const monitorGroupSchema = z.strictObject({
  name,
  ...common,
  members: z.array(groupMember).min(1).max(GROUP_MEMBERS_MAX),
  created_at: readOnly,
  updated_at: readOnly,
});

const locality = z.strictObject({
  cloud: z.string().min(1).max(32),
  region: z.string().min(1).max(64),
  latitude: latitude.optional(),
  longitude: longitude.optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .describe(COUNTRY_CODES)
    .optional(),
});

export const endpointSchema = z.strictObject({
  id: common.id,
  name,
  /** What it may be is the policy's business: address.ts. */
  address: z.string().min(1).max(300),
  port,
  enabled: z.boolean().default(true),
  weight: share.default(1),
  priority: z.int().min(0).max(100).default(0),
  capacity_rps: z.number().min(1).max(10_000_000).optional(),
  locality: locality.optional(),
  disabled_at: disabledAt,
  ...unobeyed("endpoint"),
});

const percent = z.number().min(0).max(100).default(0);
const loadShedding = z.strictObject({
  default_percent: percent,
  default_policy: z.enum(SHEDDING_POLICIES).default("random"),
  session_percent: percent,
  session_policy: z.enum(["hash"]).default("hash"),
});

export const poolSchema = z.strictObject({
  name,
  ...common,
  enabled: z.boolean().default(true),
  minimum_origins: z.int().min(0).max(ENDPOINTS_PER_POOL_MAX).default(1),
  monitor: z.string().max(64).optional(),
  monitor_group: z.string().max(64).optional(),
  latitude: latitude.optional(),
  longitude: longitude.optional(),
  origin_steering: z
    .strictObject({ policy: z.enum(ENDPOINT_POLICIES).default("p2c_peak_ewma") })
    .default({ policy: "p2c_peak_ewma" }),
  origins: z.array(endpointSchema).min(1).max(ENDPOINTS_PER_POOL_MAX),
  residency: residency.optional(),
  stream_drain_seconds: z.int().min(1).max(STREAM_DRAIN_SECONDS_MAX).optional(),
  load_shedding: loadShedding.optional(),
  admission_control: z.boolean().optional(),
  disabled_at: disabledAt,
  ...unobeyed("pool"),
});

export const loadBalancerSchema = z.strictObject({
  name: hostname,
  ...common,
  enabled: z.boolean().default(true),
  proxied: z.boolean().default(true),
  ttl: ttl.default(30),
  default_pools: poolList,
  fallback_pool: reference,
  region_pools: regionPools.default({}),
  country_pools: countryPools.default({}),
  pop_pools: popPools.default({}),
  steering_policy: steeringPolicy.default(""),
  random_steering: randomSteering.default({ default_weight: 1, pool_weights: {} }),
  adaptive_routing: adaptiveRouting.default({ failover_across_pools: true }),
  location_strategy: locationStrategy.optional(),
  rules: z.array(balancerRuleSchema).max(BALANCER_RULES_MAX).default([]),
  session_affinity: sessionAffinity.optional(),
  session_affinity_ttl: affinityTtl.optional(),
  session_affinity_attributes: affinityAttributes.optional(),
  residency: residency.optional(),
  criticality: criticality.optional(),
  zone_name: readOnly,
  ...unobeyed("load_balancer"),
});

export const zoneSchema = z.strictObject({
  name: hostname,
  ...common,
  ...zoneFields,
  ...unobeyed("zone"),
});

export const SCHEMAS = {
  monitor: monitorSchema,
  monitor_group: monitorGroupSchema,
  pool: poolSchema,
  load_balancer: loadBalancerSchema,
  zone: zoneSchema,
  http_route: manifestSchema,
} as const;
export type Kind = keyof typeof SCHEMAS;

export type MonitorFields = z.output<typeof monitorSchema>;
export type MonitorGroupFields = z.output<typeof monitorGroupSchema>;
export type EndpointFields = z.output<typeof endpointSchema>;
export type PoolFields = z.output<typeof poolSchema>;
export type LoadBalancerFields = z.output<typeof loadBalancerSchema>;
export type ZoneFields = z.output<typeof zoneSchema>;
export interface FieldsOf {
  readonly monitor: MonitorFields;
  readonly monitor_group: MonitorGroupFields;
  readonly pool: PoolFields;
  readonly load_balancer: LoadBalancerFields;
  readonly zone: ZoneFields;
  readonly http_route: ManifestFields;
}
export type { BalancerRuleFields, ManifestFields };
