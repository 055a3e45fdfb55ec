/**
 * Documents of 10,000 endpoints and 10,000 routes. One host cannot have them all: a host's shard is at most 512 KiB, which
 * is about 2,000 endpoints.
 */

export interface Layout {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly poolsPerHost: number;
}

const ROUTES = 10_000;
const ENDPOINTS_PER_POOL = 250;

const hostsFor = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `h${at}.shop.example`);

export const LAYOUTS: readonly Layout[] = [
  { name: "40 hosts, each a pool of 250 and 250 routes", hosts: hostsFor(40), poolsPerHost: 1 },
  { name: "8 hosts, each 5 pools of 250 and 1,250 routes", hosts: hostsFor(8), poolsPerHost: 5 },
];

/** The path of the first route of each host. */
export const FIRST_PATH = "/api/items-0";

export function documentOf({ hosts, poolsPerHost }: Layout): unknown {
  const poolsOf = (host: number) =>
    Array.from({ length: poolsPerHost }, (_, at) => `pool-${host * poolsPerHost + at}`);
  const pools = hosts.flatMap((_, host) => poolsOf(host).map((name) => [name, poolOf(name)]));
  const balancers = hosts.map((host, at) => [
    host,
    {
      default_pools: poolsOf(at),
      fallback_pool: poolsOf(at)[0],
      steering_policy: "dynamic_latency",
    },
  ]);
  const perHost = ROUTES / hosts.length;
  return {
    pools: Object.fromEntries(pools),
    load_balancers: Object.fromEntries(balancers),
    http_routes: hosts.flatMap((host, at) =>
      Array.from({ length: perHost }, (_, index) =>
        routeOf(host, `${at}-${index}`, index, poolsOf(at)[index % poolsPerHost] ?? ""),
      ),
    ),
  };
}

const poolOf = (name: string) => ({
  origins: Array.from({ length: ENDPOINTS_PER_POOL }, (_, at) => ({
    name: `${name}-${at}`,
    address: `${name}-${at}.origin.example`,
    weight: 1 - (at % 3) / 4,
  })),
  origin_steering: { policy: "p2c_peak_ewma" },
});

/** Of three, one exact path; of four, one asks for a method. */
const routeOf = (host: string, name: string, index: number, pool: string) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: `route-${name}` },
  spec: {
    hostnames: [host],
    rules: [
      {
        matches: [
          {
            path: { type: index % 3 === 1 ? "Exact" : "PathPrefix", value: `/api/items-${index}` },
            ...(index % 4 === 3 ? { method: "GET" } : {}),
          },
        ],
        backendRefs: [{ name: pool }],
      },
    ],
  },
});
