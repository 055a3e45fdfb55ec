/** The pieces that the schemas of several kinds share. */
import { z } from "zod";
import { AFFINITY_TTL_SECONDS_MAX, POOLS_PER_LOAD_BALANCER_MAX } from "../limits.ts";
import {
  AFFINITIES,
  AFFINITY_FAILOVERS,
  CRITICALITIES,
  ECS_PREFERENCES,
  LOCATION_MODES,
  SAME_SITES,
  SECURES,
  STEERING_POLICIES,
  STEERING_REGIONS,
} from "../model.ts";
import { HOSTNAME } from "./hostname.ts";
import { COUNTRY_CODES, PLACES } from "./places.ts";
import { UNOBEYED } from "./unobeyed.ts";

/** The vendor's alphabet for pools, for all kinds; 64 fits a metric's label and a line of a table. */
export const name = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .describe("1..64 letters, digits, _ or -");
/** Of a load balancer or a zone; only routes may have a star in front. */
export const hostname = z
  .string()
  .regex(HOSTNAME)
  .describe("a hostname of letters, digits, hyphens and dots, without a wildcard");
/** A name or an id; whether something answers to it is checked afterwards. */
export const reference = z.string().min(1).max(64);
export const poolList = z.array(reference).min(1).max(POOLS_PER_LOAD_BALANCER_MAX);
export const share = z.number().min(0).max(1);
/** Seconds; from the shortest that resolvers respect to a day. Of its records, where a zone publishes it. */
export const ttl = z.int().min(10).max(86_400);

/** Which words are places is a rule's business: residency-rules.ts. As many as the EEA has members, and two. */
export const residency = z
  .array(
    z
      .string()
      .regex(/^[A-Z]{2,3}$/)
      .describe(PLACES),
  )
  .min(1)
  .max(32);

export const criticality = z.enum(CRITICALITIES);

export const regionPools = z.partialRecord(z.enum(STEERING_REGIONS), poolList);
export const countryPools = z.record(
  z
    .string()
    .regex(/^[A-Z][A-Z1]$/)
    .describe(COUNTRY_CODES),
  poolList,
);
export const popPools = z.record(
  z
    .string()
    .regex(/^[A-Z]{3}$/)
    .describe("an IATA code of three capitals such as FRA"),
  poolList,
);
/** "" is the vendor's default: geo when there are pools by place, else off. */
export const steeringPolicy = z.enum([...STEERING_POLICIES, ""]);
export const poolWeights = z.record(reference, share);
export const randomSteering = z.strictObject({
  default_weight: share.default(1),
  pool_weights: poolWeights.default({}),
});
export const adaptiveRouting = z.strictObject({ failover_across_pools: z.boolean().default(true) });
export const locationStrategy = z.strictObject({
  mode: z.enum(LOCATION_MODES).default("pop"),
  prefer_ecs: z.enum(ECS_PREFERENCES).default("proximity"),
});
/** "" is the vendor's other word for none. */
export const sessionAffinity = z.enum([...AFFINITIES, ""]);
/** Seconds. Which of them is between the affinity and this, and a rule's business: affinity-rules.ts. */
export const affinityTtl = z.int().min(30).max(AFFINITY_TTL_SECONDS_MAX);
/** A name as the vendor has it, or some of the cookies: letters, digits and what RFC 6265 allows besides. */
const affinityHeader = z
  .string()
  .max(100)
  .regex(/^(?:[A-Za-z0-9_-]+|cookie:[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:,[!#$%&'*+.^_`|~0-9A-Za-z-]+)*)$/)
  .describe("a header name, or cookie:NAME,NAME, of 1..100 characters");
export const affinityAttributes = z.strictObject({
  samesite: z.enum(SAME_SITES).default("Auto"),
  secure: z.enum(SECURES).default("Auto"),
  drain_duration: z.int().min(0).max(AFFINITY_TTL_SECONDS_MAX).default(0),
  zero_downtime_failover: z.enum(AFFINITY_FAILOVERS).optional(),
  headers: z.array(affinityHeader).max(5).default([]),
  require_all_headers: z.boolean().default(false),
});

/** The names are known, so that they are refused with their reason and not as unknown. */
export const unobeyed = (kind: keyof typeof UNOBEYED) =>
  Object.fromEntries(
    Object.entries(UNOBEYED[kind]).map(([field, { range }]) => [
      field,
      z.unknown().optional().describe(`not obeyed by this version: ${range}`),
    ]),
  );
