/**
 * The cases of the Gateway API's HTTPRoute conformance suite and what each is at an edge outside Kubernetes.
 *
 * Source: kubernetes-sigs/gateway-api, conformance/tests/httproute-*, at commit 4564255 (2026-08-21).
 */
export type Level = "core" | "extended" | "provisional" | "experimental";

/** `yes` applies as it is; `map` after renaming (listener → hostname, Service → pool); `no` is Kubernetes' machinery only. */
export type AtEdge = "yes" | "map" | "no";

export const CASES = {
  HTTPRouteExactPathMatching: ["core", "yes"],
  HTTPRouteMatching: ["core", "yes"],
  HTTPRouteMatchingAcrossRoutes: ["core", "yes"],
  HTTPRoutePathMatchOrder: ["core", "yes"],
  HTTPRouteHeaderMatching: ["core", "yes"],
  HTTPRouteMethodMatching: ["extended", "yes"],
  HTTPRouteQueryParamMatching: ["extended", "yes"],
  HTTPRouteSimpleSameNamespace: ["core", "yes"],
  HTTPRouteNoBackendRefs: ["core", "yes"],
  HTTPRouteInvalidNonExistentBackendRef: ["core", "map"],
  HTTPRouteInvalidBackendRefUnknownKind: ["core", "map"],
  HTTPRouteWeight: ["core", "yes"],
  HTTPRouteHostnameIntersection: ["core", "map"],
  HTTPRouteListenerHostnameMatching: ["core", "map"],
  HTTPRouteListenerPortMatching: ["extended", "no"],
  HTTPRouteHTTPSListener: ["core", "map"],
  HTTPRouteHTTPSListenerDetectMisdirectedRequests: ["extended", "no"],
  HTTPRouteRedirectHostAndStatus: ["core", "yes"],
  HTTPRouteRedirectPath: ["extended", "yes"],
  HTTPRouteRedirectPort: ["extended", "yes"],
  HTTPRouteRedirectScheme: ["extended", "yes"],
  HTTPRouteRedirectPortAndScheme: ["extended", "yes"],
  HTTPRoute303Redirect: ["provisional", "yes"],
  HTTPRoute307Redirect: ["provisional", "yes"],
  HTTPRoute308Redirect: ["provisional", "yes"],
  HTTPRouteBackendRequestRedirect: ["extended", "yes"],
  HTTPRouteRewriteHost: ["extended", "map"],
  HTTPRouteRewritePath: ["extended", "yes"],
  HTTPRouteBackendURLRewrite: ["extended", "map"],
  HTTPRouteRequestHeaderModifier: ["core", "yes"],
  HTTPRouteBackendRequestHeaderModifier: ["extended", "yes"],
  HTTPRouteRequestHeaderModifierBackendWeights: ["extended", "yes"],
  HTTPRouteResponseHeaderModifier: ["extended", "yes"],
  HTTPRouteRequestMirror: ["extended", "yes"],
  HTTPRouteRequestMultipleMirrors: ["extended", "yes"],
  HTTPRouteRequestPercentageMirror: ["provisional", "yes"],
  HTTPRouteTimeoutRequest: ["extended", "yes"],
  HTTPRouteTimeoutBackendRequest: ["extended", "yes"],
  HTTPRouteRetry: ["experimental", "yes"],
  HTTPRouteRetryConnectionError: ["experimental", "yes"],
  HTTPRouteRetryWithTimeouts: ["experimental", "yes"],
  HTTPRouteCORS: ["extended", "yes"],
  HTTPRouteNamedRule: ["provisional", "yes"],
  HTTPRouteMultipleGateways: ["core", "map"],
  HTTPRouteCrossNamespace: ["core", "no"],
  HTTPRouteReferenceGrant: ["core", "no"],
  HTTPRouteInvalidReferenceGrant: ["core", "no"],
  HTTPRouteInvalidCrossNamespaceBackendRef: ["core", "no"],
  // The grant is Kubernetes'; that an unusable backend costs only its own share is not.
  HTTPRoutePartiallyInvalidViaInvalidReferenceGrant: ["core", "map"],
  HTTPRouteInvalidCrossNamespaceParentRef: ["core", "no"],
  HTTPRouteInvalidParentRefNotMatchingSectionName: ["core", "no"],
  HTTPRouteInvalidParentRefNotMatchingListenerPort: ["extended", "no"],
  HTTPRouteInvalidParentRefSectionNameNotMatchingPort: ["extended", "no"],
  HTTPRouteDisallowedKind: ["core", "no"],
  HTTPRouteObservedGenerationBump: ["core", "no"],
  HTTPRouteServiceTypes: ["core", "no"],
  HTTPRouteBackendProtocolH2C: ["extended", "no"],
  HTTPRouteBackendProtocolWebSocket: ["extended", "yes"],
} as const satisfies Record<string, readonly [Level, AtEdge]>;

export type CaseName = keyof typeof CASES;
