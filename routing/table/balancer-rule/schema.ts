/**
 * The shape of one conditional rule of a load balancer, as in the vendor's API: a condition, and what the load
 * balancer is instead, or the answer itself.
 */
import { z } from "zod";
import { EXPRESSION_CHARACTERS_MAX } from "../../expression/compile.ts";
import {
  adaptiveRouting,
  affinityAttributes,
  affinityTtl,
  countryPools,
  criticality,
  locationStrategy,
  poolList,
  poolWeights,
  popPools,
  randomSteering,
  reference,
  regionPools,
  sessionAffinity,
  share,
  steeringPolicy,
  ttl,
} from "../fields.ts";

export const overridesSchema = z.strictObject({
  default_pools: poolList.optional(),
  /** The vendor's newer word: these pools and none by place. */
  pools: poolList.optional(),
  fallback_pool: reference.optional(),
  region_pools: regionPools.optional(),
  country_pools: countryPools.optional(),
  pop_pools: popPools.optional(),
  steering_policy: steeringPolicy.optional(),
  random_steering: randomSteering.optional(),
  pool_weights: poolWeights.optional(),
  pool_default_weight: share.optional(),
  adaptive_routing: adaptiveRouting.optional(),
  location_strategy: locationStrategy.optional(),
  ttl: ttl.optional().describe("accepted and without effect: this version answers no DNS"),
  session_affinity: sessionAffinity.optional(),
  session_affinity_ttl: affinityTtl.optional(),
  session_affinity_attributes: affinityAttributes.optional(),
  criticality: criticality.optional(),
});

/**
 * Where a browser is sent: an absolute URL, or a path from one slash. A second slash, or a backslash that browsers
 * read as one, would make a path another host.
 */
const LOCATION = /^(?:(?:https?:\/\/[A-Za-z0-9[]|\/(?![/\\]))[!-[\]-~]*)?$/;

const fixedResponseSchema = z.strictObject({
  /** A final status: the platform sends no other. */
  status_code: z.int().min(200).max(599).default(200),
  content_type: z
    .string()
    .regex(/^[ -~]{0,32}$/)
    .describe("at most 32 printable ASCII characters")
    .default(""),
  location: z
    .string()
    .max(2_048)
    .regex(LOCATION)
    .describe("http://…, https://… or a path from /, at most 2048 printable ASCII characters")
    .default(""),
  message_body: z.string().max(1_024).default(""),
});

export const balancerRuleSchema = z.strictObject({
  name: z.string().max(200).default(""),
  condition: z.string().max(EXPRESSION_CHARACTERS_MAX).default(""),
  disabled: z.boolean().default(false),
  /** Lower first. The highest is what a signed number of 32 bits holds. */
  priority: z.int().min(0).max(2_147_483_647).optional(),
  terminates: z.boolean().default(false),
  overrides: overridesSchema.default({}),
  fixed_response: fixedResponseSchema.optional(),
});

export type BalancerRuleFields = z.output<typeof balancerRuleSchema>;
export type OverridesFields = z.output<typeof overridesSchema>;
