/** Rules between the fields of one route and of one of its rules. */
import { ROUTE_MATCHES_MAX } from "../../limits.ts";
import type { Draft } from "../draft.ts";
import { endsInNumber } from "../hostname.ts";
import { type Problem, pointTo } from "../problem.ts";
import { type Rule, repeated } from "../rule.ts";
import { readDuration } from "./duration.ts";
import { filterListsOf, matchesOf, type Placed, perRule, rulesOf } from "./places.ts";
import type { RouteRuleFields } from "./schema.ts";

/** IP addresses in every spelling that a URL parser knows. */
const hostnamesAreNames: Rule = {
  name: "route-hostnames-are-names",
  check: ({ drafts }) =>
    drafts.routes
      .flatMap((route) => [...hostnamesOf(route), ...rulesOf(route).flatMap(changedHostnames)])
      .filter(({ host }) => endsInNumber(host))
      .map(({ host, pointer }) => ({
        pointer,
        detail: `"${host}" is an IP address; a hostname must stand here.`,
        value: host,
        range: "a hostname, no IP address",
      })),
};

const hostnamesOf = ({ pointer, fields }: Draft<"http_route">) =>
  (fields.spec?.hostnames ?? []).map((host, at) => ({
    host,
    pointer: pointTo(pointer, "spec", "hostnames", at),
  }));

/** Those of redirects and rewrites. */
const changedHostnames = (rule: Placed<RouteRuleFields>) =>
  filterListsOf(rule)
    .flat()
    .flatMap(({ pointer, fields }) =>
      (["requestRedirect", "urlRewrite"] as const).flatMap((stanza) => {
        const host = fields[stanza]?.hostname;
        return host === undefined ? [] : [{ host, pointer: pointTo(pointer, stanza, "hostname") }];
      }),
    );

const ruleNamesUnique: Rule = {
  name: "route-rule-names-unique",
  check: ({ drafts }) =>
    drafts.routes.flatMap((route) =>
      repeated(rulesOf(route), ({ fields }) => fields.name ?? "").map(({ item, first }) => ({
        pointer: pointTo(item.pointer, "name"),
        detail: `The name "${item.fields.name}" is already at ${first.pointer}.`,
        value: item.fields.name,
        range: "a name that no other rule of the route has",
      })),
    ),
};

const matchesInAll: Rule = {
  name: "route-matches-in-all",
  check: ({ drafts }) =>
    drafts.routes.flatMap((route): readonly Problem[] => {
      const count = rulesOf(route).reduce((sum, rule) => sum + matchesOf(rule).length, 0);
      if (count <= ROUTE_MATCHES_MAX) return [];
      const detail = `The rules have ${count} matches; one route may have ${ROUTE_MATCHES_MAX}.`;
      const pointer = pointTo(route.pointer, "spec", "rules");
      return [{ pointer, detail, value: count, range: `0..${ROUTE_MATCHES_MAX} matches` }];
    }),
};

const redirectAnswersAlone = perRule("route-redirect-answers-alone", ({ pointer, fields }) => {
  const redirects = (fields.filters ?? []).some(({ requestRedirect }) => requestRedirect);
  const count = fields.backendRefs?.length ?? 0;
  if (!redirects || count === 0) return [];
  const detail = "The rule redirects, so nothing would ever reach these; remove one of the two.";
  const range = "absent beside a RequestRedirect";
  return [{ pointer: pointTo(pointer, "backendRefs"), detail, value: count, range }];
});

/** Which prefix is replaced is known only when there is one match and it is a prefix. */
const replacedPrefixIsMatched = perRule("route-replaced-prefix-is-matched", (rule) => {
  const { matches = [] } = rule.fields;
  const isPrefix = (matches[0]?.path?.type ?? "PathPrefix") === "PathPrefix";
  if (matches.length < 2 && isPrefix) return [];
  return filterListsOf(rule)
    .flat()
    .flatMap(({ pointer, fields }) =>
      (["requestRedirect", "urlRewrite"] as const)
        .filter((stanza) => fields[stanza]?.path?.type === "ReplacePrefixMatch")
        .map((stanza) => ({
          pointer: pointTo(pointer, stanza, "path", "type"),
          detail: `A prefix can be replaced only where the rule has one match, of type PathPrefix; it has ${matches.length}.`,
          value: "ReplacePrefixMatch",
          range: "ReplaceFullPath; or ReplacePrefixMatch with one match, of type PathPrefix",
        })),
    );
});

const timeoutsNest = perRule("route-timeouts-nest", ({ pointer, fields }) => {
  const { request, backendRequest } = fields.timeouts ?? {};
  if (request === undefined || backendRequest === undefined) return [];
  // Without a bound around all tries there is nothing that one of them could exceed.
  const requestMs = readDuration(request);
  if (requestMs === 0 || readDuration(backendRequest) <= requestMs) return [];
  return [
    {
      pointer: pointTo(pointer, "timeouts", "backendRequest"),
      detail: `One try may take ${backendRequest}, which is longer than the whole request's ${request}.`,
      value: backendRequest,
      range: `0s..${request}`,
    },
  ];
});

export const ROUTE_RULES: readonly Rule[] = [
  hostnamesAreNames,
  ruleNamesUnique,
  matchesInAll,
  redirectAnswersAlone,
  replacedPrefixIsMatched,
  timeoutsNest,
];
