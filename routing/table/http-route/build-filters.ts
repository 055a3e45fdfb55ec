/** From a manifest's list of filters to the model, which has each kind in a field of its own. */
import type {
  HeaderChanges,
  HeaderField,
  Mirror,
  PathChange,
  Redirect,
  Rewrite,
  RouteFilters,
} from "../../http-route.ts";
import { normaliseHostname } from "../hostname.ts";
import type { TargetOf } from "./build.ts";
import type {
  FilterFields,
  HeaderModifierFields,
  MirrorFields,
  PathModifierFields,
} from "./filter-schema.ts";

/** Each stanza stands at most once but the mirror's, by the rules of filters. */
export function buildFilters(filters: readonly FilterFields[], targetOf: TargetOf): RouteFilters {
  const only = <K extends keyof FilterFields>(stanza: K) =>
    filters.find((filter) => filter[stanza] !== undefined)?.[stanza];
  const [request, response] = [only("requestHeaderModifier"), only("responseHeaderModifier")];
  const [redirect, rewrite, cors] = [only("requestRedirect"), only("urlRewrite"), only("cors")];
  return {
    ...(request === undefined ? {} : { requestHeaders: headerChanges(request) }),
    ...(response === undefined ? {} : { responseHeaders: headerChanges(response) }),
    ...(redirect === undefined ? {} : { redirect: redirectOf(redirect) }),
    ...(rewrite === undefined ? {} : { rewrite: rewriteOf(rewrite) }),
    ...(cors === undefined ? {} : { cors: corsOf(cors) }),
    mirrors: filters.flatMap(({ requestMirror }) =>
      requestMirror === undefined ? [] : [mirrorOf(requestMirror, targetOf)],
    ),
  };
}

const headerChanges = ({ set, add, remove }: HeaderModifierFields): HeaderChanges => ({
  set: firstOfEach(set),
  add: firstOfEach(add),
  remove: [...new Set(remove.map((name) => name.toLowerCase()))],
});

/** Names that differ in case only are one name; the first counts, as it does for matches. */
function firstOfEach(fields: readonly HeaderField[]): readonly HeaderField[] {
  const byName = new Map<string, HeaderField>();
  for (const { name, value } of fields) {
    const lower = name.toLowerCase();
    if (!byName.has(lower)) byName.set(lower, { name: lower, value });
  }
  return [...byName.values()];
}

function redirectOf(fields: NonNullable<FilterFields["requestRedirect"]>): Redirect {
  const { scheme, port, statusCode } = fields;
  return {
    ...(scheme === undefined ? {} : { scheme }),
    ...rewriteOf(fields),
    ...(port === undefined ? {} : { port }),
    statusCode,
  };
}

function rewriteOf({ hostname, path }: NonNullable<FilterFields["urlRewrite"]>): Rewrite {
  return {
    ...(hostname === undefined ? {} : { hostname: normaliseHostname(hostname) }),
    ...(path === undefined ? {} : { path: pathChange(path) }),
  };
}

const pathChange = ({
  type,
  replaceFullPath = "",
  replacePrefixMatch = "",
}: PathModifierFields): PathChange => ({
  type,
  value: type === "ReplaceFullPath" ? replaceFullPath : replacePrefixMatch,
});

const corsOf = ({ maxAge, ...fields }: NonNullable<FilterFields["cors"]>) => ({
  ...fields,
  maxAgeSeconds: maxAge,
});

function mirrorOf(
  { backendRef, percent = 100, fraction }: MirrorFields,
  targetOf: TargetOf,
): Mirror {
  const ratio = fraction === undefined ? percent / 100 : fraction.numerator / fraction.denominator;
  return { target: targetOf(backendRef), ratio };
}
