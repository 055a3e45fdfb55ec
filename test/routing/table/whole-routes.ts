/** Conditional rules and routes in which every optional field is there, so that each can be broken in its place. */

export const wholeAttributes = (): Record<string, unknown> => ({
  samesite: "Lax",
  secure: "Always",
  drain_duration: 60,
  zero_downtime_failover: "temporary",
  headers: ["X-User"],
  require_all_headers: true,
});

/** Two rules, because an answer and pools exclude each other, and so do both ways to write weights. */
export const wholeRules = () => [
  {
    name: "germans",
    condition: 'ip.src.country eq "DE"',
    disabled: false,
    priority: 10,
    terminates: false,
    overrides: {
      default_pools: ["eu"],
      fallback_pool: "us",
      region_pools: { WEU: ["eu"] },
      country_pools: { DE: ["eu"] },
      pop_pools: { FRA: ["eu"] },
      steering_policy: "random",
      random_steering: { default_weight: 0.5, pool_weights: { eu: 0.5 } },
      adaptive_routing: { failover_across_pools: false },
      location_strategy: { mode: "pop", prefer_ecs: "proximity" },
      ttl: 60,
      session_affinity: "header",
      session_affinity_ttl: 60,
      session_affinity_attributes: wholeAttributes(),
      criticality: "sheddable",
    },
  },
  { overrides: { pools: ["us"], pool_weights: { us: 0.5 }, pool_default_weight: 0.5 } },
  {
    fixed_response: {
      status_code: 302,
      content_type: "text/plain",
      location: "https://elsewhere.example/",
      message_body: "gone",
    },
  },
];

const wholeFilters = () => [
  {
    type: "RequestHeaderModifier",
    requestHeaderModifier: {
      set: [{ name: "X-Set", value: "1" }],
      add: [{ name: "X-Add", value: "2" }],
      remove: ["X-Remove"],
    },
  },
  {
    type: "ResponseHeaderModifier",
    responseHeaderModifier: {
      set: [{ name: "X-Set", value: "1" }],
      add: [{ name: "X-Add", value: "2" }],
      remove: ["X-Remove"],
    },
  },
  {
    type: "URLRewrite",
    urlRewrite: {
      hostname: "inside.example",
      path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/new" },
    },
  },
  {
    type: "RequestMirror",
    requestMirror: { backendRef: { kind: "Pool", name: "us" }, percent: 20 },
  },
  {
    type: "RequestMirror",
    requestMirror: { backendRef: { name: "eu" }, fraction: { numerator: 1, denominator: 3 } },
  },
  {
    type: "CORS",
    cors: {
      allowOrigins: ["https://*.shop.example"],
      allowCredentials: true,
      allowMethods: ["GET", "PUT"],
      allowHeaders: ["X-Asked"],
      exposeHeaders: ["X-Shown"],
      maxAge: 60,
    },
  },
];

const redirect = (path: object) => ({
  type: "RequestRedirect",
  requestRedirect: {
    scheme: "https",
    hostname: "elsewhere.example",
    port: 8443,
    statusCode: 301,
    path,
  },
});

export const wholeRoutes = () => [
  {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: {
      name: "shop",
      namespace: "team-a",
      creationTimestamp: "2026-01-02T03:04:05Z",
      labels: { app: "shop" },
      annotations: { "tradewind/criticality": "sheddable" },
    } as Record<string, unknown>,
    spec: {
      parentRefs: [{ name: "gateway" }],
      hostnames: ["shop.example", "*.shop.example"],
      rules: [
        {
          name: "first",
          matches: [
            {
              path: { type: "PathPrefix", value: "/old" },
              headers: [{ type: "Exact", name: "X-Version", value: "2" }],
              queryParams: [{ type: "RegularExpression", name: "q", value: "^a+$" }],
              method: "GET",
            },
          ],
          filters: wholeFilters(),
          backendRefs: [
            {
              kind: "Pool",
              name: "eu",
              weight: 3,
              filters: wholeFilters(),
            },
            {
              kind: "LoadBalancer",
              name: "shop.example",
              filters: [redirect({ type: "ReplaceFullPath", replaceFullPath: "/all" })],
            },
            {
              name: "us",
              filters: [
                {
                  type: "URLRewrite",
                  urlRewrite: { path: { type: "ReplaceFullPath", replaceFullPath: "/all" } },
                },
              ],
            },
            {
              name: "us",
              filters: [redirect({ type: "ReplacePrefixMatch", replacePrefixMatch: "/new" })],
            },
          ],
          timeouts: { request: "10s", backendRequest: "500ms" },
          retry: { codes: [500, 503], attempts: 2, backoff: "10ms" },
          sessionPersistence: {
            sessionName: "Stay",
            type: "Cookie",
            absoluteTimeout: "1h",
            idleTimeout: "10m",
            cookieConfig: { lifetimeType: "Permanent" },
          },
        },
        {
          filters: [redirect({ type: "ReplaceFullPath", replaceFullPath: "/all" })],
        },
        {
          filters: [redirect({ type: "ReplacePrefixMatch", replacePrefixMatch: "/new" })],
        },
        {
          filters: [
            {
              type: "URLRewrite",
              urlRewrite: { path: { type: "ReplaceFullPath", replaceFullPath: "/all" } },
            },
          ],
        },
      ] as Record<string, unknown>[],
    },
  },
];
