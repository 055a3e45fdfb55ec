/** Names of the DNS in their one spelling, and which zone a name is in. */
import { ok, type Result, refuse } from "../result.ts";

/** Letters, digits, hyphens inside, and the underscore of service names (RFC 8552). */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

const CHARACTERS_MAX = 253;

/**
 * Lower case, without the last dot; a star only as the whole first label. Idempotent.
 *
 * Refusal: what is wrong, as the second half of a sentence.
 *
 * Source: RFC 1035, section 2.3.4 (63 and 255 octets, which leave 253 characters); RFC 4592, section 2.1.1 (wildcards).
 */
export function canonicalName(text: string): Result<string, string> {
  const name = text.replace(/\.$/, "").toLowerCase();
  if (/[^ -~]/.test(text)) return refuse("has other than ASCII letters: write it in punycode");
  if (name === "") return refuse("is no name");
  if (name.length > CHARACTERS_MAX) {
    return refuse(`has ${name.length} characters; a name has at most ${CHARACTERS_MAX}`);
  }
  const labels = name.split(".");
  const [first = "", ...rest] = labels;
  const isWildcard = first === "*" && rest.length > 0;
  for (const label of isWildcard ? rest : labels) {
    if (!LABEL.test(label)) return refuse(whyNot(label));
  }
  return ok(name);
}

function whyNot(label: string): string {
  if (label === "") return "has two dots in a row, or one in front";
  if (label.length > 63) return `has a label of ${label.length} characters; it may have 63`;
  if (label.includes("*")) return "has a star; one may only stand alone as the first label";
  return `has the label "${label}"; one is of letters, digits, _ and inner hyphens`;
}

/** Both canonical. */
export const isWithin = (name: string, domain: string): boolean =>
  name === domain || name.endsWith(`.${domain}`);

/** The longest of `domains` that the name is in: a zone below another one has its names to itself. Cost: one look per label. */
export function domainOf(name: string, domains: ReadonlySet<string>): string | null {
  for (let rest = name; rest !== ""; ) {
    if (domains.has(rest)) return rest;
    const dot = rest.indexOf(".");
    rest = dot === -1 ? "" : rest.slice(dot + 1);
  }
  return null;
}
