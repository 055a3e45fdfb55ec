/** References by name or by id, and what to say when nothing answers to one. */
import { closest } from "./closest.ts";
import { cut, type Problem } from "./problem.ts";

/** Suggestions look at every candidate, so a document full of dangling references gets them for its first ones. */
const SUGGESTIONS_MAX = 50;
const CANDIDATES_SHOWN = 20;

export interface Lookup<T> {
  readonly what: string;
  /** A name wins over an id. */
  find(reference: string): T | null;
  dangling(reference: string, pointer: string): Problem;
}

/** `what` is the word for one of them; `idOf` is the id it is known to keep, or `null`. */
export function lookupOf<T extends { readonly name: string }>(
  what: string,
  items: readonly T[],
  idOf: (item: T) => string | null,
): Lookup<T> {
  const byName = new Map(items.map((item) => [item.name, item]));
  const byId = new Map(items.flatMap((item) => withId(item, idOf(item))));
  const range = candidates(what, [...byName.keys()]);
  let suggestions = 0;
  return {
    what,
    find: (reference) => byName.get(reference) ?? byId.get(reference) ?? null,
    dangling: (reference, pointer) => {
      suggestions += 1;
      const suggestion = suggestions <= SUGGESTIONS_MAX ? closest(reference, byName.keys()) : ".";
      const detail = `There is no ${what} "${cut(reference)}"${suggestion}`;
      return { pointer, detail, value: cut(reference), range };
    },
  };
}

const withId = <T>(item: T, id: string | null): [string, T][] => (id === null ? [] : [[id, item]]);

function candidates(what: string, names: readonly string[]): string {
  if (names.length === 0) return `the name or id of a ${what}; the document has none`;
  const shown = names.slice(0, CANDIDATES_SHOWN).join(", ");
  const rest = names.length - CANDIDATES_SHOWN;
  return `one of: ${shown}${rest > 0 ? ` and ${rest} more` : ""}`;
}
