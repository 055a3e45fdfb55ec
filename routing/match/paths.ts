/**
 * The candidates of one host key by their path, so that what a request costs follows the depth of its path and not the
 * number of routes.
 *
 * A prefix by path element is a beginning of the path that ends where an element does. A path has few of those, so each
 * is looked up, the longest first, in the hash table of the prefixes that have its length and its last character: most
 * beginnings are no prefix, and of those most find no table, which costs neither a text nor its hash. So a visitor's
 * thousand slashes make no look-up that the operator's own prefixes do not ask for. Source: Waldvogel et al., "Scalable
 * High Speed IP Routing Lookups" (1997), a table per prefix length.
 *
 * Paths never change once made. An edit copies the tables that it changes, each once, and shares the rest.
 */
import { type Candidate, withoutSlash } from "./candidate.ts";
import { compareCandidates } from "./precedence.ts";

/** Candidates by path, in the order of precedence. */
type Table = ReadonlyMap<string, readonly Candidate[]>;

/** By `endOf`. */
export type Tables = ReadonlyMap<number, Table>;

export interface Paths {
  /** By the whole path. */
  readonly exact: Tables;
  /** By the prefix without its trailing slash, so "" for `/`. */
  readonly prefixes: Tables;
  /** Candidates with a RegularExpression path: each is tried, so `overfull` counts them as if they had one path. */
  readonly patterns: readonly Candidate[];
}

/** The Gateway API's limit of a path in a match. */
export const PATH_CHARACTERS_MAX = 1024;

export const NO_PATHS: Paths = { exact: new Map(), prefixes: new Map(), patterns: [] };

/** Paths under construction. */
export interface PathEdit {
  readonly exact: Map<number, Table>;
  readonly prefixes: Map<number, Table>;
  patterns: readonly Candidate[];
  /** Tables that this edit made: nobody else holds them, so they may be changed. */
  readonly own: Set<unknown>;
}

/** Which table the first `length` characters of a path are in: their number, and the last of them. */
export const endOf = (path: string, length: number): number =>
  (length << 7) | (path.charCodeAt(length - 1) & 127);

/** What it is begun with stays as it is. */
export const beginEdit = ({ exact, prefixes, patterns }: Paths): PathEdit => ({
  exact: new Map(exact),
  prefixes: new Map(prefixes),
  patterns,
  own: new Set(),
});

export const endEdit = ({ exact, prefixes, patterns }: PathEdit): Paths => ({
  exact,
  prefixes,
  patterns,
});

export function add(edit: PathEdit, candidate: Candidate): void {
  if (candidate.pattern !== null) edit.patterns = withCandidate(edit.patterns, candidate);
  change(edit, candidate, (others) => withCandidate(others, candidate));
}

/** Takes away every candidate of the route that stands where this one does. */
export function remove(edit: PathEdit, candidate: Candidate): void {
  const { key, pattern } = candidate;
  if (pattern !== null) edit.patterns = withoutRoute(edit.patterns, key);
  change(edit, candidate, (others) => withoutRoute(others, key));
}

/** A path that no request can have, and a type that only a newer writer knows, have no place: they match nothing. */
function change(edit: PathEdit, { match }: Candidate, changed: Change): void {
  const { type, value } = match.path;
  if (!value.startsWith("/") || value.length > PATH_CHARACTERS_MAX) return;
  if (type === "Exact") put(edit.exact, value, edit.own, changed);
  if (type === "PathPrefix") put(edit.prefixes, withoutSlash(value), edit.own, changed);
}

type Change = (candidates: readonly Candidate[]) => readonly Candidate[];

function put(tables: PathEdit["exact"], path: string, own: Set<unknown>, changed: Change): void {
  const end = endOf(path, path.length);
  const found = tables.get(end);
  const table = own.has(found) ? (found as Map<string, readonly Candidate[]>) : new Map(found);
  own.add(table);
  const candidates = changed(table.get(path) ?? []);
  if (candidates.length > 0) table.set(path, candidates);
  else table.delete(path);
  if (table.size > 0) tables.set(end, table);
  else tables.delete(end);
}

/** A new list with the candidate in its place by precedence. */
function withCandidate(
  candidates: readonly Candidate[],
  candidate: Candidate,
): readonly Candidate[] {
  if (candidates.length === 0) return [candidate];
  let low = 0;
  for (let high = candidates.length; low < high; ) {
    const middle = (low + high) >> 1;
    const other = candidates[middle];
    if (other !== undefined && compareCandidates(other, candidate) <= 0) low = middle + 1;
    else high = middle;
  }
  return candidates.toSpliced(low, 0, candidate);
}

const withoutRoute = (candidates: readonly Candidate[], key: string): readonly Candidate[] =>
  candidates.filter((candidate) => candidate.key !== key);
