/**
 * Fifty hosts that stand for fifty tenants, one of them poison: huge (10,000 routes), slow (patterns made to be) and
 * full of rules that meet what they do not expect. The API takes all of it, which is the point.
 *
 * The local planet has one account, so a tenant is a hostname: what they share is the isolate, which is what is tested.
 */
import { HOST_PATTERNS_MAX, ROUTES_MAX } from "../../routing/limits.ts";
import { compileFullPattern } from "../../routing/table/pattern/pattern.ts";
import { EVIL, textOf } from "../routing/table/pattern/evil.ts";

export const POISON = "poison.example";
export const TENANTS: readonly string[] = Array.from({ length: 49 }, (_, at) => `t${at}.example`);

const manifest = (name: string, rules: readonly object[]) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name },
  spec: { hostnames: [POISON], rules },
});

/** What the API takes: printable, and not refused for the automaton that it would need. */
const TAKEN = EVIL.filter(
  ({ pattern }) => /^[!-~][ -~]{0,255}$/.test(pattern) && compileFullPattern(pattern).ok,
);

/** A header match of its own each, so that none is found by its path and all are tried. */
const slowRoutes = TAKEN.slice(0, 60).map(({ pattern }, at) => {
  const headers = [{ type: "RegularExpression", name: `x-evil-${at}`, value: pattern }];
  return manifest(`slow-${at}`, [{ matches: [{ headers }] }]);
});

const hugeRoutes = (pool: string) =>
  Array.from({ length: ROUTES_MAX - slowRoutes.length - 1 }, (_, at) =>
    manifest(`huge-${at}`, [
      {
        matches: [{ path: { type: "Exact", value: `/${at % 100}/${at}/deep/er` } }],
        backendRefs: [{ name: pool }],
      },
    ]),
  );

/** Rules that look at what is often missing, at text that is no text, and always at all of it. */
const CONDITIONS: readonly string[] = [
  'any(http.request.headers["gone"][*] matches "(a|b)*a(a|b){6}c")',
  'url_decode(http.request.uri.query) contains "%" and ip.src.lat eq "x"',
  'lower(http.user_agent) matches "^(([a-z])+.)+[A-Z]([a-z])+$"',
  'len(http.cookie) gt 8000 and http.cookie wildcard "*a*b*c*d*e*f*g*h*"',
  "ip.src in {10.0.0.0/8} xor ip.geoip.asnum eq 0",
  'all(http.request.headers.values[*] matches "(a+)+$")',
];

/** Half of them have a pattern, and a host may have `HOST_PATTERNS_MAX`, those of its routes among them. */
export const RULES = 2 * (HOST_PATTERNS_MAX - slowRoutes.length);

export function poisonDocument(pools: Readonly<Record<string, object>>, isPoisoned: boolean) {
  const [pool = ""] = Object.keys(pools);
  const plain = { default_pools: [pool], fallback_pool: pool, steering_policy: "off" };
  const rules = Array.from({ length: RULES }, (_, at) => ({
    condition: CONDITIONS[at % CONDITIONS.length],
    overrides: { default_pools: [pool] },
  }));
  const tenants = Object.fromEntries(TENANTS.map((host) => [host, plain]));
  return {
    pools,
    load_balancers: { ...tenants, [POISON]: isPoisoned ? { ...plain, rules } : plain },
    http_routes: isPoisoned ? [...hugeRoutes(pool), ...slowRoutes] : [],
  };
}

/** A request made to cost the most, within the 16 KB of headers that the origins here take. */
export function poisonRequest(): { target: string; headers: Record<string, string> } {
  const texts = TAKEN.slice(0, 8).map((evil, at) => [`x-evil-${at}`, textOf(evil, 900)] as const);
  const ascii = texts.filter(([, text]) => /^[!-~]+$/.test(text));
  return {
    target: `/${"a/".repeat(1_000)}?${"%61".repeat(300)}`,
    headers: {
      ...Object.fromEntries(ascii),
      cookie: "abcdefgh".repeat(200),
      "user-agent": "a".repeat(300),
    },
  };
}
