import type { PathChange } from "../http-route.ts";
import { withoutSlash } from "./candidate.ts";

/**
 * The path that takes the place of a request's path; always with a slash in front.
 *
 * A prefix is replaced by element, as it was matched, so that exactly one slash stands between what replaces it and the
 * rest: `/foo/bar` with `/foo` → `/xyz/` is `/xyz/bar`, and `/foo` with `/foo` → `` is `/`. Where no prefix was matched
 * there is none to replace, and the path stays.
 *
 * Range: `matchedPrefix` as in `Matched`. The result may begin with two slashes, as the request's path may: append it to
 * an origin, never resolve it against one. Source: Gateway API, HTTPPathModifier, the table of ReplacePrefixMatch.
 */
export function rewritePath(
  path: string,
  change: PathChange | undefined,
  matchedPrefix: string | null,
): string {
  if (change === undefined) return path;
  if (change.type === "ReplaceFullPath") return rooted(change.value);
  if (matchedPrefix === null) return path;
  return rooted(withoutSlash(change.value) + path.slice(matchedPrefix.length));
}

const rooted = (path: string): string => (path.startsWith("/") ? path : `/${path}`);
