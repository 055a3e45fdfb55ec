/** Plain manifests, as they are kept in a repository of YAML. */
const document = (name: string, spec: string) => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: ${name}
  namespace: infra
spec:
  parentRefs:
  - name: same-namespace
${spec}`;

const ROUTES: Readonly<Record<string, string>> = {
  "simple-same-namespace": `  rules:
  - backendRefs: [{name: v1, port: 8080}]`,
  "exact-path": `  rules:
  - matches:
    - path: {type: Exact, value: /one}
    - path: {type: Exact, value: /two}
    backendRefs: [{name: v1, port: 8080}]`,
  matching: `  rules:
  - matches:
    - path: {type: PathPrefix, value: /}
    - headers: [{name: version, value: one}]
    backendRefs: [{name: v1, port: 8080}]
  - matches:
    - path: {value: /v2}
    - headers: [{name: version, value: two}]
    backendRefs: [{name: v2, port: 8080}]`,
  "across-routes": `  hostnames: [example.com, example.net]
  rules:
  - matches:
    - path: {type: PathPrefix, value: /}
    - headers: [{name: version, value: one}]
    backendRefs: [{name: v1, port: 8080}]`,
  "header-matching": `  rules:
  - matches:
    - headers: [{name: version, value: two}, {name: color, value: orange}]
    - headers: [{type: Exact, name: Color, value: blue}]
    backendRefs: [{name: v1, port: 8080}]`,
  "method-matching": `  rules:
  - matches: [{method: POST}]
    backendRefs: [{name: v1, port: 8080}]
  - matches:
    - path: {type: PathPrefix, value: /path1}
      method: GET
      headers: [{name: version, value: one}]
    backendRefs: [{name: v2, port: 8080}]`,
  "query-param-matching": `  rules:
  - matches:
    - queryParams: [{name: animal, value: whale}, {name: ANIMAL, value: Whale}]
    backendRefs: [{name: v1, port: 8080}]`,
  "hostname-intersection": `  hostnames:
  - non.matching.com
  - "*.nonmatchingwildcard.io"
  - very.specific.com
  rules:
  - backendRefs: [{name: v1, port: 8080}]`,
  "no-backend-refs": `  rules:
  - matches: [{path: {type: PathPrefix, value: /no-backend-refs}}]
  - matches: [{path: {type: PathPrefix, value: /empty}}]
    backendRefs: []`,
  "unknown-references": `  rules:
  - backendRefs:
    - {name: v1, port: 8080}
    - {name: nonexistent, port: 8080}
    - {group: unknownkind.example.com, kind: NonExistent, name: v1, port: 8080}`,
  weight: `  rules:
  - backendRefs:
    - {name: v1, port: 8080, weight: 70}
    - {name: v2, port: 8080, weight: 30}
    - {name: v3, port: 8080, weight: 0}`,
  "redirect-host-and-status": `  hostnames: [redirect.example]
  rules:
  - matches: [{path: {type: PathPrefix, value: /hostname-redirect}}]
    filters:
    - type: RequestRedirect
      requestRedirect: {hostname: example.org}
  - matches: [{path: {type: PathPrefix, value: /host-and-status}}]
    filters:
    - type: RequestRedirect
      requestRedirect: {hostname: example.org, statusCode: 301}`,
  "redirect-path": `  rules:
  - matches: [{path: {type: PathPrefix, value: /original-prefix}}]
    filters:
    - type: RequestRedirect
      requestRedirect: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /replacement-prefix}}
  - matches: [{path: {type: PathPrefix, value: /full}}]
    filters:
    - type: RequestRedirect
      requestRedirect: {path: {type: ReplaceFullPath, replaceFullPath: /full-path-replacement}}`,
  "redirect-port-and-scheme": `  rules:
  - filters:
    - type: RequestRedirect
      requestRedirect: {scheme: https, port: 8443, statusCode: 308}`,
  "backend-redirect": `  rules:
  - backendRefs:
    - name: v1
      port: 8080
      filters:
      - type: RequestRedirect
        requestRedirect: {scheme: https, statusCode: 301}`,
  "rewrite-host": `  hostnames: [rewrite.example]
  rules:
  - matches: [{path: {type: PathPrefix, value: /one}}]
    filters:
    - type: URLRewrite
      urlRewrite: {hostname: one.example.org}
    - type: RequestHeaderModifier
      requestHeaderModifier:
        set: [{name: X-Header-Set, value: set-overwrites-values}]
    backendRefs: [{name: v1, port: 8080}]`,
  "rewrite-path": `  rules:
  - matches: [{path: {type: PathPrefix, value: /strip-prefix}}]
    filters:
    - type: URLRewrite
      urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}
    backendRefs: [{name: v1, port: 8080}]
  - matches: [{path: {type: PathPrefix, value: /full/one}}]
    filters:
    - type: URLRewrite
      urlRewrite: {path: {type: ReplaceFullPath, replaceFullPath: /one}}
    backendRefs: [{name: v1, port: 8080}]`,
  "header-modifiers": `  rules:
  - filters:
    - type: RequestHeaderModifier
      requestHeaderModifier:
        set: [{name: X-Header-Set-1, value: header-set-1}]
        add: [{name: X-Header-Add-1, value: header-add-1}]
        remove: [X-Header-Remove-1]
    - type: ResponseHeaderModifier
      responseHeaderModifier:
        add: [{name: x-lowercase-add, value: lowercase-add}]
    backendRefs: [{name: v1, port: 8080}]`,
  "backend-filters": `  rules:
  - backendRefs:
    - name: v1
      port: 8080
      filters:
      - type: RequestHeaderModifier
        requestHeaderModifier: {set: [{name: Backend, value: v1}]}
    - name: v2
      port: 8080
      filters:
      - type: RequestHeaderModifier
        requestHeaderModifier: {set: [{name: Backend, value: v2}]}`,
  mirrors: `  rules:
  - filters:
    - type: RequestMirror
      requestMirror: {backendRef: {name: v2, namespace: infra, port: 8080}}
    - type: RequestMirror
      requestMirror: {backendRef: {name: v3, port: 8080}, percent: 20}
    - type: RequestMirror
      requestMirror: {backendRef: {name: v3, port: 8080}, fraction: {numerator: 25, denominator: 50}}
    backendRefs: [{name: v1, port: 8080}]`,
  timeouts: `  rules:
  - matches: [{path: {type: PathPrefix, value: /request-timeout}}]
    timeouts: {request: 500ms}
    backendRefs: [{name: v1, port: 8080}]
  - matches: [{path: {type: PathPrefix, value: /disable-request-timeout}}]
    timeouts: {request: 0s}
    backendRefs: [{name: v1, port: 8080}]
  - matches: [{path: {type: PathPrefix, value: /backend-timeout}}]
    timeouts: {request: 1s, backendRequest: 500ms}
    backendRefs: [{name: v1, port: 8080}]`,
  retry: `  rules:
  - retry: {codes: [500, 502, 503, 504], attempts: 2, backoff: 25ms}
    backendRefs: [{name: v1, port: 8080}]`,
  "session-persistence": `  rules:
  - matches: [{path: {type: PathPrefix, value: /a}}]
    backendRefs: [{name: v1, port: 8080, weight: 50}, {name: v2, port: 8080, weight: 50}]
    sessionPersistence:
      sessionName: split-route-cookie
      type: Cookie
      absoluteTimeout: 5m
      cookieConfig: {lifetimeType: Permanent}
  - matches: [{path: {type: PathPrefix, value: /b}}]
    backendRefs: [{name: v1, port: 8080}]
    sessionPersistence: {type: Header, idleTimeout: 1h}`,
  cors: `  rules:
  - matches: [{path: {type: PathPrefix, value: /cors-1}}]
    filters:
    - type: CORS
      cors:
        allowOrigins: ["https://www.foo.com", "https://*.bar.com"]
        allowMethods: [GET, OPTIONS]
        allowHeaders: [x-header-1, x-header-2]
        exposeHeaders: [x-header-3]
        maxAge: 3600
    backendRefs: [{name: v1, port: 8080}]
  - matches: [{path: {type: PathPrefix, value: /cors-wildcard}}]
    filters:
    - type: CORS
      cors: {allowOrigins: ["*"], allowMethods: ["*"], allowHeaders: ["*"], allowCredentials: true}
    backendRefs: [{name: v1, port: 8080}]`,
  "named-rule": `  rules:
  - name: named-rule
    matches: [{path: {type: PathPrefix, value: /named}}]
    backendRefs: [{name: v1, port: 8080}]
  - backendRefs: [{name: v2, port: 8080}]`,
};

/** One text with a manifest after the other. */
export const PUBLISHED = Object.entries(ROUTES)
  .map(([name, spec]) => document(name, spec))
  .join("\n---\n");
