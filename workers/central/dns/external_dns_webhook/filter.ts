/**
 * The domain filter that a webhook answers on `GET /`: which names it serves.
 *
 * Lists only. A filter of regular expressions would need an engine of Go's syntax, 55 KB of gzip and a quarter of central, for what a list says
 * as well.
 *
 * Source: `endpoint/domain_filter.go` of external-dns.
 */
import { z } from "zod";
import { ok, type Result, refuse } from "../../../../routing/result.ts";

const text = z.string().nullish();
const list = z.array(z.string()).nullish();

/** `filters` is how the protocol's OpenAPI file calls what the Go type writes as `include`. */
export const domainFilter = z.object({
  filters: list,
  include: list,
  exclude: list,
  regexInclude: text,
  regexExclude: text,
});

export type Serves = (name: string) => boolean;

/** Refusal: a filter that is not read here, as the second half of a sentence. */
export function readFilter(filter: z.output<typeof domainFilter>): Result<Serves, string> {
  if (filter.regexInclude || filter.regexExclude) {
    return refuse("is a regular expression, which is not read here; a list of domains is");
  }
  const include = domains(filter.include ?? filter.filters);
  const exclude = domains(filter.exclude);
  return ok((name) => (include.length === 0 || matches(include, name)) && !matches(exclude, name));
}

/** The names of records are ASCII, a filter may be Unicode. */
const domains = (entries: readonly string[] | null | undefined): readonly string[] =>
  (entries ?? []).map((entry) => ascii(entry.trim().replace(/\.$/, ""))).filter(Boolean);

function ascii(entry: string): string {
  const dot = entry.startsWith(".") ? "." : "";
  const url = `http://${entry.slice(dot.length)}`;
  return URL.canParse(url) ? dot + new URL(url).hostname : entry.toLowerCase();
}

/** `.shop.test` is what is below, `shop.test` that and itself. */
const matches = (entries: readonly string[], name: string): boolean =>
  entries.some((entry) =>
    entry.startsWith(".") ? name.endsWith(entry) : name === entry || name.endsWith(`.${entry}`),
  );
