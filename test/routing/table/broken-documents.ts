/**
 * One broken document for every constraint of the schema, made by walking it, and for every rule that the
 * schema cannot say, written by hand in broken-rules.ts. Each with the answer that it must get.
 */
import { type JsonSchema, KIND_SCHEMAS, rangeOf } from "../../../routing/table/json-schema.ts";
import { cut, pointTo } from "../../../routing/table/problem.ts";
import type { Kind } from "../../../routing/table/schema.ts";
import { brokenRules } from "./broken-rules.ts";
import { wholeDocument } from "./fixtures.ts";

export interface BrokenDocument {
  /** The constraint, such as `pool.origins[].weight:maximum` or `rule:unique-names`. */
  readonly name: string;
  readonly document: unknown;
  readonly pointer: string;
  /** Absent where something required is missing. */
  readonly value?: unknown;
  readonly range: string;
}

type Path = readonly (string | number)[];

/** Where an object of each kind stands in the whole document. */
const PLACES = {
  monitor: ["monitors", "web"],
  monitor_group: ["monitor_groups", "both"],
  pool: ["pools", "eu"],
  load_balancer: ["load_balancers", "shop.example"],
  zone: ["zones", "example"],
  http_route: ["http_routes", 0],
} as const satisfies Record<Kind, Path>;

export const brokenDocuments = (): readonly BrokenDocument[] => [
  ...(Object.keys(PLACES) as Kind[]).flatMap((kind) => brokenObjects(kind)),
  ...brokenRules(),
];

/** Any item of a list: filters of one type have other fields than those of another. */
const EACH = "[]";

/** A node of the schema: its label for people, its schema, and where the whole document has it, `EACH` in lists. */
interface Place {
  readonly label: string;
  readonly node: JsonSchema;
  readonly path: Path;
}

/** The first place of the whole document that the path leads to; its last field may be absent there. */
function placeIn(document: unknown, path: Path): Path {
  const found = search(document, path);
  return found ?? [...placeIn(document, path.slice(0, -1)), path.at(-1) ?? ""];
}

function search(value: unknown, [head, ...rest]: Path, at: Path = []): Path | null {
  if (head === undefined) return at;
  const heads = head === EACH && Array.isArray(value) ? [...value.keys()] : [head];
  for (const key of heads) {
    const member = valueAt(value, [key]);
    const found = member === undefined ? null : search(member, rest, [...at, key]);
    if (found !== null) return found;
  }
  return null;
}

function brokenObjects(kind: Kind): readonly BrokenDocument[] {
  const schema = KIND_SCHEMAS[kind];
  const fields = Object.entries(schema.properties ?? {}).filter(([field]) => field !== "name");
  const root = { label: kind, node: schema, path: PLACES[kind] };
  const { name } = schema.properties ?? {};
  return [
    ...(name === undefined ? [] : brokenNames(kind, name)),
    ...brokenMembers({ ...root, node: { ...schema, properties: Object.fromEntries(fields) } }),
  ];
}

/** In a map the name is the key, in a list it is a field. */
function brokenNames(kind: Kind, node: JsonSchema): readonly BrokenDocument[] {
  const [section] = PLACES[kind];
  const name = `${kind}.name`;
  const range = rangeOf(node);
  const listed = (body: object) => ({ [section]: [body] });
  const pointer = `/${section}/0/name`;
  return [
    { name: `${name}:required`, document: listed({}), pointer, range },
    { name: `${name}:type`, document: listed({ name: 7 }), pointer, value: 7, range },
    { name: `${name}:pattern`, document: listed({ name: "a b" }), pointer, value: "a b", range },
    {
      name: `${name}:pattern in a map`,
      document: { [section]: { "a b": {} } },
      pointer: `/${section}/a b`,
      value: "a b",
      range,
    },
  ];
}

/** The node's own constraints are broken one by one, then those of its members. */
function brokenMembers(place: Place): readonly BrokenDocument[] {
  const { label, node, path } = place;
  const required = (node.required ?? []).filter((field) => field !== "name" || path.length > 2);
  const properties = Object.entries(node.properties ?? {}).flatMap(([field, child]) => {
    const member = { label: `${label}.${field}`, node: child, path: [...path, field] };
    return [...brokenValues(member), ...brokenMembers(member)];
  });
  return [
    ...required.map((field) => missing(place, field)),
    ...(node.additionalProperties === false ? [unknownField(place)] : []),
    ...(node.propertyNames === undefined ? [] : brokenKeys(place, node.propertyNames)),
    ...properties,
    ...memberOf(place, "{}", node.additionalProperties),
    ...memberOf(place, "[]", node.items),
  ];
}

/** The first value of a map, or the first item of a list, as the whole document has it. */
function memberOf(
  { label, path }: Place,
  sign: "{}" | "[]",
  node: JsonSchema | boolean | undefined,
): readonly BrokenDocument[] {
  if (typeof node !== "object" || Object.keys(node).length === 0) return [];
  const document = wholeDocument();
  const [key] = Object.keys(valueAt(document, placeIn(document, path)) ?? {});
  if (key === undefined) throw new Error(`the whole document has nothing in ${label}`);
  const member = { label: label + sign, node, path: [...path, sign === EACH ? EACH : key] };
  return [...brokenValues(member), ...brokenMembers(member)];
}

const NOTHING_LIKE_IT = " é";

/** Keyword → a value that breaks it. A keyword without an entry here fails the coverage test. */
const BREAKERS: Readonly<Record<string, (node: JsonSchema, current: unknown) => unknown>> = {
  type: (node) => (node.type === "string" || node.type === "object" ? 7 : "seven"),
  enum: () => "no-such-value",
  pattern: () => NOTHING_LIKE_IT,
  minimum: ({ minimum = 0 }) => minimum - 1,
  maximum: ({ maximum = 0 }) => maximum + 1,
  minLength: ({ minLength = 0 }) => "x".repeat(minLength - 1),
  maxLength: ({ maxLength = 0 }) => "x".repeat(maxLength + 1),
  minItems: () => [],
  maxItems: ({ maxItems = 0 }, current) =>
    Array.from({ length: maxItems + 1 }, () => (Array.isArray(current) ? current[0] : current)),
  whole: () => 1.5,
};

const NO_CONSTRAINT = new Set(
  ["description", "default", "properties", "required", "additionalProperties"].concat([
    ...["propertyNames", "items"],
  ]),
);

function brokenValues({ label, node, path }: Place): readonly BrokenDocument[] {
  const keywords = Object.keys(node).filter((keyword) => !NO_CONSTRAINT.has(keyword));
  return [...keywords, ...(node.type === "integer" ? ["whole"] : [])].map((keyword) => {
    const breaker = BREAKERS[keyword];
    if (breaker === undefined) throw new Error(`nothing breaks ${keyword} of ${label}`);
    const whole = wholeDocument();
    const place = placeIn(whole, path);
    const value = breaker(node, valueAt(whole, place));
    const document = withValue(whole, place, value);
    const pointer = pointTo("", ...place);
    return {
      name: `${label}:${keyword}`,
      document,
      pointer,
      value: cut(value),
      range: rangeOf(node),
    };
  });
}

function missing({ label, node, path }: Place, field: string): BrokenDocument {
  const document = wholeDocument();
  const place = [...placeIn(document, path), field];
  return {
    name: `${label}.${field}:required`,
    document: withValue(document, place, undefined),
    pointer: pointTo("", ...place),
    range: rangeOf(node.properties?.[field] ?? {}),
  };
}

function unknownField({ label, node, path }: Place): BrokenDocument {
  const document = wholeDocument();
  const place = [...placeIn(document, path), "no_such_field"];
  const known = Object.keys(node.properties ?? {});
  const all = path.length === 2 && label !== "http_route" ? ["name", ...known] : known;
  return {
    name: `${label}:unknown`,
    document: withValue(document, place, 1),
    pointer: pointTo("", ...place),
    value: 1,
    range: `one of: ${all.join(", ")}`,
  };
}

function brokenKeys({ label, path }: Place, node: JsonSchema): readonly BrokenDocument[] {
  const keywords = Object.keys(node).filter(
    (keyword) => !["description", "type"].includes(keyword),
  );
  return keywords.map((keyword) => {
    const key = String(BREAKERS[keyword]?.(node, null));
    const document = wholeDocument();
    const map = placeIn(document, path);
    const [member] = Object.values(valueAt(document, map) as object);
    const place = [...map, key];
    return {
      name: `${label}<key>:${keyword}`,
      document: withValue(document, place, member),
      pointer: pointTo("", ...place),
      value: cut(key),
      range: rangeOf(node),
    };
  });
}

function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    document,
  );
}

/** Changes the document in place; `undefined` removes. */
function withValue(document: object, path: Path, value: unknown): unknown {
  const parent = valueAt(document, path.slice(0, -1)) as Record<string | number, unknown>;
  const last = path.at(-1) ?? "";
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return document;
}
