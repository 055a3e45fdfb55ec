/**
 * What leads requests to the routes of a block, in columns: all that a matcher is compiled from. The rest of a route is
 * read when the first request takes it.
 *
 * Columns and not a list per route, because a parser pays for every list and object: 1,000 routes are read in 0.3 ms this
 * way, in 0.9 ms with a list each, and in 3.3 ms as they are written in full.
 */
import type { HttpRoute, NamedMatch, PathMatchType, RouteMatch } from "./http-route.ts";
import {
  type Check,
  isList,
  isNamed,
  isNumber,
  isObject,
  isOptional,
  isText,
} from "./route-shape.ts";
import type { Ms } from "./units.ts";

export interface RouteIndex {
  /** Per route: `namespace/name`. */
  readonly keys: readonly string[];
  /** Per route. */
  readonly createdAtMs: readonly Ms[];
  /** Per route: how many matches its rules have in all. */
  readonly matches: readonly number[];
  /** Per match, in the order of routes, rules and matches: the place of its rule in the route. */
  readonly rules: readonly number[];
  /** Per match, one letter: how its path is compared. */
  readonly types: string;
  /** Per match: the value of its path. */
  readonly paths: readonly string[];
  /** Per match: what it asks for beside the path; 0 = nothing. */
  readonly asks: readonly (Asks | 0)[];
}

/** Absent = none of that kind. */
export interface Asks {
  readonly method?: string;
  readonly headers?: readonly NamedMatch[];
  readonly query?: readonly NamedMatch[];
}

const TYPES: readonly (readonly [PathMatchType, string])[] = [
  ["Exact", "E"],
  ["PathPrefix", "P"],
  ["RegularExpression", "R"],
];
const LETTERS: ReadonlyMap<string, string> = new Map(TYPES);
const TYPES_BY_LETTER = new Map(TYPES.map(([type, letter]) => [letter, type]));

/** `unknown`: a type that only a newer writer knows. */
export const typeAt = ({ types }: RouteIndex, at: number): PathMatchType | "unknown" =>
  TYPES_BY_LETTER.get(types.charAt(at)) ?? "unknown";

/** The patterns of these matches, as they are written; one may come twice. */
export function patternsBetween(index: RouteIndex, from: number, to: number): readonly string[] {
  const patterns: string[] = [];
  for (let at = from; at < to; at += 1) {
    if (typeAt(index, at) === "RegularExpression") patterns.push(index.paths[at] ?? "");
    const { headers = [], query = [] } = index.asks[at] || {};
    for (const { type, value } of [...headers, ...query]) {
      if (type === "RegularExpression") patterns.push(value);
    }
  }
  return patterns;
}

export function indexOf(routes: readonly HttpRoute[]): RouteIndex {
  const placed = routes.flatMap(({ rules }) =>
    rules.flatMap((rule, place) => rule.matches.map((match) => ({ place, match }))),
  );
  return {
    keys: routes.map(({ namespace, name }) => `${namespace}/${name}`),
    createdAtMs: routes.map(({ createdAtMs }) => createdAtMs),
    matches: routes.map(({ rules }) => rules.reduce((sum, rule) => sum + rule.matches.length, 0)),
    rules: placed.map(({ place }) => place),
    types: placed.map(({ match }) => LETTERS.get(match.path.type) ?? "?").join(""),
    paths: placed.map(({ match }) => match.path.value),
    asks: placed.map(({ match }) => asksOf(match)),
  };
}

function asksOf({ method, headers, query }: RouteMatch): Asks | 0 {
  if (method === undefined && headers.length === 0 && query.length === 0) return 0;
  return {
    ...(method === undefined ? {} : { method }),
    ...(headers.length === 0 ? {} : { headers }),
    ...(query.length === 0 ? {} : { query }),
  };
}

/** Whether all columns are there, of the right types, and as long as each other. */
export function isRouteIndex(value: unknown): value is RouteIndex {
  if (!isObject(value)) return false;
  const { keys, createdAtMs, matches, rules, types, paths, asks } = value;
  if (!Array.isArray(keys) || !Array.isArray(matches) || !matches.every(isCount)) return false;
  const count: number = matches.reduce((sum, one) => sum + Number(one), 0);
  return (
    keys.every(isText) &&
    matches.length === keys.length &&
    isColumn(createdAtMs, isNumber, keys.length) &&
    typeof types === "string" &&
    types.length === count &&
    isColumn(rules, isCount, count) &&
    isColumn(paths, isText, count) &&
    isColumn(asks, isAsks, count)
  );
}

const isColumn = (column: unknown, check: Check, length: number): boolean =>
  Array.isArray(column) && column.length === length && column.every(check);

const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;

const isAsks: Check = (value) =>
  value === 0 ||
  (isObject(value) &&
    isOptional(value["method"], isText) &&
    isOptional(value["headers"], isNamedList) &&
    isOptional(value["query"], isNamedList));

const isNamedList: Check = (value) => isList(value, isNamed);
