/** Where in an object of each kind the fields stand that are not obeyed. */
import { isObject } from "./entries.ts";
import { type Problem, pointTo } from "./problem.ts";
import type { Kind } from "./schema.ts";
import { type UNOBEYED, unobeyedProblems } from "./unobeyed.ts";

type Place = { readonly body: Readonly<Record<string, unknown>>; readonly pointer: string };

/** Path of fields inside an object of the kind; lists on the way are gone through. */
const PLACES: Readonly<Record<keyof typeof UNOBEYED, readonly (readonly [Kind, ...string[]])[]>> = {
  monitor: [["monitor"]],
  pool: [["pool"]],
  endpoint: [["pool", "origins"]],
  load_balancer: [["load_balancer"]],
  zone: [["zone"]],
  route_filter: [
    ["http_route", "spec", "rules", "filters"],
    ["http_route", "spec", "rules", "backendRefs", "filters"],
  ],
};

/** Everything that the object, or what is inside it, asks for and nobody does. */
export function unobeyedIn(kind: Kind, body: Place["body"], pointer: string): readonly Problem[] {
  return (Object.keys(PLACES) as (keyof typeof PLACES)[]).flatMap((part) =>
    PLACES[part]
      .filter(([of]) => of === kind)
      .flatMap(([, ...path]) => path.reduce(within, [{ body, pointer }]))
      .flatMap((place) => unobeyedProblems(part, place.body, place.pointer)),
  );
}

const within = (places: readonly Place[], field: string): Place[] =>
  places.flatMap(({ body, pointer }) => {
    const found = Object.hasOwn(body, field) ? body[field] : undefined;
    const place = pointTo(pointer, field);
    if (!Array.isArray(found)) return isObject(found) ? [{ body: found, pointer: place }] : [];
    return found.flatMap((item: unknown, at) =>
      isObject(item) ? [{ body: item, pointer: pointTo(place, at) }] : [],
    );
  });
