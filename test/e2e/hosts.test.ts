/** Whose request it is: routes, then the host's load balancer; 404 where a host is known, 421 where it is not. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { prefixRule } from "../conformance/case.ts";
import { type Stage, Theatre } from "../conformance/stage.ts";

let theatre: Theatre;
let stage: Stage;

const balancer = (more: object = {}) => ({
  default_pools: ["v1"],
  fallback_pool: "v1",
  steering_policy: "off",
  ...more,
});
const manifest = (name: string, rules: readonly object[], hostnames?: readonly string[]) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name },
  spec: { ...(hostnames === undefined ? {} : { hostnames }), rules },
});

beforeAll(async () => {
  theatre = await Theatre.open();
  stage = await theatre.apply("balanced.example", {
    pools: theatre.pools(),
    load_balancers: {
      "balanced.example": balancer(),
      "both.example": balancer(),
      "sub.wild.example": balancer(),
      "off.example": balancer({ enabled: false }),
      "half-off.example": balancer({ enabled: false }),
      "target.example": balancer({ default_pools: ["v3"], fallback_pool: "v3" }),
      "off-target.example": balancer({ enabled: false }),
    },
    http_routes: [
      manifest("routed", [prefixRule("/r", "v2")], ["routed.example", "both.example"]),
      manifest("wild", [prefixRule("/w", "v2")], ["*.wild.example"]),
      manifest("half-off", [prefixRule("/r", "v2")], ["half-off.example"]),
      manifest("everywhere", [prefixRule("/everywhere", "v3")]),
      manifest(
        "to-balancers",
        [
          prefixRule("/on", { kind: "LoadBalancer", name: "target.example" }),
          prefixRule("/off", { kind: "LoadBalancer", name: "off-target.example" }),
        ],
        ["balancers.example"],
      ),
    ],
  });
});
afterAll(() => theatre?.close());

test.each([
  ["balanced.example", "/", "v1", "a load balancer takes everything"],
  ["BALANCED.example.", "/", "v1", "in any case, and with the root's dot"],
  ["balanced.example:8080", "/", "v1", "on any port"],
  ["routed.example", "/r/x", "v2", "a route takes what it matches"],
  ["routed.example", "/x", 404, "a known host without a match"],
  ["both.example", "/r", "v2", "a route is before the load balancer of its host"],
  ["both.example", "/x", "v1", "which takes the rest"],
  ["nobody.example", "/", 421, "an unknown host"],
  ["nobody.example", "/everywhere", 421, "routes without hostnames make no host known"],
  ["balanced.example", "/everywhere", "v3", "but take their share of each that is"],
  ["routed.example", "/everywhere", "v3", "also where only routes are"],
  ["a.wild.example", "/everywhere", "v3", "and where a wildcard is"],
  ["off.example", "/", 421, "a disabled load balancer counts as absent"],
  ["half-off.example", "/x", 404, "also beside routes, which still make the host known"],
  ["half-off.example", "/r", "v2", "and still take what they match"],
  ["a.wild.example", "/w", "v2", "a wildcard covers one label"],
  ["a.b.wild.example", "/w", "v2", "and several"],
  ["wild.example", "/w", 421, "never the bare domain"],
  ["notwild.example", "/w", 421, "never a longer label"],
  ["a.wild.example", "/x", 404, "it makes its hosts known"],
  ["sub.wild.example", "/w", "v2", "a wildcard's route is before the load balancer of the host"],
  ["sub.wild.example", "/x", "v1", "which takes the rest"],
  ["balancers.example", "/on", "v3", "a backend may be another load balancer"],
  ["balancers.example", "/off", 500, "a disabled one is nothing that exists"],
])("%s%s → %s: %s", async (host, path, expected, _why) => {
  const { status, headers } = await stage.get(host, path);
  expect(status === 200 ? headers["x-pool"] : status).toBe(expected);
});
