/** Any route and any conditional rule that breaks no rule, as an operator may write it. */
import fc from "fast-check";
import { CRITICALITIES, STEERING_POLICIES } from "../../../routing/model.ts";

const maybe = { requiredKeys: [] as [] };
const poolName = fc.constantFrom("a", "b", "c");
const poolList = fc.uniqueArray(poolName, { minLength: 1 });
const share = fc.integer({ min: 0, max: 100 }).map((hundredths) => hundredths / 100);
const byPlace = <T extends string>(...codes: readonly T[]) =>
  fc.dictionary(fc.constantFrom(...codes), poolList, { noNullPrototype: true });
const weights = fc.dictionary(poolName, share, { noNullPrototype: true });

const lists = fc.record(
  {
    default_pools: poolList,
    region_pools: byPlace("WEU", "ENAM"),
    country_pools: byPlace("DE", "FR"),
    pop_pools: byPlace("FRA", "LHR"),
  },
  maybe,
);
const weighted = fc.oneof(
  fc.constant({}),
  fc.record({
    random_steering: fc.record({ default_weight: share, pool_weights: weights }, maybe),
  }),
  fc.record({ pool_weights: weights, pool_default_weight: share }, maybe),
);
const overrides = fc
  .tuple(
    fc.oneof(lists, fc.record({ pools: poolList })),
    weighted,
    fc.record(
      {
        fallback_pool: poolName,
        steering_policy: fc.constantFrom("", ...STEERING_POLICIES),
        adaptive_routing: fc.record({ failover_across_pools: fc.boolean() }, maybe),
        ttl: fc.constant(60),
        criticality: fc.constantFrom(...CRITICALITIES),
      },
      maybe,
    ),
  )
  .map((parts) => Object.assign({}, ...parts) as object);

const answer = fc.record({
  overrides: lists,
  fixed_response: fc.record(
    {
      status_code: fc.constantFrom(200, 302, 451, 599),
      content_type: fc.constantFrom("", "text/plain"),
      location: fc.constantFrom("", "/", "/a?b#c", "https://a.example/"),
      message_body: fc.string({ maxLength: 20 }),
    },
    maybe,
  ),
});

/** Of one load balancer; some say where they stand and some do not. */
export const balancerRules = fc.array(
  fc
    .tuple(
      fc.record(
        {
          name: fc.string({ maxLength: 10 }),
          condition: fc.constantFrom("", "ssl", '(http.host eq "a")'),
          disabled: fc.boolean(),
          priority: fc.nat(3),
          terminates: fc.boolean(),
        },
        maybe,
      ),
      fc.oneof(fc.record({ overrides }, maybe), answer),
    )
    .map(([head, what]) => ({ ...head, ...what })),
  { maxLength: 4 },
);

const token = fc.constantFrom("X-A", "x-b", "Accept", "a1");
const path = fc.constantFrom("/", "/a", "/a/", "/a/b.c", "/%41~");
const plain = fc.record(
  { type: fc.constantFrom("Exact", "PathPrefix"), value: path },
  { requiredKeys: [] },
);
const pattern = fc.record({
  type: fc.constant("RegularExpression"),
  value: fc.constant("/a[bc]+$"),
});
const named = fc.uniqueArray(
  fc.record(
    {
      name: token,
      value: fc.constantFrom("1", "a b", "^x$"),
      type: fc.constantFrom("Exact", "RegularExpression"),
    },
    { requiredKeys: ["name", "value"] },
  ),
  { selector: ({ name }) => name, maxLength: 3 },
);
const match = fc.record(
  {
    path: fc.oneof(plain, pattern),
    headers: named,
    queryParams: named,
    method: fc.constantFrom("GET", "PUT"),
  },
  maybe,
);

const reference = fc.constantFrom(
  { name: "a" },
  { kind: "Pool", name: "b", port: 80 },
  { kind: "LoadBalancer", name: "X.example" },
  { kind: "Service", name: "nothing", namespace: "n", group: "" },
  { name: "not/here" },
);
const fields = fc.uniqueArray(fc.record({ name: token, value: fc.constantFrom("1", "a, b") }), {
  selector: ({ name }) => name,
});
const modifier = fc.record({ set: fields, add: fields, remove: fc.array(token) }, maybe);
const fullPath = fc.record({
  type: fc.constant("ReplaceFullPath"),
  replaceFullPath: fc.constantFrom("/", "/x/y"),
});
const host = fc.constantFrom("in.example", "IN.Example.");
const mirrorShare = fc.oneof(
  fc.constant({}),
  fc.record({ percent: fc.nat(100) }),
  fc
    .tuple(fc.nat(999), fc.integer({ min: 999, max: 1_000_000 }))
    .map(([numerator, denominator]) => ({
      fraction: { numerator, denominator },
    })),
);
const filter = {
  request: modifier.map((requestHeaderModifier) => ({
    type: "RequestHeaderModifier",
    requestHeaderModifier,
  })),
  response: modifier.map((responseHeaderModifier) => ({
    type: "ResponseHeaderModifier",
    responseHeaderModifier,
  })),
  redirect: fc
    .record(
      {
        scheme: fc.constantFrom("http", "https"),
        hostname: host,
        port: fc.integer({ min: 1, max: 65_535 }),
        statusCode: fc.constantFrom(301, 302, 303, 307, 308),
        path: fullPath,
      },
      maybe,
    )
    .map((requestRedirect) => ({ type: "RequestRedirect", requestRedirect })),
  rewrite: fc
    .record({ hostname: host, path: fullPath }, maybe)
    .map((urlRewrite) => ({ type: "URLRewrite", urlRewrite })),
  cors: fc
    .record(
      {
        allowOrigins: fc.constantFrom([], ["*"], ["https://a.example", "http://*.b:80"]),
        allowMethods: fc.constantFrom([], ["*"], ["GET", "PUT"]),
        allowHeaders: fc.constantFrom([], ["*"], ["X-A"]),
        allowCredentials: fc.boolean(),
        maxAge: fc.integer({ min: 1, max: 86_400 }),
      },
      maybe,
    )
    .map((cors) => ({ type: "CORS", cors })),
  mirror: fc.tuple(reference, mirrorShare).map(([backendRef, part]) => ({
    type: "RequestMirror",
    requestMirror: { backendRef, ...part },
  })),
};
const filtersWith = (last: fc.Arbitrary<object>) =>
  fc
    .tuple(
      fc.subarray([filter.request, filter.response, filter.cors, last] as fc.Arbitrary<object>[]),
      fc.array(filter.mirror, { maxLength: 2 }),
    )
    .chain(([some, mirrors]) => fc.tuple(...some).map((made) => [...made, ...mirrors]));

const duration = fc.constantFrom("0s", "1ms", "90s", "1h1h", "99999h99999h1ms");
const lifetime = fc.constantFrom("1s", "1500ms", "99999h99999h1ms");
const lifetimes = { absoluteTimeout: lifetime, idleTimeout: lifetime };
const lifetimeOf = (lifetimeType: string) => fc.record({ lifetimeType: fc.constant(lifetimeType) });
const common = {
  matches: fc.array(match, { maxLength: 3 }),
  timeouts: fc.record(
    { request: fc.constantFrom("0s", "99999h"), backendRequest: duration },
    maybe,
  ),
  retry: fc.record(
    {
      codes: fc.array(fc.integer({ min: 400, max: 599 })),
      attempts: fc.integer({ min: 1, max: 9 }),
      backoff: duration,
    },
    maybe,
  ),
  sessionPersistence: fc.oneof(
    fc.record({ type: fc.constant("Header"), ...lifetimes }, maybe),
    fc.record({ cookieConfig: lifetimeOf("Session"), ...lifetimes }, maybe),
    fc.record({ cookieConfig: lifetimeOf("Permanent"), ...lifetimes }),
  ),
};
const rule = fc.oneof(
  fc.record({ ...common, filters: filtersWith(filter.redirect) }, maybe),
  fc.record(
    {
      ...common,
      filters: filtersWith(filter.rewrite),
      backendRefs: fc.array(
        fc
          .tuple(
            reference,
            fc.record({ weight: fc.nat(10), filters: filtersWith(filter.redirect) }, maybe),
          )
          .map(([to, more]) => ({ ...to, ...more })),
        { maxLength: 3 },
      ),
    },
    maybe,
  ),
);

const route = fc.record(
  {
    namespace: fc.constantFrom("default", "team-a"),
    creationTimestamp: fc.constantFrom("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.678+09:30"),
    annotations: fc.record(
      { "tradewind/criticality": fc.constantFrom(...CRITICALITIES), "another/one": fc.string() },
      maybe,
    ),
    hostnames: fc.uniqueArray(fc.constantFrom("X.example", "*.x.example", "z.example.")),
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ["rules"] },
);

export const httpRoutes = fc.array(route, { maxLength: 4 }).map((routes) =>
  routes.map(({ namespace, creationTimestamp, annotations, ...spec }, at) => ({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: {
      name: `r${at}`,
      ...(namespace !== undefined && { namespace }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
      ...(annotations !== undefined && { annotations }),
    },
    spec: {
      ...spec,
      rules: spec.rules.map((one, place) =>
        place === 1
          ? one
          : {
              ...one,
              name: `rule-${place}`,
              // No two sessions of a host may have one name.
              ...(one.sessionPersistence && {
                sessionPersistence: { ...one.sessionPersistence, sessionName: `S-${at}-${place}` },
              }),
            },
      ),
    },
  })),
);
