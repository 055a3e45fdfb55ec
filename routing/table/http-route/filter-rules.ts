/** Rules of filters: each has what its type needs and nothing else, and none promises what the edge does not do. */
import { isOfTheConnection, isOfTheEdge } from "../../headers.ts";
import { type Problem, pointTo } from "../problem.ts";
import { type Rule, repeated } from "../rule.ts";
import type { Salvaged } from "../salvage.ts";
import { type FilterType, type HeaderModifierFields, STANZAS } from "./filter-schema.ts";
import { repeatedNames } from "./match-rules.ts";
import { filterListsOf, perFilter, perRule } from "./places.ts";

const stanzaIsThere = perFilter("route-filter-has-its-stanza", ({ pointer, fields }) => {
  const stanza = fields.type && STANZAS[fields.type];
  if (stanza === undefined || fields[stanza] !== undefined) return [];
  const detail = `A filter of type ${fields.type} says what it does in \`${stanza}\`, which is missing.`;
  return [{ pointer: pointTo(pointer, stanza), detail, range: `what a ${fields.type} does` }];
});

const noOtherStanza = perFilter("route-filter-has-no-other-stanza", ({ pointer, fields }) => {
  const { type } = fields;
  if (type === undefined) return [];
  return Object.values(STANZAS)
    .filter((stanza) => stanza !== STANZAS[type] && fields[stanza] !== undefined)
    .map((stanza) => ({
      pointer: pointTo(pointer, stanza),
      detail: `A filter of type ${type} does nothing with \`${stanza}\`; give it a filter of its own.`,
      value: fields[stanza],
      range: `absent in a filter of type ${type}`,
    }));
});

/** Which of two redirects would win is nobody's guess; copies of a request may be as many as wanted. */
const filtersOnce = perRule("route-filters-once", (rule) =>
  filterListsOf(rule).flatMap((list) =>
    repeated(list, ({ fields }) =>
      fields.type === undefined || fields.type === "RequestMirror" ? "" : fields.type,
    ).map(({ item, first }) => ({
      pointer: pointTo(item.pointer, "type"),
      detail: `A ${item.fields.type} is already at ${first.pointer}.`,
      value: item.fields.type,
      range: "every type but RequestMirror at most once in a list",
    })),
  ),
);

const redirectOrRewrite = perRule("route-redirect-or-rewrite", (rule) =>
  filterListsOf(rule).flatMap((list): readonly Problem[] => {
    const isEither = (type: FilterType | undefined) =>
      type === "RequestRedirect" || type === "URLRewrite";
    const either = list.filter(({ fields }) => isEither(fields.type));
    const other = either.find(({ fields }) => fields.type !== either[0]?.fields.type);
    if (other === undefined) return [];
    const detail = `A request that is redirected is not rewritten: remove this one or ${either[0]?.pointer}.`;
    return [
      {
        pointer: pointTo(other.pointer, "type"),
        detail,
        value: other.fields.type,
        range: "a RequestRedirect or a URLRewrite, not both",
      },
    ];
  }),
);

const PATH_FIELDS = {
  ReplaceFullPath: "replaceFullPath",
  ReplacePrefixMatch: "replacePrefixMatch",
} as const;

const pathChangeFits = perFilter("route-path-change-fits-its-type", ({ pointer, fields }) =>
  (["requestRedirect", "urlRewrite"] as const).flatMap((stanza) => {
    const path = fields[stanza]?.path;
    const { type } = path ?? {};
    if (path === undefined || type === undefined) return [];
    const place = pointTo(pointer, stanza, "path");
    return Object.entries(PATH_FIELDS).flatMap(([of, field]): readonly Problem[] => {
      const value = path[field];
      if ((of === type) === (value !== undefined)) return [];
      const range = of === type ? `required with ${type}` : `absent with ${type}`;
      const detail = `The path is changed by ${type}, so \`${field}\` is ${range}.`;
      return [
        { pointer: pointTo(place, field), detail, ...(value !== undefined && { value }), range },
      ];
    });
  }),
);

const mirrorShare = perFilter("route-mirror-share-said-once", ({ pointer, fields }) => {
  const { percent, fraction } = fields.requestMirror ?? {};
  if (percent === undefined || fraction === undefined) return [];
  const detail = "The share of copied requests is said twice: remove percent or fraction.";
  const place = pointTo(pointer, "requestMirror", "percent");
  return [{ pointer: place, detail, value: percent, range: "absent beside a fraction" }];
});

const mirrorFraction = perFilter("route-mirror-fraction-within-one", ({ pointer, fields }) => {
  const { numerator = 0, denominator = 100 } = fields.requestMirror?.fraction ?? {};
  if (numerator <= denominator) return [];
  const detail = `${numerator} of ${denominator} requests cannot be copied.`;
  const place = pointTo(pointer, "requestMirror", "fraction", "numerator");
  return [{ pointer: place, detail, value: numerator, range: `0..${denominator}` }];
});

const starStandsAlone = perFilter("route-cors-star-stands-alone", ({ pointer, fields }) =>
  (["allowOrigins", "allowMethods", "allowHeaders"] as const).flatMap((list) => {
    const members: readonly string[] = fields.cors?.[list] ?? [];
    const at = members.indexOf("*");
    if (at < 0 || members.length === 1) return [];
    const detail =
      "A * means everything, so the others in the list say nothing: remove it or them.";
    return [{ pointer: pointTo(pointer, "cors", list, at), detail, value: "*", range: "* alone" }];
  }),
);

const MODIFIERS = [
  { stanza: "requestHeaderModifier", isOurs: isOfTheEdge, whose: "the edge writes it itself" },
  { stanza: "responseHeaderModifier", isOurs: isOfTheConnection, whose: "it is the connection's" },
] as const;

/** A change that would be undone a moment later, or would break the message, must not be promised. */
const headersNotOurs = perFilter("route-headers-not-ours", ({ pointer, fields }) =>
  MODIFIERS.flatMap(({ stanza, isOurs, whose }) =>
    namesIn(fields[stanza] ?? {}, pointTo(pointer, stanza))
      .filter(({ name }) => isOurs(name.toLowerCase()))
      .map(({ name, place }) => ({
        pointer: place,
        detail: `The header ${name} cannot be changed by a route: ${whose}. Remove it.`,
        value: name,
        range: "a header that is neither the edge's nor the connection's",
      })),
  ),
);

function namesIn(
  { set = [], add = [], remove = [] }: Salvaged<HeaderModifierFields>,
  pointer: string,
) {
  const written = Object.entries({ set, add }).flatMap(([list, items]) =>
    items.map(({ name = "" }, at) => ({ name, place: pointTo(pointer, list, at, "name") })),
  );
  return [
    ...written,
    ...remove.map((name, at) => ({ name, place: pointTo(pointer, "remove", at) })),
  ];
}

const modifiedOnce = perFilter("route-modified-names-once", ({ pointer, fields }) =>
  MODIFIERS.flatMap(({ stanza }) =>
    (["set", "add"] as const).flatMap((list) =>
      repeatedNames(fields[stanza]?.[list] ?? [], pointTo(pointer, stanza, list)),
    ),
  ),
);

export const FILTER_RULES: readonly Rule[] = [
  stanzaIsThere,
  noOtherStanza,
  filtersOnce,
  redirectOrRewrite,
  pathChangeFits,
  mirrorShare,
  mirrorFraction,
  starStandsAlone,
  headersNotOurs,
  modifiedOnce,
];
