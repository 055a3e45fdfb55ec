/** From a manifest that broke no rule to the route of the model: defaults in, durations in ms, references resolved. */
import type {
  Backend,
  BackendTarget,
  HttpRoute,
  NamedMatch,
  RouteMatch,
  RouteRule,
} from "../../http-route.ts";
import type { Ms, PoolId } from "../../units.ts";
import { normaliseHostname } from "../hostname.ts";
import { buildFilters } from "./build-filters.ts";
import { buildSession } from "./build-session.ts";
import { readDuration } from "./duration.ts";
import { pathOf } from "./places.ts";
import {
  CRITICALITY_ANNOTATION,
  type ManifestFields,
  type MatchFields,
  type RouteRuleFields,
} from "./schema.ts";

export interface RouteContext {
  readonly id: string;
  /** For a manifest that does not say it. */
  readonly createdAtMs: Ms;
  readonly targetOf: TargetOf;
}

export type TargetOf = (reference: {
  readonly kind: string;
  readonly name: string;
}) => BackendTarget;

/** `null`: nothing has that name. */
export interface Names {
  readonly pool: (reference: string) => PoolId | null;
  readonly loadBalancer: (reference: string) => string | null;
}

/** What a reference stands for; an unknown one is kept as `kind/name`, because it may exist one day. */
export const targetsOf =
  ({ pool, loadBalancer }: Names): TargetOf =>
  ({ kind, name }) => {
    const unknown = { kind: "unknown", reference: `${kind}/${name}` } as const;
    if (kind === "Pool") {
      const id = pool(name);
      return id === null ? unknown : { kind, pool: id };
    }
    if (kind !== "LoadBalancer") return unknown;
    const host = loadBalancer(normaliseHostname(name));
    return host === null ? unknown : { kind, host };
  };

export function buildRoute({ metadata, spec }: ManifestFields, context: RouteContext): HttpRoute {
  const { name, namespace, creationTimestamp, annotations } = metadata;
  const criticality = annotations?.[CRITICALITY_ANNOTATION];
  return {
    id: context.id,
    namespace,
    name,
    createdAtMs:
      creationTimestamp === undefined ? context.createdAtMs : Date.parse(creationTimestamp),
    hostnames: [...new Set(spec.hostnames.map(normaliseHostname))],
    ...(criticality === undefined ? {} : { criticality }),
    rules: spec.rules.map((rule, index) =>
      buildRule(rule, `${namespace}/${name}/${index}`, context.targetOf),
    ),
  };
}

function buildRule(rule: RouteRuleFields, place: string, targetOf: TargetOf): RouteRule {
  const { name, matches, filters, backendRefs, timeouts, retry, sessionPersistence } = rule;
  const { request, backendRequest } = timeouts;
  return {
    ...(name === undefined ? {} : { name }),
    // The type's default: a rule without matches takes everything.
    matches: matches.length === 0 ? [EVERYTHING] : matches.map(buildMatch),
    filters: buildFilters(filters, targetOf),
    backends: backendRefs.map(
      (reference): Backend => ({
        target: targetOf(reference),
        weight: reference.weight,
        filters: buildFilters(reference.filters, targetOf),
      }),
    ),
    timeouts: {
      ...(request === undefined ? {} : { requestMs: readDuration(request) }),
      ...(backendRequest === undefined ? {} : { backendRequestMs: readDuration(backendRequest) }),
    },
    ...(retry === undefined
      ? {}
      : {
          retry: {
            codes: [...new Set(retry.codes)],
            attempts: retry.attempts,
            backoffMs: readDuration(retry.backoff),
          },
        }),
    ...(sessionPersistence === undefined
      ? {}
      : { session: buildSession(sessionPersistence, place) }),
  };
}

const EVERYTHING: RouteMatch = {
  path: { type: "PathPrefix", value: "/" },
  headers: [],
  query: [],
};

function buildMatch(match: MatchFields): RouteMatch {
  const { headers, queryParams, method } = match;
  return {
    path: pathOf(match),
    headers: firstOfEach(headers.map((one) => ({ ...one, name: one.name.toLowerCase() }))),
    query: queryParams,
    ...(method === undefined ? {} : { method }),
  };
}

/** The type: of equivalent names only the first counts. */
function firstOfEach(items: readonly NamedMatch[]): readonly NamedMatch[] {
  const names = new Set<string>();
  return items.filter(({ name }) => !names.has(name) && names.add(name));
}
