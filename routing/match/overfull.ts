/** Which paths of which hosts have more matches than a request may be compared with. */
import type { HttpRoute, RouteMatch } from "../http-route.ts";
import { MATCHES_PER_PATH_MAX } from "../limits.ts";
import { withoutSlash } from "./candidate.ts";
import { hostKeysOf } from "./hosts.ts";

export interface Overfull {
  /** The host key. */
  readonly host: string;
  /** Without its trailing slash when a prefix; `null` = every regular expression of the host, because each is tried. */
  readonly path: string | null;
  readonly matches: number;
  /** Those that have a match there, in the order in which they were given. */
  readonly routes: readonly HttpRoute[];
}

/**
 * More than `MATCHES_PER_PATH_MAX` matches with one path on one host key, exact ones and prefixes together.
 *
 * Cost: one look-up per match and hostname.
 */
export function overfull(routes: readonly HttpRoute[]): readonly Overfull[] {
  const hosts = new Map<string, Map<string | null, HttpRoute[]>>();
  for (const route of routes) {
    const paths = route.rules.flatMap(({ matches }) => matches.map(pathOf));
    for (const host of new Set(hostKeysOf(route))) {
      const places = hosts.get(host) ?? new Map<string | null, HttpRoute[]>();
      hosts.set(host, places);
      for (const path of paths) {
        const there = places.get(path);
        if (there === undefined) places.set(path, [route]);
        else there.push(route);
      }
    }
  }
  return [...hosts].flatMap(([host, places]) =>
    [...places]
      .filter(([, there]) => there.length > MATCHES_PER_PATH_MAX)
      .map(([path, there]) => ({ host, path, matches: there.length, routes: [...new Set(there)] })),
  );
}

function pathOf({ path }: RouteMatch): string | null {
  if (path.type === "RegularExpression") return null;
  return path.type === "PathPrefix" ? withoutSlash(path.value) : path.value;
}
