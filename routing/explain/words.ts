/** How things are called where a decision is explained: by the names that operators gave them, never longer than shown. */
import type { BackendTarget, RouteMatch } from "../http-route.ts";
import type { Matched } from "../match/candidate.ts";
import type { Course } from "../match/dispatch.ts";
import type { Balanced, Shard } from "../snapshot.ts";

/** As `cut` of a problem: what is longer nobody reads, and a condition may have 4,096 characters. */
const SHOWN_CHARACTERS = 200;

export const short = (text: string): string =>
  text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;

export interface TargetWords {
  readonly kind: BackendTarget["kind"];
  readonly name: string;
}

/** What steering was asked for: a load balancer, or a pool by itself. */
export function balancedWords({ load_balancer, pools }: Balanced): TargetWords {
  // A pool by itself is a load balancer that nobody named.
  return load_balancer.name === ""
    ? { kind: "Pool", name: pools[0]?.name ?? "" }
    : { kind: "LoadBalancer", name: load_balancer.name };
}

export function targetWords(target: BackendTarget, shard: Shard): TargetWords {
  switch (target.kind) {
    case "Pool": {
      const pool = shard.pools.find(({ id }) => id === target.pool);
      return { kind: "Pool", name: pool?.name ?? target.pool };
    }
    case "LoadBalancer":
      return { kind: "LoadBalancer", name: target.host };
    default:
      return { kind: "unknown", name: short(String(target.reference)) };
  }
}

export interface RuleWords {
  /** The host key under which it was found: a name, a wildcard, or `*`. */
  readonly hostname: string;
  readonly namespace: string;
  readonly name: string;
  /** Its place in `spec.rules`. */
  readonly rule: number;
  readonly rule_name: string | null;
  /** Such as `GET PathPrefix /cart, header x-beta, query v`. */
  readonly match: string;
}

export const ruleWords = (
  hostname: string,
  { route, rule, match }: Pick<Matched, "route" | "rule" | "match">,
): RuleWords => ({
  hostname,
  namespace: route.namespace,
  name: route.name,
  rule: route.rules.indexOf(rule),
  rule_name: rule.name ?? null,
  match: short(matchWords(match)),
});

function matchWords({ method, path, headers, query }: RouteMatch): string {
  const named = [
    ...headers.map(({ name }) => `header ${name}`),
    ...query.map(({ name }) => `query ${name}`),
  ];
  const first = `${method === undefined ? "" : `${method} `}${path.type} ${path.value}`;
  return [first, ...named].join(", ");
}

/** Why the edge answers by itself. */
export const ANSWERED_BY = ["fixed-response", "redirect", "cors-preflight"] as const;
export type AnsweredBy = (typeof ANSWERED_BY)[number];

/** `null`: it does not. Of the answers that a route makes only a preflight's is no redirection. */
export function answeredBy({ asked, action }: Course): AnsweredBy | null {
  if (action?.do !== "answer") return null;
  if (asked !== null && "fixed" in asked.ruled) return "fixed-response";
  return action.answer.status >= 300 ? "redirect" : "cors-preflight";
}
