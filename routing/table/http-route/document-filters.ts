/** A route's filters as the list that a manifest has. */
import type { HeaderChanges, Mirror, PathChange, RouteFilters } from "../../http-route.ts";
import { type PoolName, targetDocument } from "./document.ts";
import { type FilterType, STANZAS } from "./filter-schema.ts";

/** Nothing when there is no filter, so that a manifest stays as short as it was. */
export function filtersDocument(filters: RouteFilters, nameOf: PoolName): { filters?: object[] } {
  const { requestHeaders, responseHeaders, redirect, rewrite, cors, mirrors } = filters;
  const list = [
    requestHeaders && stanza("RequestHeaderModifier", changesDocument(requestHeaders)),
    responseHeaders && stanza("ResponseHeaderModifier", changesDocument(responseHeaders)),
    redirect && stanza("RequestRedirect", withPath(redirect)),
    rewrite && stanza("URLRewrite", withPath(rewrite)),
    cors && stanza("CORS", corsDocument(cors)),
    ...mirrors.map((mirror) => stanza("RequestMirror", mirrorDocument(mirror, nameOf))),
  ].filter((filter) => filter !== undefined);
  return list.length === 0 ? {} : { filters: list };
}

const stanza = (type: FilterType, what: object) => ({ type, [STANZAS[type]]: what });

const changesDocument = ({ set, add, remove }: HeaderChanges) => ({
  ...(set.length === 0 ? {} : { set }),
  ...(add.length === 0 ? {} : { add }),
  ...(remove.length === 0 ? {} : { remove }),
});

function withPath<T extends { readonly path?: PathChange }>({ path, ...fields }: T) {
  if (path === undefined) return fields;
  const field = path.type === "ReplaceFullPath" ? "replaceFullPath" : "replacePrefixMatch";
  return { ...fields, path: { type: path.type, [field]: path.value } };
}

const corsDocument = ({ maxAgeSeconds, ...fields }: NonNullable<RouteFilters["cors"]>) => ({
  ...fields,
  maxAge: maxAgeSeconds,
});

function mirrorDocument({ target, ratio }: Mirror, nameOf: PoolName) {
  const percent = Math.round(ratio * 100);
  const share = percent / 100 === ratio ? { percent } : { fraction: fractionOf(ratio) };
  return { backendRef: targetDocument(target, nameOf), ...share };
}

/** Far more terms than a fraction of the schema's has. */
const TERMS_MAX = 64;

/**
 * The fraction with the smallest terms that is exactly this number: a continued fraction, up to the first convergent
 * that gives the same number back. One with a denominator below 2^26 is always found, and the schema has no larger.
 */
function fractionOf(ratio: number): { numerator: number; denominator: number } {
  let before = { numerator: 0, denominator: 1 };
  let last = { numerator: 1, denominator: 0 };
  let rest = ratio;
  for (let term = 0; term < TERMS_MAX && last.numerator / last.denominator !== ratio; term += 1) {
    const whole = Math.floor(rest);
    const next = {
      numerator: whole * last.numerator + before.numerator,
      denominator: whole * last.denominator + before.denominator,
    };
    [before, last] = [last, next];
    rest = 1 / (rest - whole);
  }
  return last;
}
