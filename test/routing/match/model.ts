/**
 * The compiled matcher against the naive reference, over generated (routes, request) pairs, and every table against
 * itself without one rule: `node test/routing/match/model.ts --pairs 100000 --tables 5000 --seed 1`. Prints the first
 * differences with their seed.
 */
import { parseArgs } from "node:util";
import type { HttpRoute } from "../../../routing/http-route.ts";
import type { Matched } from "../../../routing/match/candidate.ts";
import type { RequestFacts } from "../../../routing/match/facts.ts";
import { hostKeys } from "../../../routing/match/hosts.ts";
import { match } from "../../../routing/match/match.ts";
import type { Matcher } from "../../../routing/match/matcher.ts";
import { pickIndex, seededRng } from "../../../routing/rng.ts";
import { randomFacts, randomRoutes } from "./generate.ts";
import { type Answer, reference } from "./reference.ts";
import { matcherOf } from "./routes.ts";

/** Requests asked of one table: enough to spread the cost of making it, few enough to see many tables. */
const REQUESTS_PER_TABLE = 20;
const DIFFERENCES_MAX = 3;

export interface Difference {
  readonly seed: number;
  readonly request: RequestFacts;
  readonly compiled: Answer | null;
  readonly reference: Answer | null;
}

export interface Summary {
  readonly pairs: number;
  /** Winners by the type of their path, and `none`. */
  readonly winners: Readonly<Record<string, number>>;
  readonly differences: readonly Difference[];
}

/** Matchers by host key, as an edge keeps them. */
export function compileAll(routes: readonly HttpRoute[]): ReadonlyMap<string, Matcher> {
  const keyed = new Map<string, HttpRoute[]>();
  for (const route of routes) {
    for (const key of route.hostnames.length === 0 ? ["*"] : route.hostnames) {
      keyed.set(key, [...(keyed.get(key) ?? []), route]);
    }
  }
  return new Map([...keyed].map(([key, ofKey]) => [key, matcherOf(...ofKey)]));
}

export function ask(matchers: ReadonlyMap<string, Matcher>, facts: RequestFacts): Matched | null {
  for (const key of hostKeys(facts.host)) {
    const matcher = matchers.get(key);
    const matched = matcher === undefined ? null : match(matcher, facts);
    if (matched !== null) return matched;
  }
  return null;
}

export function answerOf(matched: Matched | null): Answer | null {
  if (matched === null) return null;
  const { route, rule, match: wanted } = matched;
  return {
    route: `${route.namespace}/${route.name}`,
    rule: route.rules.indexOf(rule),
    match: rule.matches.indexOf(wanted),
  };
}

export function runModel({ pairs, seed }: { pairs: number; seed: number }): Summary {
  const winners: Record<string, number> = {};
  const differences: Difference[] = [];
  let done = 0;
  for (let table = 0; done < pairs && differences.length < DIFFERENCES_MAX; table += 1) {
    const rng = seededRng(seed + table);
    const routes = randomRoutes(rng);
    const matchers = compileAll(routes);
    for (let count = 0; count < REQUESTS_PER_TABLE && done < pairs; count += 1) {
      const request = randomFacts(rng);
      const matched = ask(matchers, request);
      const wanted = reference(routes, request);
      const type = matched?.match.path.type ?? "none";
      winners[type] = (winners[type] ?? 0) + 1;
      done += 1;
      if (JSON.stringify(answerOf(matched)) !== JSON.stringify(wanted)) {
        differences.push({
          seed: seed + table,
          request,
          compiled: answerOf(matched),
          reference: wanted,
        });
      }
    }
  }
  return { pairs: done, winners, differences };
}

/** What differs, although only the requests that the rule took may be decided otherwise without it. */
export function runWithout({ tables, seed }: { tables: number; seed: number }): readonly object[] {
  const differences: object[] = [];
  for (let at = seed; at < seed + tables && differences.length < DIFFERENCES_MAX; at += 1) {
    const rng = seededRng(at);
    const routes = randomRoutes(rng);
    const rules = routes.flatMap((route) => route.rules);
    const off = rules[pickIndex(rules.length, rng)];
    const without = routes
      .map((route) => ({ ...route, rules: route.rules.filter((rule) => rule !== off) }))
      .filter((route) => route.rules.length > 0);
    const [whole, less] = [compileAll(routes), compileAll(without)];
    for (let count = 0; count < REQUESTS_PER_TABLE; count += 1) {
      const facts = randomFacts(rng);
      const [before, after] = [ask(whole, facts), ask(less, facts)];
      const isSame = before?.match === after?.match;
      if (after?.rule === off && off !== undefined)
        differences.push({ seed: at, facts, still: answerOf(after) });
      else if (before?.rule !== off && !isSame) {
        differences.push({ seed: at, before: answerOf(before), after: answerOf(after) });
      }
    }
  }
  return differences;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      pairs: { type: "string", default: "100000" },
      tables: { type: "string", default: "5000" },
      seed: { type: "string", default: "1" },
    },
  });
  const seed = Number(values.seed);
  const { pairs, winners, differences } = runModel({ pairs: Number(values.pairs), seed });
  for (const difference of differences) console.log(JSON.stringify(difference, null, 2));
  const said = Object.entries(winners).map(([type, count]) => `${type} ${count}`);
  console.log(
    `${pairs} pairs from seed ${seed}: ${differences.length} differences; winners: ${said.join(", ")}`,
  );
  const changed = runWithout({ tables: Number(values.tables), seed });
  for (const difference of changed) console.log(JSON.stringify(difference, null, 2));
  console.log(
    `${values.tables} tables from seed ${seed} without one rule: ${changed.length} differences`,
  );
  if (differences.length + changed.length > 0) process.exitCode = 1;
}

if (process.argv[1] === import.meta.filename) main();
