/**
 * The operations of an OpenAPI 3.0 description with their JSON Schemas. Objects with properties are closed; `allOf`
 * is read as one object of all the properties.
 */
import type { Operation, Schema } from "../strict.ts";

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Method {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

export interface OpenApi {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Method>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
  };
}

const KEPT = ["type", "format", "enum", "pattern", "minimum", "maximum", "minLength", "maxLength"];
const last = (ref: string) => ref.split("/").at(-1) ?? "";

export class OpenApiReader {
  readonly #document: OpenApi;

  constructor(document: OpenApi) {
    this.#document = document;
  }

  operation(operationId: string, permission: string, more: Partial<Operation> = {}): Operation {
    for (const [path, methods] of Object.entries(this.#document.paths))
      for (const [method, found] of Object.entries(methods))
        if (found.operationId === operationId)
          return { ...this.#operation(path, method, found), permission, ...more };
    throw new Error(`no operation ${operationId} in the description`);
  }

  #operation(path: string, method: string, found: Method): Omit<Operation, "permission"> {
    const parameters = (found.parameters ?? []).map((p) =>
      p.$ref === undefined ? p : (this.#document.components.parameters[last(p.$ref)] ?? p),
    );
    const object = (place: string): Schema => {
      const here = parameters.filter((p) => p.in === place);
      return {
        type: "object",
        properties: Object.fromEntries(here.map((p) => [p.name, this.#schema(p.schema)])),
        required: here.filter((p) => p.required).map((p) => p.name),
        additionalProperties: false,
      };
    };
    const [body] = Object.entries(found.requestBody?.content ?? {});
    const answer = Object.values(found.responses["200"]?.content ?? {})[0];
    return {
      id: found.operationId,
      method: method.toUpperCase(),
      path,
      params: object("path"),
      query: object("query"),
      ...(body && { body: { media: body[0], schema: this.#schema(body[1].schema) } }),
      ...(answer && { answer: this.#schema(answer.schema) }),
    };
  }

  /** References are replaced by what they name: this description has no circles. */
  #schema(schema: Schema): Schema {
    if (typeof schema["$ref"] === "string") {
      const found = this.#document.components.schemas[last(schema["$ref"])];
      if (found === undefined) throw new Error(`no schema ${schema["$ref"]} in the description`);
      return this.#schema(found);
    }
    const kept = Object.fromEntries(Object.entries(schema).filter(([key]) => KEPT.includes(key)));
    if (schema["items"]) return { ...kept, items: this.#schema(schema["items"] as Schema) };
    const bases = ((schema["allOf"] ?? []) as readonly Schema[]).map((base) => this.#schema(base));
    const own = Object.entries((schema["properties"] ?? {}) as Record<string, Schema>);
    const additional = schema["additionalProperties"];
    if (own.length + bases.length === 0) {
      if (typeof additional !== "object") return kept;
      return { ...kept, additionalProperties: this.#schema(additional as Schema) };
    }
    const properties = Object.fromEntries(own.map(([name, value]) => [name, this.#schema(value)]));
    return {
      type: "object",
      properties: Object.assign({}, ...bases.map((base) => base["properties"]), properties),
      required: [...bases, schema].flatMap((of) => (of["required"] ?? []) as readonly string[]),
      additionalProperties: false,
    };
  }
}
