/** The parts of a manifest that rules between fields look at, each with its place in the document. */
import type { Draft } from "../draft.ts";
import { normaliseHostname } from "../hostname.ts";
import { pointTo } from "../problem.ts";
import type { Rule } from "../rule.ts";
import type { Salvaged } from "../salvage.ts";
import type { FilterFields } from "./filter-schema.ts";
import type { MatchFields, RouteRuleFields } from "./schema.ts";

export interface Placed<T> {
  readonly pointer: string;
  readonly fields: Salvaged<T>;
}

type Route = Draft<"http_route">;
type PlacedRule = Placed<RouteRuleFields>;

const placed = <T>(items: readonly Salvaged<T>[], pointer: string): readonly Placed<T>[] =>
  items.map((fields, at) => ({ pointer: pointTo(pointer, at), fields }));

/** Where routes without hostnames are kept: they are part of every host. */
export const EVERY_HOST = "*";

/** Under which hosts a route is found, each once. */
export function hostsOf({ fields }: Route): readonly string[] {
  const hosts = (fields.spec?.hostnames ?? []).map(normaliseHostname);
  return hosts.length === 0 ? [EVERY_HOST] : [...new Set(hosts)];
}

export const rulesOf = ({ fields, pointer }: Route): readonly PlacedRule[] =>
  placed<RouteRuleFields>(fields.spec?.rules ?? [], pointTo(pointer, "spec", "rules"));

export const matchesOf = ({ fields, pointer }: PlacedRule): readonly Placed<MatchFields>[] =>
  placed<MatchFields>(fields.matches ?? [], pointTo(pointer, "matches"));

/** The rule's own filters and those of each backend: what may stand there only once counts within one list. */
export function filterListsOf({
  fields,
  pointer,
}: PlacedRule): readonly (readonly Placed<FilterFields>[])[] {
  const own = placed<FilterFields>(fields.filters ?? [], pointTo(pointer, "filters"));
  const ofBackends = (fields.backendRefs ?? []).map(({ filters = [] }, at) =>
    placed<FilterFields>(filters, pointTo(pointer, "backendRefs", at, "filters")),
  );
  return [own, ...ofBackends];
}

/** A match without a path takes every path. */
export const pathOf = ({ path }: Salvaged<MatchFields>) => ({
  type: path?.type ?? "PathPrefix",
  value: path?.value ?? "/",
});

export const perRule = (
  name: string,
  check: (rule: PlacedRule) => ReturnType<Rule["check"]>,
): Rule => ({
  name,
  check: ({ drafts }) => drafts.routes.flatMap((route) => rulesOf(route).flatMap(check)),
});

export const perMatch = (
  name: string,
  check: (match: Placed<MatchFields>) => ReturnType<Rule["check"]>,
): Rule => perRule(name, (rule) => matchesOf(rule).flatMap(check));

export const perFilter = (
  name: string,
  check: (filter: Placed<FilterFields>) => ReturnType<Rule["check"]>,
): Rule => perRule(name, (rule) => filterListsOf(rule).flat().flatMap(check));
