/** How places are written in a document, and what people write instead. */

export const COUNTRY_CODES = "an ISO 3166 code of two capitals such as DE";
export const PLACES = `EU, EEA or ${COUNTRY_CODES}`;

/** Codes that ISO 3166 does not have. */
const MEANT: Readonly<Record<string, string>> = { UK: "GB", EL: "GR", EN: "GB", USA: "US" };

/** The end of a sentence about an unknown code. */
export const meantBy = (code: string): string =>
  Object.hasOwn(MEANT, code) ? `; did you mean "${MEANT[code]}"?` : ".";
