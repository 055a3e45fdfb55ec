/** The schema as plain JSON Schema: for OpenAPI, and for saying in words what a value may be. */
import { z } from "zod";
import { ROUTES_MAX } from "../limits.ts";
import { type Kind, SCHEMAS } from "./schema.ts";

/** The part of JSON Schema 2020-12 that this product's schema uses. */
export interface JsonSchema {
  readonly type?: "object" | "array" | "string" | "number" | "integer" | "boolean";
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** Without its dialect: nothing here depends on it. */
export const jsonSchemaOf = (schema: z.ZodType): JsonSchema => {
  const { $schema: _dialect, ...node } = z.toJSONSchema(schema, { io: "input" });
  return node as JsonSchema;
};

/** What an operator may write for one object of each kind. */
export const KIND_SCHEMAS: Readonly<Record<Kind, JsonSchema>> = {
  monitor: jsonSchemaOf(SCHEMAS.monitor),
  monitor_group: jsonSchemaOf(SCHEMAS.monitor_group),
  pool: jsonSchemaOf(SCHEMAS.pool),
  load_balancer: jsonSchemaOf(SCHEMAS.load_balancer),
  zone: jsonSchemaOf(SCHEMAS.zone),
  http_route: jsonSchemaOf(SCHEMAS.http_route),
};

/** A map name → object, where the key is the name, or a list of objects with `name`. */
const section = (kind: Kind): JsonSchema => {
  const named = KIND_SCHEMAS[kind];
  const required = (named.required ?? []).filter((field) => field !== "name");
  return {
    anyOf: [
      { type: "object", additionalProperties: { ...named, required } },
      { type: "array", items: { $ref: `#/$defs/${kind}` } },
    ],
  };
};

/** The whole document of `/v1/config` and of a configuration file. */
export const configSchema: JsonSchema = {
  type: "object",
  description: "The operators' document: YAML and JSON alike; references by name or by id.",
  properties: {
    monitors: section("monitor"),
    monitor_groups: section("monitor_group"),
    pools: section("pool"),
    load_balancers: section("load_balancer"),
    zones: section("zone"),
    http_routes: {
      type: "array",
      maxItems: ROUTES_MAX,
      items: { $ref: "#/$defs/http_route" },
      description: "Kubernetes manifests of kind HTTPRoute, gateway.networking.k8s.io/v1",
    },
  },
  additionalProperties: false,
  $defs: KIND_SCHEMAS,
};

/** The schema of the value at `path` inside one object; `null` where the schema says nothing. */
export function schemaAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema | null {
  let node: JsonSchema | undefined = schema;
  for (const segment of path) {
    const key = String(segment);
    if (node.items !== undefined) node = node.items;
    else if (node.properties !== undefined) {
      node = Object.hasOwn(node.properties, key) ? node.properties[key] : undefined;
    } else
      node = typeof node.additionalProperties === "object" ? node.additionalProperties : undefined;
    if (node === undefined) return null;
  }
  return node;
}

/** Formats whose pattern says less than their name. */
const FORMATS: Readonly<Record<string, string>> = { uri: "a URL", uuid: "a UUID" };

/** What a value may be, in words with the bounds: `a whole number 0..65535`, `one of: off, geo`. */
export function rangeOf(node: JsonSchema): string {
  if (node.enum !== undefined) {
    return `one of: ${node.enum.map((value) => (value === "" ? '""' : String(value))).join(", ")}`;
  }
  const format = FORMATS[node.format ?? ""];
  if (format !== undefined) return format;
  if (node.pattern !== undefined) return node.description ?? node.pattern;
  const bounds = (low?: number, high?: number) =>
    high === undefined ? (low === undefined ? "" : ` ≥ ${low}`) : ` ${low ?? 0}..${high}`;
  switch (node.type) {
    case "integer":
      return `a whole number${bounds(node.minimum, node.maximum)}`;
    case "number":
      return `a number${bounds(node.minimum, node.maximum)}`;
    case "string":
      return `a text of${bounds(node.minLength, node.maxLength)} characters`;
    case "array":
      return `a list of${bounds(node.minItems, node.maxItems)} items`;
    case "boolean":
      return "true or false";
    case "object":
      return "an object";
    default:
      return "any value";
  }
}
