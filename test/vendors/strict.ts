/**
 * Validation of a request against what a vendor published: a table of operations with JSON Schemas for the
 * path, the query and the body. A request that fits none is told apart by how it fails, and every reason is
 * told at once; the vendor's server says it in the vendor's own error shape.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

export type Schema = Readonly<Record<string, unknown>>;
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface Operation {
  /** The vendor's name of it; calls are counted by it. */
  readonly id: string;
  readonly method: string;
  /** `/zones/{zone_id}`: a segment in braces is a parameter. */
  readonly path: string;
  /** What the vendor's access control calls the right to do it; a parameter of the path may be in braces. */
  readonly permission: string;
  readonly params?: Schema;
  /** The query as an object; values are strings, read as the schema's types. */
  readonly query?: Schema;
  readonly body?: { readonly media: string; readonly schema: Schema };
  /** The body of a good answer. The server checks its own answers, so that a client learns from true ones. */
  readonly answer?: Schema;
  /** Its answers list records, so faults of listings apply. */
  readonly lists?: boolean;
}

export interface Problem {
  /** A JSON pointer into the part of the request that is wrong. */
  readonly at: string;
  readonly why: string;
  /** The schema's keyword that was broken, such as `required`. */
  readonly keyword: string;
  /** The name of the field that is unknown or missing. */
  readonly field?: string;
}

export type Refusal =
  | { readonly kind: "no-route" }
  | { readonly kind: "wrong-method"; readonly allowed: readonly string[] }
  | { readonly kind: "media-type"; readonly found: string; readonly wanted: string }
  | { readonly kind: "not-json"; readonly why: string }
  | { readonly kind: "path" | "query" | "body"; readonly problems: readonly Problem[] };

export interface Received {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** A request that fits its operation. */
export interface Fitting {
  readonly params: Readonly<Record<string, string>>;
  readonly query: JsonObject;
  readonly body: Json;
}

interface Compiled {
  readonly operation: Operation;
  readonly pattern: RegExp;
  readonly params: Check;
  readonly query: Check;
  readonly body: Check;
  readonly answer: Check;
}

/** Why a value does not fit a schema; nothing when it does, or when there is no schema. */
type Check = (value: unknown) => readonly Problem[];

/** Fields that only say something to a reader of the schema. */
const VOCABULARY = ["xml", "example", "readOnly", "nullable", "externalDocs"];

/** Compiling a vendor's schemas takes most of a second, and all its servers have the same operations. */
const ALL = new WeakMap<readonly Operation[], readonly Compiled[]>();

function compile(operations: readonly Operation[]): readonly Compiled[] {
  const options = { allErrors: true, discriminator: true, strict: false, vocabulary: VOCABULARY };
  const bodies = new Ajv(options);
  const queries = new Ajv({ ...options, coerceTypes: "array" });
  for (const ajv of [bodies, queries]) addFormats.default(ajv);
  return operations.map((operation) => ({
    operation,
    pattern: patternOf(operation.path),
    params: checkOf(bodies, operation.params),
    query: checkOf(queries, operation.query ?? { additionalProperties: false }),
    body: checkOf(bodies, operation.body?.schema),
    answer: checkOf(bodies, operation.answer),
  }));
}

/** A schema is compiled when it is first needed: a test needs few of them. */
function checkOf(ajv: Ajv, schema: Schema | undefined): Check {
  let fits: ValidateFunction | undefined;
  return (value) => {
    if (schema === undefined) return [];
    fits ??= ajv.compile(schema);
    return fits(value) ? [] : problems(fits.errors);
  };
}

export class Strict {
  readonly #operations: readonly Compiled[];

  constructor(operations: readonly Operation[]) {
    this.#operations = ALL.get(operations) ?? compile(operations);
    ALL.set(operations, this.#operations);
  }

  /** The operation that the method and the path name. */
  route(received: Received): Operation | Refusal {
    const here = this.#operations.filter((c) => c.pattern.test(received.url.pathname));
    const found = here.find((c) => c.operation.method === received.method);
    if (found !== undefined) return found.operation;
    if (here.length === 0) return { kind: "no-route" };
    return { kind: "wrong-method", allowed: here.map((c) => c.operation.method) };
  }

  /** The permission that this request needs. */
  permission(operation: Operation, received: Received): string {
    const groups = this.#compiled(operation).pattern.exec(received.url.pathname)?.groups ?? {};
    return operation.permission.replace(/\{(\w+)\}/g, (all, name: string) => groups[name] ?? all);
  }

  fit(operation: Operation, received: Received): Fitting | Refusal {
    const compiled = this.#compiled(operation);
    const groups = compiled.pattern.exec(received.url.pathname)?.groups ?? {};
    const params: Record<string, string> = {};
    for (const [key, value] of Object.entries(groups)) {
      try {
        params[key] = decodeURIComponent(value);
      } catch {
        return {
          kind: "path",
          problems: [{ at: `/${key}`, why: "is not percent-encoded", keyword: "format" }],
        };
      }
    }
    const wrongPath = compiled.params(params);
    if (wrongPath.length > 0) return { kind: "path", problems: wrongPath };

    const query: Record<string, unknown> = {};
    for (const key of new Set(received.url.searchParams.keys())) {
      const all = received.url.searchParams.getAll(key);
      query[key] = all.length === 1 ? all[0] : all;
    }
    const wrongQuery = compiled.query(query);
    if (wrongQuery.length > 0) return { kind: "query", problems: wrongQuery };

    const body = this.#body(compiled, received);
    if (isRefusal(body)) return body;
    return { params, query: query as JsonObject, body: body.value };
  }

  /** Why an answer is not one the vendor could give; empty when it is. */
  unlike(operation: Operation, answer: Json): readonly Problem[] {
    return this.#compiled(operation).answer(answer);
  }

  #body(compiled: Compiled, received: Received): { readonly value: Json } | Refusal {
    const wanted = compiled.operation.body;
    if (wanted === undefined) {
      if (received.body === "") return { value: null };
      return { kind: "body", problems: [{ at: "", why: "takes no body", keyword: "body" }] };
    }
    const found = received.headers["content-type"] ?? "";
    if (!sameMedia(found, wanted.media)) return { kind: "media-type", found, wanted: wanted.media };
    let value: Json;
    try {
      value = wanted.media === FORM ? fromForm(received.body) : JSON.parse(received.body);
    } catch (error) {
      return { kind: "not-json", why: error instanceof Error ? error.message : String(error) };
    }
    const wrong = compiled.body(value);
    return wrong.length > 0 ? { kind: "body", problems: wrong } : { value };
  }

  #compiled(operation: Operation): Compiled {
    const found = this.#operations.find((c) => c.operation === operation);
    if (found === undefined) throw new Error(`${operation.id} is not an operation of this server`);
    return found;
  }
}

export const isRefusal = (value: object): value is Refusal => "kind" in value;

const FORM = "application/x-www-form-urlencoded";

/** The fields of a form; one that is there twice is a list. */
function fromForm(text: string): JsonObject {
  const form = new URLSearchParams(text);
  const fields = [...new Set(form.keys())].map((key) => [key, form.getAll(key)] as const);
  return Object.fromEntries(
    fields.map(([key, all]) => [key, all.length === 1 ? (all[0] ?? "") : all]),
  );
}

function patternOf(path: string): RegExp {
  const escaped = path.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
}

/** A media type with its parameters; only `charset=utf-8` may be added to what is wanted. */
function sameMedia(found: string, wanted: string): boolean {
  const parts = (text: string) =>
    text
      .toLowerCase()
      .split(";")
      .map((part) => part.trim().replaceAll('"', ""))
      .filter((part) => part !== "charset=utf-8");
  return parts(found).sort().join(";") === parts(wanted).sort().join(";");
}

function problems(errors: ValidateFunction["errors"]): readonly Problem[] {
  return (errors ?? []).map((error) => ({
    at: error.instancePath,
    why: error.message ?? error.keyword,
    keyword: error.keyword,
    ...fieldOf(error),
  }));
}

function fieldOf(error: ErrorObject): { readonly field?: string } {
  const { additionalProperty, missingProperty } = error.params as Record<string, unknown>;
  const field = additionalProperty ?? missingProperty;
  return typeof field === "string" ? { field } : {};
}
