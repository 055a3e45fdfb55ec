/**
 * What one host may cost an edge: the text it compiles, the patterns it keeps, and the matches that one path leaves to
 * be compared one by one. Nobody's host may slow another's, and an isolate has 128 MB for all of them.
 */
import { patternsIn } from "../../expression/patterns.ts";
import {
  HOST_INPUT_CHARACTERS_MAX,
  HOST_PATTERNS_MAX,
  MATCHES_PER_PATH_MAX,
} from "../../limits.ts";
import type { Draft, DraftTable } from "../draft.ts";
import type { Problem } from "../problem.ts";
import type { Rule } from "../rule.ts";
import { patternsOf } from "./match-rules.ts";
import { EVERY_HOST, hostsOf, matchesOf, type Placed, pathOf, rulesOf } from "./places.ts";
import type { MatchFields } from "./schema.ts";

/** `a.b.c` → `a.b.c`, `*.b.c`, `*.c`, `*`: the hostnames of routes that a request for the first would meet. */
function coveringHosts(host: string): readonly string[] {
  const labels = host.split(".");
  const wildcards = labels.slice(1).map((_, at) => `*.${labels.slice(at + 1).join(".")}`);
  return [...new Set([host, ...wildcards, EVERY_HOST])];
}

interface Cost {
  readonly characters: number;
  readonly patterns: number;
}

function costOf(route: Draft<"http_route">): Cost {
  const patterns = rulesOf(route).flatMap(matchesOf).flatMap(patternsOf);
  const characters = patterns.reduce((sum, { value }) => sum + value.length, 0);
  return { characters, patterns: patterns.length };
}

/** What one load balancer or route adds to every host that it names. */
interface OwnCost extends Cost {
  readonly hosts: readonly string[];
  readonly pointer: string;
}

const ownCosts = ({ routes, loadBalancers }: DraftTable): readonly OwnCost[] => [
  ...loadBalancers.map(({ name, pointer, fields }) => {
    const conditions = (fields.rules ?? []).map(({ condition = "" }) => condition);
    const characters = conditions.reduce((sum, { length }) => sum + length, 0);
    const patterns = conditions.reduce((sum, condition) => sum + patternsIn(condition).length, 0);
    return { hosts: [name], pointer, characters, patterns };
  }),
  ...routes.map((route) => ({
    hosts: hostsOf(route),
    pointer: route.pointer,
    ...costOf(route),
  })),
];

/**
 * By host, each at the first load balancer or route that names it, with what it shares with others by wildcards.
 *
 * Cost: one step per hostname of a route and label of the name.
 */
function totalCosts(costs: readonly OwnCost[]): readonly OwnCost[] {
  const own = new Map<string, OwnCost>();
  for (const { hosts, pointer, characters, patterns } of costs) {
    for (const host of hosts) {
      const sum = own.get(host) ?? { hosts: [host], pointer, characters: 0, patterns: 0 };
      own.set(host, {
        ...sum,
        characters: sum.characters + characters,
        patterns: sum.patterns + patterns,
      });
    }
  }
  return [...own].map(([host, { hosts, pointer }]) => {
    const parts = coveringHosts(host).flatMap((one) => own.get(one) ?? []);
    const total = (key: keyof Cost) => parts.reduce((sum, part) => sum + part[key], 0);
    return { hosts, pointer, characters: total("characters"), patterns: total("patterns") };
  });
}

const perHost = (name: string, key: keyof Cost, what: string, max: number): Rule => ({
  name,
  check: ({ drafts }) => {
    const costs = ownCosts(drafts);
    // No host can need more than all of them together, and most accounts need less than one host may.
    const inAll = costs.reduce((sum, cost) => sum + cost[key], 0);
    if (inAll <= max) return [];
    return totalCosts(costs)
      .filter((cost) => cost[key] > max)
      .map((cost) => ({
        pointer: cost.pointer,
        detail: `The host ${cost.hosts[0]} would need ${cost[key]} ${what}; one host may need ${max}.`,
        value: cost[key],
        range: `0..${max} ${what} a host`,
      }));
  },
});

/** By hostname as it is written: hosts of another spelling are ordered before their paths are compared. */
const matchesPerPath: Rule = {
  name: "route-matches-per-path",
  check: ({ drafts }) => {
    const byHost = new Map<string, Matches[]>();
    for (const route of drafts.routes) {
      const matches = rulesOf(route).flatMap(matchesOf);
      for (const host of hostsOf(route)) {
        const others = byHost.get(host);
        if (others === undefined) byHost.set(host, [matches]);
        else others.push(matches);
      }
    }
    return [...byHost].flatMap(([host, matches]) => crowdedPaths(host, matches));
  },
};

type Matches = readonly Placed<MatchFields>[];

/** Counted host by host, so that 10,000 routes with 16 hostnames each are never in memory at once. */
function crowdedPaths(host: string, byRoute: readonly Matches[]): readonly Problem[] {
  const all = byRoute.reduce((sum, matches) => sum + matches.length, 0);
  if (all <= MATCHES_PER_PATH_MAX) return [];
  const counts = new Map<string, number>();
  const problems: Problem[] = [];
  for (const { pointer, fields } of byRoute.flat()) {
    const { type, value } = pathOf(fields);
    const path = type === "PathPrefix" ? value.replace(/\/$/, "") : value;
    const key = `${type} ${path}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count !== MATCHES_PER_PATH_MAX + 1) continue;
    const detail = `This is match ${count} of ${type} "${value}" on ${host}; one path may have ${MATCHES_PER_PATH_MAX}.`;
    const range = `1..${MATCHES_PER_PATH_MAX} matches of one path on one host`;
    problems.push({ pointer, detail, value, range });
  }
  return problems;
}

export const HOST_RULES: readonly Rule[] = [
  perHost(
    "input-per-host",
    "characters",
    "characters of expressions and patterns",
    HOST_INPUT_CHARACTERS_MAX,
  ),
  perHost("patterns-per-host", "patterns", "patterns", HOST_PATTERNS_MAX),
  matchesPerPath,
];
