/**
 * The candidates of one host key by their path, so that what a request costs follows the depth of its path and not the
 * number of routes.
 *
 * A prefix by path element is a beginning of the path that ends where an element does. A path has few of those, so each
 * is looked up, the longest first, in the hash table of the paths that have its length and its last character: most
 * beginnings are no prefix, and of those most find no table, which costs neither a text nor its hash. So a visitor's
 * thousand slashes make no look-up that the operator's own paths do not ask for. Source: Waldvogel et al., "Scalable
 * High Speed IP Routing Lookups" (1997), a table per prefix length.
 *
 * Paths never change once made. An edit copies the tables that it changes, each once, and shares the rest.
 */
import { type Candidate, withoutSlash } from "./candidate.ts";
import { compareCandidates } from "./precedence.ts";

/** Who waits at one path, each list in the order of precedence. */
export interface Spot {
  /** Those whose whole path this is. */
  readonly exact: readonly Candidate[];
  /** Those whose prefix this is, without its trailing slash, so that of `/` is "". */
  readonly prefixes: readonly Candidate[];
}

/** By path. */
type Table = ReadonlyMap<string, Spot>;

export interface Paths {
  /** By `endOf`. */
  readonly tables: ReadonlyMap<number, Table>;
  /** Candidates with a RegularExpression path: each is tried, so a table counts them as if they had one path. */
  readonly patterns: readonly Candidate[];
}

/** The Gateway API's limit of a path in a match. */
export const PATH_CHARACTERS_MAX = 1024;

export const NO_PATHS: Paths = { tables: new Map(), patterns: [] };

export const NOBODY: Spot = { exact: [], prefixes: [] };

/** Which table the first `length` characters of a path are in: their number, and the last of them. */
const endOf = (path: string, length: number): number =>
  (length << 7) | (path.charCodeAt(length - 1) & 127);

/** Who waits at the first `length` characters of a path. */
export const spotAt = ({ tables }: Paths, path: string, length: number): Spot | undefined =>
  tables.get(endOf(path, length))?.get(path.slice(0, length));

/** Paths under construction. */
export interface PathEdit {
  readonly tables: Map<number, Table>;
  patterns: readonly Candidate[];
  /** Tables that this edit made: nobody else holds them, so they may be changed. */
  readonly own: Set<unknown>;
}

/** What it is begun with stays as it is. */
export const beginEdit = ({ tables, patterns }: Paths): PathEdit => ({
  tables: new Map(tables),
  patterns,
  own: new Set(),
});

export const endEdit = ({ tables, patterns }: PathEdit): Paths => ({ tables, patterns });

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

type Change = (candidates: readonly Candidate[]) => readonly Candidate[];

/** A path that no request can have, and a type that only a newer writer knows, have no spot: they match nothing. */
function change(edit: PathEdit, { match }: Candidate, changed: Change): void {
  const { type, value } = match.path;
  if (!value.startsWith("/") || value.length > PATH_CHARACTERS_MAX) return;
  if (type === "Exact") {
    put(edit, value, ({ exact, prefixes }) => ({ exact: changed(exact), prefixes }));
  }
  if (type === "PathPrefix") {
    const prefix = withoutSlash(value);
    put(edit, prefix, ({ exact, prefixes }) => ({ exact, prefixes: changed(prefixes) }));
  }
}

function put({ tables, own }: PathEdit, path: string, changed: (spot: Spot) => Spot): void {
  const end = endOf(path, path.length);
  const found = tables.get(end);
  const table = own.has(found) ? (found as Map<string, Spot>) : new Map(found);
  own.add(table);
  const spot = changed(table.get(path) ?? NOBODY);
  if (spot.exact.length + spot.prefixes.length > 0) table.set(path, spot);
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
