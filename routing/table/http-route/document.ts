/** The way back: a route as a plain Kubernetes manifest that parses to the same route. */
import type {
  Backend,
  BackendTarget,
  HttpRoute,
  RouteMatch,
  RouteRetry,
  RouteRule,
} from "../../http-route.ts";
import type { PoolId } from "../../units.ts";
import { sessionDocument } from "./build-session.ts";
import { filtersDocument } from "./document-filters.ts";
import { writeDuration } from "./duration.ts";
import { uidOfId } from "./name.ts";
import { CRITICALITY_ANNOTATION } from "./schema.ts";

export type PoolName = (id: PoolId) => string;

export const routeDocument = (route: HttpRoute, nameOf: PoolName) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: {
    name: route.name,
    namespace: route.namespace,
    uid: uidOfId(route.id),
    creationTimestamp: new Date(route.createdAtMs).toISOString(),
    ...(route.criticality === undefined
      ? {}
      : { annotations: { [CRITICALITY_ANNOTATION]: route.criticality } }),
  },
  spec: {
    ...(route.hostnames.length === 0 ? {} : { hostnames: route.hostnames }),
    rules: route.rules.map((rule) => ruleDocument(rule, nameOf)),
  },
});

function ruleDocument(rule: RouteRule, nameOf: PoolName) {
  const { name, matches, filters, backends, timeouts, retry, session } = rule;
  const { requestMs, backendRequestMs } = timeouts;
  const waits = {
    ...(requestMs === undefined ? {} : { request: writeDuration(requestMs) }),
    ...(backendRequestMs === undefined ? {} : { backendRequest: writeDuration(backendRequestMs) }),
  };
  return {
    ...(name === undefined ? {} : { name }),
    matches: matches.map(matchDocument),
    ...filtersDocument(filters, nameOf),
    ...(backends.length === 0
      ? {}
      : { backendRefs: backends.map((backend) => backendDocument(backend, nameOf)) }),
    ...(Object.keys(waits).length === 0 ? {} : { timeouts: waits }),
    ...(retry === undefined ? {} : { retry: retryDocument(retry) }),
    ...(session === undefined ? {} : { sessionPersistence: sessionDocument(session) }),
  };
}

const retryDocument = ({ codes, attempts, backoffMs }: RouteRetry) => ({
  codes,
  attempts,
  backoff: writeDuration(backoffMs),
});

const matchDocument = ({ path, headers, query, method }: RouteMatch) => ({
  path,
  ...(headers.length === 0 ? {} : { headers }),
  ...(query.length === 0 ? {} : { queryParams: query }),
  ...(method === undefined ? {} : { method }),
});

const backendDocument = ({ target, weight, filters }: Backend, nameOf: PoolName) => ({
  ...targetDocument(target, nameOf),
  weight,
  ...filtersDocument(filters, nameOf),
});

/** An unknown reference is `kind/name`; a kind has no slash. */
export function targetDocument(target: BackendTarget, nameOf: PoolName) {
  if (target.kind === "Pool") return { kind: "Pool", name: nameOf(target.pool) };
  if (target.kind === "LoadBalancer") return { kind: "LoadBalancer", name: target.host };
  const slash = target.reference.indexOf("/");
  return { kind: target.reference.slice(0, slash), name: target.reference.slice(slash + 1) };
}
