/** The country codes that a request can carry: ISO 3166-1 alpha-2, and Cloudflare's XX (unknown) and T1 (Tor). */
import { COUNTRIES as BY_REGION } from "../data/countries.ts";

export const COUNTRIES: ReadonlySet<string> = new Set([
  ...Object.values(BY_REGION).flatMap((codes) => codes.split(" ")),
  ...["XX", "T1"],
]);
