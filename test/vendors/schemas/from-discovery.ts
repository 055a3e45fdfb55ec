/**
 * A Google discovery document as operations with JSON Schemas. Its objects are closed here: Google refuses an
 * unknown field ("Cannot find field"). Formats that are only hints for languages are left out, except that
 * whole numbers written as strings have to be such.
 */
import type { Operation, Schema } from "../strict.ts";

interface Method {
  readonly id: string;
  readonly httpMethod: string;
  readonly flatPath?: string;
  readonly path: string;
  readonly parameters?: Readonly<Record<string, Schema>>;
  readonly request?: { readonly $ref: string };
  readonly response?: { readonly $ref: string };
  readonly scopes: readonly string[];
}

interface Resource {
  readonly methods?: Readonly<Record<string, Method>>;
}

export interface Discovery {
  readonly parameters: Readonly<Record<string, Schema>>;
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly resources: Readonly<Record<string, Resource>>;
}

const HINTS = ["google-datetime", "google-duration", "google-fieldmask", "byte"];

/** A discovery schema as a JSON Schema with references into `#/$defs`. */
function convert(schema: Schema): Schema {
  const { $ref, type, format, properties, items, additionalProperties, required, ...rest } = schema;
  if (typeof $ref === "string") return { $ref: `#/$defs/${$ref}` };
  const kept = Object.fromEntries(
    Object.entries(rest).filter(([key]) => ["enum", "pattern", "minimum", "maximum"].includes(key)),
  );
  if (type === "object") {
    const own = Object.entries((properties ?? {}) as Record<string, Schema>);
    return {
      type,
      properties: Object.fromEntries(own.map(([name, value]) => [name, convert(value)])),
      additionalProperties: additionalProperties ? convert(additionalProperties as Schema) : false,
    };
  }
  if (type === "array") return { type, items: convert(items as Schema) };
  if (type === "string" && (format === "uint64" || format === "int64"))
    return { type, pattern: "^-?\\d+$" };
  if (format === "uint32") return { type, minimum: 0, maximum: 2 ** 32 - 1 };
  if (type === "any") return {};
  return { type, ...kept, ...(format && !HINTS.includes(String(format)) ? { format } : {}) };
}

/** The operation of a method id such as `dns.changes.create`; Google's permissions have the same names. */
export function operationOf(document: Discovery, id: string, lists = false): Operation {
  const [, resource, name] = id.split(".");
  const method = document.resources[resource ?? ""]?.methods?.[name ?? ""];
  if (method === undefined) throw new Error(`no method ${id} in the discovery document`);
  const $defs = Object.fromEntries(
    Object.entries(document.schemas).map(([key, value]) => [key, convert(value)]),
  );
  const own = Object.entries(method.parameters ?? {});
  const at = (location: string) => own.filter(([, value]) => value["location"] === location);
  const object = (entries: readonly (readonly [string, Schema])[]): Schema => ({
    type: "object",
    properties: Object.fromEntries(entries.map(([key, value]) => [key, convert(value)])),
    required: entries.filter(([, value]) => value["required"] === true).map(([key]) => key),
    additionalProperties: false,
  });
  const whole = ({ $ref }: { readonly $ref: string }): Schema => ({
    $ref: `#/$defs/${$ref}`,
    $defs,
  });
  return {
    id,
    method: method.httpMethod,
    path: `/${method.flatPath ?? method.path}`,
    permission: id,
    params: object(at("path")),
    query: object([...at("query"), ...Object.entries(document.parameters)]),
    ...(method.request && { body: { media: "application/json", schema: whole(method.request) } }),
    ...(method.response && { answer: whole(method.response) }),
    lists,
  };
}
