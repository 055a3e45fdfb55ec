/** The pieces that the schemas of several kinds share. */
import { z } from "zod";
import { POOLS_PER_LOAD_BALANCER_MAX } from "../limits.ts";
import { STEERING_POLICIES, STEERING_REGIONS } from "../model.ts";
import { HOSTNAME } from "./hostname.ts";
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
/** Seconds; from the shortest that resolvers respect to a day. Means something only when not proxied. */
export const ttl = z.int().min(10).max(86_400);

export const regionPools = z.partialRecord(z.enum(STEERING_REGIONS), poolList);
export const countryPools = z.record(
  z
    .string()
    .regex(/^[A-Z][A-Z1]$/)
    .describe("an ISO 3166 code of two capitals such as DE"),
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
export const affinityTtl = z
  .unknown()
  .optional()
  .describe("accepted and without effect: there is no session affinity");

/** The names are known, so that they are refused with their reason and not as unknown. */
export const unobeyed = (kind: keyof typeof UNOBEYED) =>
  Object.fromEntries(
    Object.entries(UNOBEYED[kind]).map(([field, { range }]) => [
      field,
      z.unknown().optional().describe(`not obeyed by this version: ${range}`),
    ]),
  );
