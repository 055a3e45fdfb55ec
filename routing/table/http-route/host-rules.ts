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
import { normaliseHostname } from "../hostname.ts";
import type { Problem } from "../problem.ts";
import type { Rule } from "../rule.ts";
import { patternsOf } from "./match-rules.ts";
import { matchesOf, pathOf, rulesOf } from "./places.ts";

type Route = Draft<"http_route">;

/** Where routes without hostnames are kept: they are part of every host. */
const EVERY_HOST = "*";

const hostsOf = ({ fields }: Route): readonly string[] => {
  const hosts = (fields.spec?.hostnames ?? []).map(normaliseHostname);
  return hosts.length === 0 ? [EVERY_HOST] : [...new Set(hosts)];
};

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

function costOf(route: Route): Cost {
  const patterns = rulesOf(route).flatMap(matchesOf).flatMap(patternsOf);
  const characters = patterns.reduce((sum, { value }) => sum + value.length, 0);
  return { characters, patterns: patterns.length };
}

interface HostCost extends Cost {
  readonly host: string;
  /** The first load balancer or route that names the host. */
  readonly pointer: string;
}

/** Cost: one step per hostname of a route and label of the name. */
function hostCosts({ routes, loadBalancers }: DraftTable): readonly HostCost[] {
  const own = new Map<string, HostCost>();
  const add = (host: string, pointer: string, { characters, patterns }: Cost) => {
    const sum = own.get(host) ?? { host, pointer, characters: 0, patterns: 0 };
    own.set(host, {
      ...sum,
      characters: sum.characters + characters,
      patterns: sum.patterns + patterns,
    });
  };
  for (const { name, pointer, fields } of loadBalancers) {
    for (const { condition = "" } of fields.rules ?? []) {
      add(name, pointer, { characters: condition.length, patterns: patternsIn(condition) });
    }
    add(name, pointer, { characters: 0, patterns: 0 });
  }
  for (const route of routes) {
    const cost = costOf(route);
    for (const host of hostsOf(route)) add(host, route.pointer, cost);
  }
  return [...own.values()].map(({ host, pointer }) => {
    const parts = coveringHosts(host).flatMap((one) => own.get(one) ?? []);
    const total = (key: keyof Cost) => parts.reduce((sum, part) => sum + part[key], 0);
    return { host, pointer, characters: total("characters"), patterns: total("patterns") };
  });
}

const perHost = (name: string, key: keyof Cost, what: string, max: number): Rule => ({
  name,
  check: ({ drafts }) =>
    hostCosts(drafts)
      .filter((cost) => cost[key] > max)
      .map((cost) => ({
        pointer: cost.pointer,
        detail: `The host ${cost.host} would need ${cost[key]} ${what}; one host may need ${max}.`,
        value: cost[key],
        range: `0..${max} ${what} a host`,
      })),
});

/** By hostname as it is written: hosts of another spelling are ordered before their paths are compared. */
const matchesPerPath: Rule = {
  name: "route-matches-per-path",
  check: ({ drafts }) => {
    const byHost = new Map<string, Route[]>();
    for (const route of drafts.routes) {
      for (const host of hostsOf(route)) {
        const routes = byHost.get(host);
        if (routes === undefined) byHost.set(host, [route]);
        else routes.push(route);
      }
    }
    return [...byHost].flatMap(([host, routes]) => crowdedPaths(host, routes));
  },
};

/** Counted host by host, so that 10,000 routes with 16 hostnames each are never in memory at once. */
function crowdedPaths(host: string, routes: readonly Route[]): readonly Problem[] {
  const counts = new Map<string, number>();
  const problems: Problem[] = [];
  for (const { pointer, fields } of routes.flatMap(rulesOf).flatMap(matchesOf)) {
    const { type, value } = pathOf(fields);
    const path = type === "PathPrefix" ? value.replace(/\/$/, "") : value;
    const key = `${type} ${path}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count !== MATCHES_PER_PATH_MAX + 1) continue;
    const detail = `This is match ${count} of ${type} "${value}" on ${host}; one path may have ${MATCHES_PER_PATH_MAX}.`;
    const range = `1..${MATCHES_PER_PATH_MAX} matches of one path on one host`;
    problems.push({ pointer, detail, value: value, range });
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
