/**
 * Outage O5, the half that evaluates: of every kind of rule with every action, whole or with references that name
 * nothing, none throws, and a disabled one decides exactly as one that is not there.
 *
 * `node test/routing/match/disabled.ts --tables 5000 --seed 1` prints how many requests were decided, and how.
 */
import { isDeepStrictEqual, parseArgs } from "node:util";
import type {
  Backend,
  HttpRoute,
  LoadBalancerRule,
  RouteFilters,
  RuleOverrides,
} from "../../../routing/http-route.ts";
import type { Action } from "../../../routing/match/action.ts";
import { dispatch } from "../../../routing/match/dispatch.ts";
import type { RequestFacts } from "../../../routing/match/facts.ts";
import { buildSite, type Site } from "../../../routing/match/site.ts";
import type { LoadBalancer } from "../../../routing/model.ts";
import { type Rng, seededRng } from "../../../routing/rng.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { NO_MEMORY, UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { anyExpression } from "../expression/generate.ts";
import { asker, NOW, pool, poolId, shardOf } from "../steer/world.ts";
import { oneOf, randomFacts, randomRoute } from "./generate.ts";
import { blockOf, ended, toPool } from "./routes.ts";

const HOST = "shop.example";
const POOLS = [
  pool("p", ["p1", "p2"]),
  pool("q", ["q1"]),
  pool("empty", []),
  pool("off", ["o1"], { enabled: false }),
];
/** Some name what was deleted. */
const POOL_NAMES = ["p", "q", "empty", "off", "deleted"] as const;
const REQUESTS_PER_TABLE = 8;

const CONDITIONS = [
  "",
  "true",
  "not ssl",
  'http.request.method eq "GET"',
  'starts_with(http.request.uri.path, "/a")',
  'any(http.request.headers["x"][*] eq "1")',
  'ip.src.country eq "DE"',
  "(",
  "http.newer.field eq 1",
] as const;

const anyPool = (rng: Rng) => poolId(oneOf(POOL_NAMES, rng));
const maybe = <T>(rng: Rng, value: () => T, key: string): Record<string, T> =>
  rng() < 0.3 ? { [key]: value() } : {};

const anyOverrides = (rng: Rng): RuleOverrides => ({
  ...maybe(rng, () => [anyPool(rng), anyPool(rng)], "default_pools"),
  ...maybe(rng, () => anyPool(rng), "fallback_pool"),
  ...maybe(rng, () => ({ WEU: [anyPool(rng)] }), "region_pools"),
  ...maybe(rng, () => ({ DE: [anyPool(rng)] }), "country_pools"),
  ...maybe(rng, () => oneOf(["off", "geo", "random", "dynamic_latency"], rng), "steering_policy"),
  ...maybe(rng, () => ({ default_weight: 1, pool_weights: { p: 0 } }), "random_steering"),
});

function anyRule(name: string, rng: Rng): LoadBalancerRule {
  const isFixed = rng() < 0.2;
  const fixed = { status_code: 410, content_type: "", location: "", message_body: name };
  return {
    name,
    condition: rng() < 0.7 ? oneOf(CONDITIONS, rng) : anyExpression(rng),
    disabled: rng() < 0.2,
    priority: 0,
    terminates: isFixed || rng() < 0.2,
    overrides: anyOverrides(rng),
    ...(isFixed ? { fixed_response: fixed } : {}),
  };
}

const anyTarget = (rng: Rng): Backend["target"] => {
  const host = oneOf([HOST, "deleted.example"], rng);
  const reference = "Service/gone";
  return oneOf(
    [
      { kind: "Pool", pool: anyPool(rng) },
      { kind: "Pool", pool: anyPool(rng) },
      { kind: "LoadBalancer", host },
      { kind: "unknown", reference },
    ],
    rng,
  );
};

function anyFilters(rng: Rng): RouteFilters {
  const headers = { set: [{ name: "x", value: "1" }], add: [], remove: ["y"] };
  const path = oneOf(
    [
      { type: "ReplaceFullPath", value: "/z" },
      { type: "ReplacePrefixMatch", value: "" },
    ],
    rng,
  );
  const cors = {
    ...{ allowOrigins: ["*"], allowMethods: ["*"], allowHeaders: [], exposeHeaders: [] },
    ...{ allowCredentials: rng() < 0.5, maxAgeSeconds: 5 },
  };
  return {
    mirrors: rng() < 0.2 ? [{ target: anyTarget(rng), ratio: 0.5 }] : [],
    ...maybe(rng, () => headers, "requestHeaders"),
    ...maybe(rng, () => headers, "responseHeaders"),
    ...maybe(rng, () => cors, "cors"),
    ...(rng() < 0.1 ? { redirect: { statusCode: 302, path } } : {}),
    ...(rng() < 0.3 ? { rewrite: { path } } : {}),
  } as RouteFilters;
}

function anyRoute(name: string, rng: Rng): HttpRoute {
  const route = randomRoute(name, rng);
  const backend = (): Backend => ({
    ...toPool("p", oneOf([0, 1, 1, 3], rng)),
    target: anyTarget(rng),
    filters: anyFilters(rng),
  });
  const rules = route.rules.map((rule) => ({
    ...rule,
    filters: anyFilters(rng),
    backends: [backend(), backend()].slice(Math.floor(rng() * 3)),
  }));
  return { ...route, rules };
}

interface Generated {
  readonly rules: readonly LoadBalancerRule[];
  readonly routes: readonly HttpRoute[];
  readonly policy: LoadBalancer["steering_policy"];
}

function anyTable(rng: Rng): Generated {
  const rules = Array.from({ length: 1 + Math.floor(rng() * 5) }, (_, at) => anyRule(`${at}`, rng));
  const routes = Array.from({ length: Math.floor(rng() * 3) }, (_, at) => anyRoute(`r${at}`, rng));
  return { rules, routes, policy: oneOf(["off", "geo", "random", "dynamic_latency"], rng) };
}

function siteOf({ rules, routes, policy }: Generated): Site {
  const shard = shardOf(POOLS, { name: HOST, rules, steering_policy: policy });
  return ended(buildSite({ ...shard, host: HOST, blocks: 1 }, [blockOf(routes)], null));
}

/** Everything that would be done, down to the endpoints in their order. */
function decision(site: Site, facts: RequestFacts, seed: number): unknown {
  const action = dispatch([site], facts, () => UNKNOWN, 0, seededRng(seed));
  if (action?.do !== "forward") return action;
  const { balanced, mirrors, ...rest } = action.forward;
  return { ...rest, to: endpointsOf(balanced, seed), mirrors: mirrors.map(({ ratio }) => ratio) };
}

function endpointsOf(
  shard: Extract<Action, { do: "forward" }>["forward"]["balanced"],
  seed: number,
): readonly string[] {
  const who = asker({ country: "DE" });
  const input = { shard, asker: who, know: () => UNKNOWN, memory: NO_MEMORY, triesMax: 3 };
  const { candidates, trace } = decide(input, NOW, seededRng(seed));
  if (trace.fault !== null) throw new Error(trace.fault);
  return [...candidates].map(({ endpoint }) => endpoint.id);
}

export interface Summary {
  readonly requests: number;
  readonly answered: number;
  readonly forwarded: number;
  /** Decisions that would have been others with the rule switched on. */
  readonly different: number;
}

/** Errors: throws with the seed of the first table in which a disabled rule counts, or anything throws. */
export function disabledIsAbsent(tables: number, firstSeed: number): Summary {
  let [requests, answered, forwarded, different] = [0, 0, 0, 0];
  for (let seed = firstSeed; seed < firstSeed + tables; seed += 1) {
    const rng = seededRng(seed);
    const table = anyTable(rng);
    const victim = Math.floor(rng() * table.rules.length);
    const switched = (disabled: boolean) =>
      siteOf({
        ...table,
        rules: table.rules.map((rule, at) => (at === victim ? { ...rule, disabled } : rule)),
      });
    const [on, off] = [switched(false), switched(true)];
    const without = siteOf({ ...table, rules: table.rules.filter((_, at) => at !== victim) });
    for (let count = 0; count < REQUESTS_PER_TABLE; count += 1) {
      const facts = { ...randomFacts(rng), host: HOST, country: "DE" };
      const [enabled, disabled, absent] = [on, off, without].map((site) =>
        decision(site, facts, seed),
      );
      if (!isDeepStrictEqual(disabled, absent)) {
        throw new Error(`seed ${seed}: ${JSON.stringify({ facts, disabled, absent })}`);
      }
      requests += 1;
      if (!isDeepStrictEqual(enabled, absent)) different += 1;
      if (absent !== null && typeof absent === "object" && "to" in absent) forwarded += 1;
      else answered += 1;
    }
  }
  return { requests, answered, forwarded, different };
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      tables: { type: "string", default: "5000" },
      seed: { type: "string", default: "1" },
    },
  });
  const found = disabledIsAbsent(Number(values.tables), Number(values.seed));
  console.log(
    `${values.tables} tables from seed ${values.seed}: ${found.requests} requests, ${found.forwarded} forwarded, ` +
      `${found.answered} answered or refused; ${found.different} would differ with the rule on`,
  );
}
