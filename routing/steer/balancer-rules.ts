/**
 * The conditional rules of a load balancer: which of them a request meets, and what the load balancer is then.
 *
 * Rules are looked at by priority. Each one that matches overrides fields of what the ones before it left, until one
 * terminates; a fixed response always does. Conditions are compiled on first use, and one that a newer writer knows and
 * this reader cannot compile never matches (`total-eval`).
 */
import { type Condition, compileExpression } from "../expression/compile.ts";
import type { FixedResponse, LoadBalancerRule } from "../http-route.ts";
import type { RequestFacts } from "../match/facts.ts";
import type { LoadBalancer } from "../model.ts";
import type { Balanced } from "../snapshot.ts";

/** `rules`: those that were met, in order. */
export type Ruled =
  | {
      readonly fixed: FixedResponse;
      readonly rule: LoadBalancerRule;
      readonly rules: readonly LoadBalancerRule[];
    }
  | { readonly balanced: Balanced; readonly rules: readonly LoadBalancerRule[] };

interface Compiled {
  readonly rule: LoadBalancerRule;
  readonly holds: Condition;
}

export const hasRules = ({ load_balancer }: Balanced): boolean => load_balancer.rules.length > 0;

/** Cost: the conditions up to the one that terminates; what they make of the load balancer is made once. */
export function applyRules(balanced: Balanced, facts: RequestFacts): Ruled {
  const met: LoadBalancerRule[] = [];
  for (const { rule, holds } of compiledOf(balanced.load_balancer)) {
    if (!holds(facts)) continue;
    met.push(rule);
    if (rule.fixed_response !== undefined) return { fixed: rule.fixed_response, rule, rules: met };
    if (rule.terminates) break;
  }
  return { balanced: met.length === 0 ? balanced : overridden(balanced, met), rules: met };
}

/** `unreadable`: a newer writer knows what this reader does not. `unasked`: a rule before it ended the walk. */
export const RULE_VERDICTS = ["met", "unmet", "disabled", "unreadable", "unasked"] as const;
export type RuleVerdict = (typeof RULE_VERDICTS)[number];

/** What became of every rule of a load balancer, read from what `applyRules` answered. */
export function verdictsOf(
  balancer: LoadBalancer,
  ruled: Ruled,
): readonly { readonly rule: LoadBalancerRule; readonly verdict: RuleVerdict }[] {
  const last = ruled.rules.at(-1);
  const isEnded = last !== undefined && ("fixed" in ruled || last.terminates);
  const end = isEnded ? balancer.rules.indexOf(last) : balancer.rules.length;
  const readable = new Set(compiledOf(balancer).map(({ rule }) => rule));
  return balancer.rules.map((rule, index) => {
    if (rule.disabled) return { rule, verdict: "disabled" };
    if (index > end) return { rule, verdict: "unasked" };
    if (!readable.has(rule)) return { rule, verdict: "unreadable" };
    return { rule, verdict: ruled.rules.includes(rule) ? "met" : "unmet" };
  });
}

const compiled = new WeakMap<LoadBalancer, readonly Compiled[]>();

function compiledOf(balancer: LoadBalancer): readonly Compiled[] {
  const known = compiled.get(balancer);
  if (known !== undefined) return known;
  const rules = balancer.rules
    .filter(({ disabled }) => !disabled)
    .flatMap((rule): readonly Compiled[] => {
      const condition = compileExpression(rule.condition);
      return condition.ok ? [{ rule, holds: condition.value }] : [];
    });
  compiled.set(balancer, rules);
  return rules;
}

/** Ways to be overridden that are kept for one load balancer; beyond, one is made per request. */
const VARIANTS_MAX = 64;

const variants = new WeakMap<Balanced, Map<string, Balanced>>();

/** The same rules give the same object, because what is planned and remembered for it hangs on that. */
function overridden(balanced: Balanced, met: readonly LoadBalancerRule[]): Balanced {
  const known = variants.get(balanced) ?? new Map<string, Balanced>();
  variants.set(balanced, known);
  const key = met.map((rule) => balanced.load_balancer.rules.indexOf(rule)).join();
  const variant = known.get(key);
  if (variant !== undefined) return variant;
  const load_balancer = met.reduce<LoadBalancer>(
    (balancer, { overrides }) => ({ ...balancer, ...overrides }),
    balanced.load_balancer,
  );
  const made = { ...balanced, load_balancer };
  if (known.size < VARIANTS_MAX) known.set(key, made);
  return made;
}
