import type { HttpRoute } from "./http-route.ts";
import type { Programs } from "./match/pattern.ts";
import { patternsBetween, type RouteIndex } from "./route-index.ts";
import { isRoute } from "./route-shape.ts";
import type { Ms } from "./units.ts";

/**
 * A route as a block carries it: what leads requests to it is known, the rest is a text until the first request takes it.
 * Most routes of a host meet no request in the life of one isolate.
 */
export class CarriedRoute {
  /** `namespace/name`. */
  readonly key: string;
  readonly createdAtMs: Ms;
  /** Written with sorted keys, so equal routes are equal texts. */
  readonly text: string;
  readonly index: RouteIndex;
  /** Of the patterns of its block. */
  readonly programs: Programs | undefined;
  /** Its matches in the index: from this one to before that one. */
  readonly from: number;
  readonly to: number;
  /** `undefined`: not read yet. */
  #route: HttpRoute | null | undefined;

  constructor(
    text: string,
    { index, programs }: Carrying,
    at: number,
    from: number,
    route: HttpRoute | undefined,
  ) {
    this.key = index.keys[at] ?? "";
    this.createdAtMs = index.createdAtMs[at] ?? 0;
    this.text = text;
    this.index = index;
    this.programs = programs;
    this.from = from;
    this.to = from + (index.matches[at] ?? 0);
    this.#route = route;
  }

  /** Those that its matches ask for; one may come twice. */
  patterns(): readonly string[] {
    return patternsBetween(this.index, this.from, this.to);
  }

  /** `null`: the text is none of a route, which only a broken writer makes: a block is read by its hash. */
  read(): HttpRoute | null {
    if (this.#route === undefined) this.#route = routeIn(this.text);
    return this.#route;
  }
}

/** What the routes of a block share. */
export interface Carrying {
  readonly index: RouteIndex;
  readonly programs: Programs | undefined;
}

/** The routes of an index, with their texts in its order. `routes`: those that were read already. */
export function carriedRoutes(
  carrying: Carrying,
  texts: readonly string[],
  routes: readonly HttpRoute[] = [],
): readonly CarriedRoute[] {
  let from = 0;
  return texts.map((text, at) => {
    const carried = new CarriedRoute(text, carrying, at, from, routes[at]);
    from = carried.to;
    return carried;
  });
}

function routeIn(text: string): HttpRoute | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRoute(value) ? (value as HttpRoute) : null;
  } catch {
    // The text of the parser's error adds nothing: whoever asks says which route it was.
    return null;
  }
}
