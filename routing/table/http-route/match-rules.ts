/** Rules of one match: paths that can be met, patterns that compile, names that are there once. */
import { PATTERNS_MAX } from "../../limits.ts";
import type { DraftTable } from "../draft.ts";
import { compileFullPattern, PATTERN_CHARACTERS_MAX } from "../pattern/pattern.ts";
import { cut, type Problem, pointTo } from "../problem.ts";
import { type Rule, repeated } from "../rule.ts";
import type { Salvaged } from "../salvage.ts";
import { matchesOf, type Placed, pathOf, perMatch, rulesOf } from "./places.ts";
import type { MatchFields } from "./schema.ts";

const PATH_RANGE =
  "a path from /, of a URL's characters, without //, /./, /../, %2F, # and an end of /. or /..";

/**
 * What the edge compares with is a path that has been normalised, so one of these would never be met; and an escaped
 * slash would be met by what means another path to an endpoint.
 */
const isPlainPath = (path: string): boolean =>
  /^\/(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})*$/.test(path) &&
  !/\/\/|\/\.{1,2}(?:\/|$)|%2f/i.test(path);

const pathsArePlain = perMatch("route-paths-are-plain", ({ pointer, fields }) => {
  const { type, value } = pathOf(fields);
  if (type === "RegularExpression" || isPlainPath(value)) return [];
  const detail = `No request has the path "${cut(value)}": write ${PATH_RANGE}.`;
  return [
    { pointer: pointTo(pointer, "path", "value"), detail, value: cut(value), range: PATH_RANGE },
  ];
});

/** Every pattern of a match with its place. */
export function patternsOf({ pointer, fields }: Placed<MatchFields>) {
  const path = pathOf(fields);
  const named = (["headers", "queryParams"] as const).flatMap((list) =>
    (fields[list] ?? []).map((one, at) => ({
      ...one,
      pointer: pointTo(pointer, list, at, "value"),
    })),
  );
  return [{ ...path, pointer: pointTo(pointer, "path", "value") }, ...named].flatMap(
    ({ type, value, pointer: place }) =>
      type === "RegularExpression" && value !== undefined ? [{ pointer: place, value }] : [],
  );
}

const PATTERN_RANGE = `an RE2 pattern of 1..${PATTERN_CHARACTERS_MAX} characters`;

const patternsIn = ({ routes }: DraftTable) =>
  routes.flatMap(rulesOf).flatMap(matchesOf).flatMap(patternsOf);

const distinct = (patterns: ReturnType<typeof patternsIn>): readonly string[] => [
  ...new Set(patterns.map(({ value }) => value)),
];

const patternsInAll: Rule = {
  name: "patterns-in-all",
  check: ({ drafts }) => {
    const count = distinct(patternsIn(drafts)).length;
    if (count <= PATTERNS_MAX) return [];
    const detail = `The routes have ${count} different patterns; one account may have ${PATTERNS_MAX}.`;
    return [
      { pointer: "/http_routes", detail, value: count, range: `0..${PATTERNS_MAX} patterns` },
    ];
  },
};

/** Compiling is by far the dearest check of a document: each pattern once, and none when there are too many. */
const patternsCompile: Rule = {
  name: "route-patterns-compile",
  check: ({ drafts }) => {
    const patterns = patternsIn(drafts);
    const different = distinct(patterns);
    if (different.length > PATTERNS_MAX) return [];
    const reasons = new Map(different.map((pattern) => [pattern, whyNotCompiled(pattern)]));
    return patterns.flatMap(({ pointer, value }): readonly Problem[] => {
      const detail = reasons.get(value) ?? null;
      return detail === null ? [] : [{ pointer, detail, value: cut(value), range: PATTERN_RANGE }];
    });
  },
};

function whyNotCompiled(pattern: string): string | null {
  const { length } = pattern;
  if (length > PATTERN_CHARACTERS_MAX) {
    return `A pattern has at most ${PATTERN_CHARACTERS_MAX} characters, this one has ${length}.`;
  }
  const compiled = compileFullPattern(pattern);
  if (compiled.ok) return null;
  const { reason, position } = compiled.error;
  return position === undefined ? reason : `${reason} It is at position ${position}.`;
}

/** Header names in another case are the same name: the type takes them and only the first counts (warnings.ts). */
const namesOnce = perMatch("route-match-names-once", ({ pointer, fields }) =>
  (["headers", "queryParams"] as const).flatMap((list) =>
    repeatedNames(fields[list] ?? [], pointTo(pointer, list)),
  ),
);

/** A name that stands twice in one list, exactly so. */
export function repeatedNames(
  items: readonly Salvaged<{ name: string }>[],
  pointer: string,
): readonly Problem[] {
  const placed = items.map(({ name = "" }, at) => ({
    name,
    pointer: pointTo(pointer, at, "name"),
  }));
  return repeated(placed, ({ name }) => name).map(({ item, first }) => ({
    pointer: item.pointer,
    detail: `The name "${item.name}" is already at ${first.pointer}.`,
    value: item.name,
    range: "every name at most once",
  }));
}

export const MATCH_RULES: readonly Rule[] = [
  pathsArePlain,
  patternsInAll,
  patternsCompile,
  namesOnce,
];
