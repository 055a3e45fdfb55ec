/** One route in the list of a document: found, replaced, taken out. */
import type { Result } from "../../../routing/result.ts";
import { isObject } from "../../../routing/table/entries.ts";
import { routeName } from "../../../routing/table/http-route/name.ts";
import { cut, type Problem, pointTo } from "../../../routing/table/problem.ts";
import type { Accepted, ProposeRefusal } from "../../config-object.ts";
import { Refusal } from "../http/problem.ts";

export interface RouteKey {
  readonly namespace: string;
  readonly name: string;
}

type Routes = readonly object[];

/** `place` is -1 when the route is not there. */
export type Edit = (routes: Routes, place: number) => Routes;

/** The routes of a document that the store gave. */
export function routesIn(document: unknown): Routes {
  const routes = isObject(document) ? document["http_routes"] : undefined;
  return Array.isArray(routes) ? routes : [];
}

export function placeOf(routes: Routes, key: RouteKey): number {
  const wanted = routeName(key);
  return routes.findIndex((route) => routeName(metadataOf(route)) === wanted);
}

const metadataOf = (manifest: unknown): Readonly<Record<string, unknown>> => {
  const metadata = isObject(manifest) ? manifest["metadata"] : undefined;
  return isObject(metadata) ? metadata : {};
};

/**
 * The manifest as it goes into the document: its name may be left out, because the path says it.
 *
 * Errors: throws `Refusal` 422 when it is no object, or names another route than the path does.
 */
export function manifestAt(body: unknown, key: RouteKey): object {
  if (!isObject(body))
    throw notHere({ pointer: "", detail: "A route is an object.", range: "an object" });
  const metadata = body["metadata"] ?? {};
  // What is no object is for the parser to tell, with everything else.
  if (!isObject(metadata)) return body;
  for (const field of ["namespace", "name"] as const) {
    const value = metadata[field] ?? key[field];
    if (value === key[field]) continue;
    const detail = `The path says ${key[field]}; write the same here, or leave it out.`;
    const range = `"${key[field]}" or absent`;
    throw notHere({ pointer: pointTo("/metadata", field), detail, value: cut(value), range });
  }
  return { ...body, metadata: { ...metadata, ...key } };
}

const notHere = (problem: Problem): Refusal =>
  new Refusal("invalid", "Nothing was stored: this is not the route that the path names.", {
    members: { errors: [problem] },
  });

export function withRoute(routes: Routes, manifest: object, key: RouteKey): Routes {
  const place = placeOf(routes, key);
  return place < 0 ? [...routes, manifest] : routes.with(place, manifest);
}

export const without = (routes: Routes, place: number): Routes => routes.toSpliced(place, 1);

/** The store speaks of the whole document; whoever sent one manifest is told of places in it. */
export function relativeTo(
  result: Result<Accepted, ProposeRefusal>,
  place: number,
): Result<Accepted, ProposeRefusal> {
  const root = pointTo("", "http_routes", place);
  const isInside = ({ pointer }: Problem) => pointer === root || pointer.startsWith(`${root}/`);
  const relative = (problem: Problem): Problem =>
    isInside(problem) ? { ...problem, pointer: problem.pointer.slice(root.length) } : problem;
  if (result.ok) {
    const warnings = result.value.warnings.filter(isInside).map(relative);
    return { ok: true, value: { ...result.value, warnings } };
  }
  const { error } = result;
  if (error.reason !== "invalid") return result;
  return { ok: false, error: { ...error, problems: error.problems.map(relative) } };
}
