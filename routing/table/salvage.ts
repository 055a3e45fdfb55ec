/** What can be read of an object that its schema refused, so that every other mistake in it is found as well. */
import type { z } from "zod";

/** Every field of every object may be missing. */
export type Salvaged<T> = T extends readonly (infer Item)[]
  ? Item extends object
    ? readonly Salvaged<Item>[]
    : T
  : T extends object
    ? { readonly [Key in keyof T]?: Salvaged<T[Key]> | undefined }
    : T;

/**
 * Field by field; a list of objects keeps its length, so that places in it still count; a list of anything else and a
 * map are kept whole or not at all.
 *
 * Cost: one parse of every text and number; what is inside one another is not parsed as a whole again.
 */
export function salvage<T>(schema: z.ZodType<T>, value: unknown): Salvaged<T> {
  return (readable(schema, value) ?? {}) as Salvaged<T>;
}

function readable(schema: z.core.$ZodType, value: unknown): unknown {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const isWrapped = def.type === "optional" || def.type === "default";
  if (isWrapped && value !== undefined) return readable(def.innerType, value);
  if (def.type === "object" && isRecord(value)) return fieldsOf(def.shape, value);
  if (def.type === "array" && Array.isArray(value) && isOfObjects(def.element)) {
    return value.map((item: unknown) => readable(def.element, item) ?? {});
  }
  const parsed = (schema as z.ZodType).safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

function fieldsOf(shape: z.core.$ZodShape, value: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(shape).flatMap(([field, schema]) => {
      const found = Object.hasOwn(value, field) ? value[field] : undefined;
      const read = readable(schema, found);
      return read === undefined ? [] : [[field, read]];
    }),
  );
}

const isOfObjects = (schema: z.core.$ZodType): boolean =>
  (schema as z.core.$ZodTypes)._zod.def.type === "object";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
