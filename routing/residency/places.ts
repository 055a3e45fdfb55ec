/**
 * The words by which an operator says where requests may be served: countries, and the unions whose law says so.
 *
 * Continents and the vendor's steering regions are no such words. No law knows where a continent ends, and a steering region
 * is a guess at networks (Cyprus is in the Middle East); besides, two letters mean two things: `ME` is Montenegro there,
 * `AS` American Samoa, `SA` Saudi Arabia.
 */
import { COUNTRIES } from "../data/countries.ts";

/** Places, one of which an endpoint must be in. */
export type Residency = readonly string[];

const EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK";

/** Member states. A territory with a code of its own (`GP`, `AX`, `GL`) is in only where it is named: law differs by territory. */
export const UNIONS: Readonly<Record<string, readonly string[]>> = {
  EU: EU.split(" "),
  EEA: `${EU} IS LI NO`.split(" "),
};

const CODES: ReadonlySet<string> = new Set(
  Object.values(COUNTRIES).flatMap((codes) => codes.split(" ")),
);

/** An ISO 3166-1 alpha-2 code; not the platform's `XX` and `T1`, which are nowhere. */
export const isCountry = (word: string): boolean => CODES.has(word);

export const isPlace = (word: string): boolean => Object.hasOwn(UNIONS, word) || isCountry(word);

const read = new WeakMap<object, ReadonlySet<string>>();

/**
 * The countries of a list. Closed: what is no list, and a word that nobody knows, allow nothing.
 *
 * Cost: a look-up; once per list a pass over it.
 */
export function countriesIn(residency: unknown): ReadonlySet<string> {
  if (!Array.isArray(residency)) return NOWHERE;
  const known = read.get(residency);
  if (known !== undefined) return known;
  const countries = new Set(residency.flatMap(membersOf));
  read.set(residency, countries);
  return countries;
}

const NOWHERE: ReadonlySet<string> = new Set();

function membersOf(word: unknown): readonly string[] {
  if (typeof word !== "string") return [];
  if (Object.hasOwn(UNIONS, word)) return UNIONS[word] ?? [];
  return isCountry(word) ? [word] : [];
}
