/**
 * The domain filter that a webhook answers on `GET /`: which names it serves.
 *
 * Source: `endpoint/domain_filter.go` of external-dns.
 */
import { z } from "zod";
import { ok, type Result, refuse } from "../../../../routing/result.ts";
import { compilePattern } from "../../../../routing/table/pattern/pattern.ts";

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

/** Regular expressions take precedence. Refusal: a filter that cannot be read, as a sentence. */
export function readFilter(filter: z.output<typeof domainFilter>): Result<Serves, string> {
  const { regexInclude, regexExclude } = filter;
  if (!regexInclude && !regexExclude) {
    const [include, exclude] = [domains(filter.include ?? filter.filters), domains(filter.exclude)];
    return ok(
      (name) => (include.length === 0 || matches(include, name)) && !matches(exclude, name),
    );
  }
  const included = matcherOf("regexInclude", regexInclude);
  if (!included.ok) return included;
  const excluded = matcherOf("regexExclude", regexExclude);
  if (!excluded.ok) return excluded;
  return ok((name) => excluded.value?.(name) !== true && included.value?.(name) !== false);
}

function matcherOf(
  field: string,
  pattern: string | null | undefined,
): Result<((name: string) => boolean) | null, string> {
  if (!pattern) return ok(null);
  const matcher = compilePattern(pattern);
  return matcher.ok ? matcher : refuse(`${field} of its domain filter: ${matcher.error.reason}`);
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
