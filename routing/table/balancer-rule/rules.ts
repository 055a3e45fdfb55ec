/** What no single field of a load balancer's rule can say. Its pools are checked with the load balancer's own. */
import { compileExpression } from "../../expression/compile.ts";
import { BALANCER_RULES_MAX } from "../../limits.ts";
import { compilePattern } from "../pattern/pattern.ts";
import { cut, type Problem, pointTo } from "../problem.ts";
import type { Rule } from "../rule.ts";
import type { Salvaged } from "../salvage.ts";
import type { BalancerRuleFields } from "./schema.ts";

const perBalancerRule = (
  name: string,
  check: (fields: Salvaged<BalancerRuleFields>, pointer: string) => readonly Problem[],
): Rule => ({
  name,
  check: ({ drafts }) =>
    drafts.loadBalancers.flatMap(({ pointer, fields }) =>
      (fields.rules ?? []).flatMap((rule, at) => check(rule, pointTo(pointer, "rules", at))),
    ),
});

const conditionsCompile = perBalancerRule("rule-conditions-compile", (fields, pointer) => {
  const { condition = "" } = fields;
  const compiled = condition === "" ? null : compileExpression(condition, compilePattern);
  if (compiled === null || compiled.ok) return [];
  return compiled.error.map(({ position, detail, expected }) => ({
    pointer: pointTo(pointer, "condition"),
    detail: `At position ${position}: ${detail}${expected === undefined ? "" : ` Expected: ${expected}.`}`,
    value: cut(condition),
    range: "an expression of the rules language, or empty",
  }));
});

const rulesInAll: Rule = {
  name: "rules-in-all",
  check: ({ drafts }) => {
    const counts = drafts.loadBalancers.map(({ fields }) => fields.rules?.length ?? 0);
    const count = counts.reduce((sum, one) => sum + one, 0);
    if (count <= BALANCER_RULES_MAX) return [];
    const detail = `The load balancers have ${count} rules; one account may have ${BALANCER_RULES_MAX}.`;
    const range = `0..${BALANCER_RULES_MAX} rules`;
    return [{ pointer: "/load_balancers", detail, value: count, range }];
  },
};

const BY_PLACE = ["default_pools", "region_pools", "country_pools", "pop_pools"] as const;

/** `pools` stands for all four lists. */
const poolsSaidOnce = perBalancerRule("rule-pools-said-once", ({ overrides = {} }, pointer) => {
  const other = BY_PLACE.find((field) => overrides[field] !== undefined);
  if (overrides.pools === undefined || other === undefined) return [];
  return [
    {
      pointer: pointTo(pointer, "overrides", "pools"),
      detail: `The pools are said twice: remove \`pools\` or \`${other}\`.`,
      value: overrides.pools,
      range: `absent beside ${BY_PLACE.join(", ")}`,
    },
  ];
});

const weightsSaidOnce = perBalancerRule("rule-weights-said-once", ({ overrides = {} }, pointer) => {
  if (overrides.random_steering === undefined) return [];
  return (["pool_weights", "pool_default_weight"] as const)
    .filter((field) => overrides[field] !== undefined)
    .map((field) => ({
      pointer: pointTo(pointer, "overrides", field),
      detail: `The weights are said twice: remove \`${field}\` or \`random_steering\`.`,
      value: overrides[field],
      range: "absent beside random_steering",
    }));
});

/** Nothing is steered when the rule itself is the answer. */
const poolsOrAnswer = perBalancerRule("rule-pools-or-answer", (fields, pointer) => {
  const { overrides = {}, fixed_response } = fields;
  if (overrides.pools === undefined || fixed_response === undefined) return [];
  const detail = "The rule answers by itself and would use no pool: remove one of the two.";
  const place = pointTo(pointer, "overrides", "pools");
  const range = "absent beside a fixed_response";
  return [{ pointer: place, detail, value: overrides.pools, range }];
});

/** RFC 9110: these end with their headers, and the platform refuses to build one that does not. */
const WITHOUT_BODY = [204, 205, 304];

const bodyFitsStatus = perBalancerRule(
  "fixed-response-body-fits",
  ({ fixed_response }, pointer) => {
    const { status_code = 0, message_body = "" } = fixed_response ?? {};
    if (message_body === "" || !WITHOUT_BODY.includes(status_code)) return [];
    const detail = `An answer of status ${status_code} has no body; remove it.`;
    const place = pointTo(pointer, "fixed_response", "message_body");
    const range = `empty with ${WITHOUT_BODY.join(", ")}`;
    return [{ pointer: place, detail, value: cut(message_body), range }];
  },
);

export const BALANCER_RULE_RULES: readonly Rule[] = [
  conditionsCompile,
  rulesInAll,
  poolsSaidOnce,
  weightsSaidOnce,
  poolsOrAnswer,
  bodyFitsStatus,
];
