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

/** Where an object of each kind stands in the whole document. */
const PLACES = {
  monitor: ["monitors", "web"],
  pool: ["pools", "eu"],
  load_balancer: ["load_balancers", "shop.example"],
  zone: ["zones", "example"],
} as const satisfies Record<Kind, readonly string[]>;

export const brokenDocuments = (): readonly BrokenDocument[] => [
  ...(Object.keys(PLACES) as Kind[]).flatMap((kind) => brokenObjects(kind)),
  ...brokenRules(),
];

type Path = readonly (string | number)[];

/** A node of the schema: its label for people, its schema, and where the whole document has it. */
interface Place {
  readonly label: string;
  readonly node: JsonSchema;
  readonly path: Path;
}

function brokenObjects(kind: Kind): readonly BrokenDocument[] {
  const schema = KIND_SCHEMAS[kind];
  const fields = Object.entries(schema.properties ?? {}).filter(([field]) => field !== "name");
  const root = { label: kind, node: schema, path: PLACES[kind] };
  return [
    ...brokenNames(kind, schema.properties?.["name"] ?? {}),
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
  const [key] = Object.keys(valueAt(wholeDocument(), path) as object);
  if (key === undefined) throw new Error(`the whole document has nothing in ${label}`);
  const member = { label: label + sign, node, path: [...path, sign === "[]" ? Number(key) : key] };
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
    const value = breaker(node, valueAt(wholeDocument(), path));
    const document = withValue(wholeDocument(), path, value);
    const pointer = pointTo("", ...path);
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
  return {
    name: `${label}.${field}:required`,
    document: withValue(wholeDocument(), [...path, field], undefined),
    pointer: pointTo("", ...path, field),
    range: rangeOf(node.properties?.[field] ?? {}),
  };
}

function unknownField({ label, node, path }: Place): BrokenDocument {
  const place = [...path, "no_such_field"];
  const known = Object.keys(node.properties ?? {});
  const all = path.length === 2 ? ["name", ...known] : known;
  return {
    name: `${label}:unknown`,
    document: withValue(wholeDocument(), place, 1),
    pointer: pointTo("", ...place),
    value: 1,
    range: `one of: ${all.join(", ")}`,
  };
}

function brokenKeys({ label, path }: Place, node: JsonSchema): readonly BrokenDocument[] {
  const keywords = Object.keys(node).filter(
    (keyword) => !["description", "type"].includes(keyword),
  );
  const [member] = Object.values(valueAt(wholeDocument(), path) as object);
  return keywords.map((keyword) => {
    const key = String(BREAKERS[keyword]?.(node, null));
    const place = [...path, key];
    return {
      name: `${label}<key>:${keyword}`,
      document: withValue(wholeDocument(), place, member),
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
