/**
 * The conditional rules of a load balancer: which of them a request meets, and what the load balancer is then.
 *
 * Rules are looked at by priority. Each one that matches overrides fields of what the ones before it left, until one
 * terminates; a fixed response always does. A condition that a newer writer knows and this reader cannot compile, or
 * whose patterns came without programs, never matches (`total-eval`).
 */
import { type Condition, compileExpression } from "../expression/compile.ts";
import { isWorkOver, refillWork } from "../expression/work.ts";
import type { FixedResponse, LoadBalancerRule, RuleOverrides } from "../http-route.ts";
import type { RequestFacts } from "../match/facts.ts";
import { fromPrograms, type Programs } from "../match/pattern.ts";
import type { LoadBalancer } from "../model.ts";
import type { Balanced } from "../snapshot.ts";

/** `rules`: those that were met, in order. */
export type Ruled =
  /** The request has more text than its rules may look at; which of the others it meets is not known. */
  | { readonly unknown: true; readonly rules: readonly LoadBalancerRule[] }
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
  refillWork();
  for (const { rule, holds } of compiledOf(balanced)) {
    const isMet = holds(facts);
    if (isWorkOver()) return { unknown: true, rules: met };
    if (!isMet) continue;
    met.push(rule);
    if (rule.fixed_response !== undefined) return { fixed: rule.fixed_response, rule, rules: met };
    if (rule.terminates) break;
  }
  return { balanced: met.length === 0 ? balanced : overridden(balanced, met), rules: met };
}

/** `unreadable`: a newer writer knows what this reader does not. `unasked`: a rule before it ended the walk. */
export const RULE_VERDICTS = ["met", "unmet", "disabled", "unreadable", "unasked"] as const;
export type RuleVerdict = (typeof RULE_VERDICTS)[number];

/** What became of every rule of a load balancer, read from what `applyRules` answered for it. */
export function verdictsOf(
  balancer: LoadBalancer,
  ruled: Ruled,
): readonly { readonly rule: LoadBalancerRule; readonly verdict: RuleVerdict }[] {
  const last = ruled.rules.at(-1);
  const isEnded = last !== undefined && ("fixed" in ruled || last.terminates);
  const end = isEnded ? balancer.rules.indexOf(last) : balancer.rules.length;
  const readable = new Set(compiled.get(balancer)?.map(({ rule }) => rule));
  return balancer.rules.map((rule, index) => {
    if (rule.disabled) return { rule, verdict: "disabled" };
    if (index > end) return { rule, verdict: "unasked" };
    if (!readable.has(rule)) return { rule, verdict: "unreadable" };
    return { rule, verdict: ruled.rules.includes(rule) ? "met" : "unmet" };
  });
}

const compiled = new WeakMap<LoadBalancer, readonly Compiled[]>();

/**
 * Compiles what the first request would have to, yielding after every condition: each may have patterns, which take
 * milliseconds, and a load balancer has many.
 */
export function* prepareRules(
  balancer: LoadBalancer,
  programs: Programs | undefined,
): Generator<void, void> {
  if (compiled.has(balancer)) return;
  const rules: Compiled[] = [];
  const patterns = fromPrograms(programs);
  for (const rule of balancer.rules) {
    if (rule.disabled) continue;
    const condition = compileExpression(rule.condition, patterns);
    if (condition.ok) rules.push({ rule, holds: condition.value });
    yield;
  }
  compiled.set(balancer, rules);
}

/** Prepared before, as a rule; a load balancer that was not is compiled here and now. */
function compiledOf({ load_balancer, patterns }: Balanced): readonly Compiled[] {
  for (const _turn of prepareRules(load_balancer, patterns));
  return compiled.get(load_balancer) ?? [];
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
  const overrides: RuleOverrides = Object.assign({}, ...met.map((rule) => rule.overrides));
  const load_balancer: LoadBalancer = { ...balanced.load_balancer, ...overrides };
  scopes.set(load_balancer, scopeOf(overrides));
  metRules.set(load_balancer, key.split(",").map(Number));
  const made = { ...balanced, load_balancer };
  if (known.size < VARIANTS_MAX) known.set(key, made);
  return made;
}

const metRules = new WeakMap<LoadBalancer, readonly number[]>();

/** The places of the rules that made a load balancer what it is; none = it is as it was written. */
export const rulesIn = (balancer: LoadBalancer): readonly number[] => metRules.get(balancer) ?? [];

/** As those rules make it: the same object as for a request that met them, as long as it is kept. */
export const withRules = (balanced: Balanced, places: readonly number[]): Balanced =>
  overridden(
    balanced,
    balanced.load_balancer.rules.filter((_, place) => places.includes(place)),
  );

const scopes = new WeakMap<LoadBalancer, string>();

/** What tells the pools that rules have given a load balancer from its own: "" = they are its own. */
export const poolsScopeOf = (balancer: LoadBalancer): string => scopes.get(balancer) ?? "";

function scopeOf(overrides: RuleOverrides): string {
  const { default_pools, region_pools, country_pools, pop_pools } = overrides;
  const given = [default_pools, region_pools, country_pools, pop_pools];
  return given.every((pools) => pools === undefined) ? "" : JSON.stringify(given);
}
