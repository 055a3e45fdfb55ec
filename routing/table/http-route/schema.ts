/**
 * The shape of a Kubernetes manifest of kind `HTTPRoute`, as `gateway.networking.k8s.io/v1` has it (gateway-api,
 * standard and experimental channel), with the type's own limits. Its rules between fields are in match-rules.ts,
 * filter-rules.ts, route-rules.ts and session-rules.ts.
 */
import { z } from "zod";
import { ROUTE_HOSTNAMES_MAX, ROUTE_RULES_MAX, RULE_MATCHES_MAX } from "../../limits.ts";
import { criticality } from "../fields.ts";
import { backendReference, filterList, METHODS } from "./filter-schema.ts";
import {
  duration,
  headerName,
  headerText,
  instant,
  namespaceName,
  objectName,
  routeHostname,
  sessionName,
} from "./grammar.ts";

const NAMED_MATCHES_MAX = 16;
const BACKENDS_MAX = 16;
const WEIGHT_MAX = 1_000_000;
/** 400..599 are 200 codes. */
const CODES_MAX = 200;

const ignored = z.unknown().optional().describe("accepted and without effect");

/** Where a manifest has room for what its type does not know. */
export const CRITICALITY_ANNOTATION = "tradewind/criticality";

/** Every field of Kubernetes' ObjectMeta is known, so that a misspelt one is told. */
const metadataSchema = z.strictObject({
  name: objectName,
  namespace: namespaceName.default("default"),
  creationTimestamp: instant.optional(),
  uid: z.unknown().optional().describe("a UUID is taken as the route's id"),
  /** Those of others mean nothing here. */
  annotations: z.object({ [CRITICALITY_ANNOTATION]: criticality.optional() }).optional(),
  ...Object.fromEntries(
    [
      ...["labels", "generateName", "generation", "resourceVersion", "selfLink"],
      ...["managedFields", "ownerReferences", "finalizers"],
      ...["deletionTimestamp", "deletionGracePeriodSeconds"],
    ].map((field) => [field, ignored]),
  ),
});

const matchSchema = z.strictObject({
  path: z
    .strictObject({
      type: z.enum(["Exact", "PathPrefix", "RegularExpression"]).default("PathPrefix"),
      value: z.string().min(1).max(1_024).default("/"),
    })
    .default({ type: "PathPrefix", value: "/" }),
  headers: z
    .array(
      z.strictObject({
        type: z.enum(["Exact", "RegularExpression"]).default("Exact"),
        name: headerName,
        value: headerText,
      }),
    )
    .max(NAMED_MATCHES_MAX)
    .default([]),
  queryParams: z
    .array(
      z.strictObject({
        type: z.enum(["Exact", "RegularExpression"]).default("Exact"),
        name: headerName,
        value: z.string().min(1).max(1_024),
      }),
    )
    .max(NAMED_MATCHES_MAX)
    .default([]),
  method: z.enum(METHODS).optional(),
});

export const routeRuleSchema = z.strictObject({
  name: objectName.optional(),
  matches: z.array(matchSchema).max(RULE_MATCHES_MAX).default([]),
  filters: filterList,
  backendRefs: z
    .array(
      z.strictObject({
        ...backendReference,
        weight: z.int().min(0).max(WEIGHT_MAX).default(1),
        filters: filterList,
      }),
    )
    .max(BACKENDS_MAX)
    .default([]),
  timeouts: z
    .strictObject({ request: duration.optional(), backendRequest: duration.optional() })
    .default({}),
  retry: z
    .strictObject({
      codes: z.array(z.int().min(400).max(599)).max(CODES_MAX).default([]),
      /** Whatever it says, `TRIES_MAX` and the budget bound it; the highest is what 32 bits hold. */
      attempts: z.int().min(1).max(2_147_483_647).default(1),
      backoff: duration.default("0s"),
    })
    .optional(),
  sessionPersistence: z
    .strictObject({
      sessionName: sessionName.optional(),
      type: z.enum(["Cookie", "Header"]).default("Cookie"),
      absoluteTimeout: duration.optional(),
      idleTimeout: duration.optional(),
      cookieConfig: z
        .strictObject({ lifetimeType: z.enum(["Permanent", "Session"]).default("Session") })
        .optional(),
    })
    .optional(),
});

export const manifestSchema = z.strictObject({
  apiVersion: z.enum(["gateway.networking.k8s.io/v1", "gateway.networking.k8s.io/v1beta1"]),
  kind: z.enum(["HTTPRoute"]),
  metadata: metadataSchema,
  spec: z.strictObject({
    parentRefs: ignored,
    useDefaultGateways: ignored,
    hostnames: z.array(routeHostname).max(ROUTE_HOSTNAMES_MAX).default([]),
    /** The type's default: everything, and nothing that answers. */
    rules: z
      .array(routeRuleSchema)
      .min(1)
      .max(ROUTE_RULES_MAX)
      .default([routeRuleSchema.parse({})]),
  }),
  status: ignored,
});

export type ManifestFields = z.output<typeof manifestSchema>;
export type RouteRuleFields = z.output<typeof routeRuleSchema>;
export type SessionFields = NonNullable<RouteRuleFields["sessionPersistence"]>;
export type MatchFields = z.output<typeof matchSchema>;
export type BackendReferenceFields = Pick<
  RouteRuleFields["backendRefs"][number],
  "kind" | "name" | "namespace" | "port"
>;
