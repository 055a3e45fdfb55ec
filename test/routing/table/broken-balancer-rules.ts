/** Broken documents for what is between the fields of a load balancer's conditional rules, and among them. */
import { BALANCER_RULES_MAX, HOST_PATTERNS_MAX } from "../../../routing/limits.ts";
import type { BrokenDocument } from "./broken-documents.ts";
import { broken } from "./broken-rules.ts";

const RULES = "/load_balancers/shop.example/rules";

/** The document has only this rule. */
const rule = (name: string, one: object, pointer: string, value: unknown, range: string) =>
  broken(
    name,
    (document) => {
      Object.assign(document.load_balancers["shop.example"] ?? {}, { rules: [one] });
    },
    `${RULES}/0${pointer}`,
    { value, range },
  );

const overrides = (name: string, fields: object, pointer: string, value: unknown, range: string) =>
  rule(name, { overrides: fields }, `/overrides${pointer}`, value, range);

const CANDIDATES = "one of: eu, us";

export const brokenBalancerRules = (): readonly BrokenDocument[] => [
  rule(
    "rule:rule-conditions-compile",
    { condition: "(ssl" },
    "/condition",
    "(ssl",
    "an expression of the rules language, or empty",
  ),
  overrides(
    "rule:rule-pools-said-once",
    { pools: ["eu"], pop_pools: { FRA: ["eu"] } },
    "/pools",
    ["eu"],
    "absent beside default_pools, region_pools, country_pools, pop_pools",
  ),
  overrides(
    "rule:rule-weights-said-once",
    { pool_default_weight: 1, random_steering: {} },
    "/pool_default_weight",
    1,
    "absent beside random_steering",
  ),
  rule(
    "rule:rule-pools-or-answer",
    { overrides: { pools: ["eu"] }, fixed_response: {} },
    "/overrides/pools",
    ["eu"],
    "absent beside a fixed_response",
  ),
  rule(
    "rule:fixed-response-body-fits",
    { fixed_response: { status_code: 204, message_body: "x" } },
    "/fixed_response/message_body",
    "x",
    "empty with 204, 205, 304",
  ),
  ...[
    ["default_pools", ["ue"], "/default_pools/0"],
    ["pools", ["ue"], "/pools/0"],
    ["fallback_pool", "ue", "/fallback_pool"],
    ["pop_pools", { FRA: ["ue"] }, "/pop_pools/FRA/0"],
    ["random_steering", { pool_weights: { ue: 1 } }, "/random_steering/pool_weights/ue"],
    ["pool_weights", { ue: 1 }, "/pool_weights/ue"],
  ].map(([field, value, pointer]) =>
    overrides(
      `overrides.${field}:pools-exist`,
      { [String(field)]: value },
      String(pointer),
      "ue",
      CANDIDATES,
    ),
  ),
  overrides(
    "overrides.pools:pools-once-per-list",
    { pools: ["eu", "eu"] },
    "/pools/1",
    "eu",
    "every pool at most once",
  ),
  overrides(
    "overrides.steering_policy:proximity-has-places",
    { steering_policy: "proximity", default_pools: ["us"] },
    "/default_pools/0",
    "us",
    "a pool with latitude and longitude",
  ),
  overrides(
    "overrides.country_pools:countries-exist",
    { country_pools: { UK: ["eu"] } },
    "/country_pools/UK",
    "UK",
    "an ISO 3166 code of two capitals such as DE",
  ),
  ...[
    "//evil.example",
    "/\\evil",
    "javascript:alert(1)",
    "https:evil",
    "evil.example",
    "/a\r\nb",
  ].map((location) =>
    rule(
      `fixed_response.location:${JSON.stringify(location)}`,
      { fixed_response: { location } },
      "/fixed_response/location",
      location,
      "http://…, https://… or a path from /, at most 2048 printable ASCII characters",
    ),
  ),
  broken(
    "rule:rules-in-all",
    ({ load_balancers }) => {
      const half = Array.from({ length: BALANCER_RULES_MAX / 2 + 1 }, () => ({}));
      for (const name of ["a.example", "b.example"]) {
        load_balancers[name] = { ...load_balancers["shop.example"], rules: half };
      }
      Object.assign(load_balancers["shop.example"] ?? {}, { rules: [] });
    },
    "/load_balancers",
    { value: BALANCER_RULES_MAX + 2, range: `0..${BALANCER_RULES_MAX} rules` },
  ),
  broken(
    "patterns-per-host, all of them in conditions",
    ({ load_balancers }) => {
      const condition = 'http.host matches "a" or http.host matches "b"';
      const rules = Array.from({ length: HOST_PATTERNS_MAX / 2 + 1 }, () => ({ condition }));
      load_balancers["a.example"] = { ...load_balancers["shop.example"], rules };
    },
    "/load_balancers/a.example",
    { value: HOST_PATTERNS_MAX + 2, range: `0..${HOST_PATTERNS_MAX} patterns a host` },
  ),
];
