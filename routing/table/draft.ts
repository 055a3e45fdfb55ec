/** One object after the schema has seen it: what could be read, field by field, even when others were wrong. */
import type { z } from "zod";
import { type Entry, isObject, withoutNulls } from "./entries.ts";
import { normaliseHostname } from "./hostname.ts";
import { problemsOf } from "./issues.ts";
import { KIND_SCHEMAS } from "./json-schema.ts";
import { type Problem, pointTo } from "./problem.ts";
import {
  type EndpointFields,
  endpointSchema,
  type FieldsOf,
  type Kind,
  SCHEMAS,
} from "./schema.ts";
import { unobeyedProblems } from "./unobeyed.ts";

export interface Draft<K extends Kind> {
  readonly kind: K;
  readonly pointer: string;
  readonly namePointer: string;
  /** As it is stored and looked up; empty when it was not even text. */
  readonly name: string;
  /** What the schema accepted; cross-field rules look at these, so that every problem is found at once. */
  readonly fields: Partial<FieldsOf[K]>;
  /** Everything, when the schema accepted everything. */
  readonly complete: FieldsOf[K] | null;
}

export interface EndpointDraft {
  readonly pointer: string;
  readonly fields: Partial<EndpointFields>;
}

export interface PoolDraft extends Draft<"pool"> {
  readonly endpoints: readonly EndpointDraft[];
}

export interface DraftTable {
  readonly monitors: readonly Draft<"monitor">[];
  readonly pools: readonly PoolDraft[];
  readonly loadBalancers: readonly Draft<"load_balancer">[];
  readonly zones: readonly Draft<"zone">[];
}

/** Runs the schema over the entries. Cost: one parse each, one more per field of those that fail. */
export function draftTable(entries: readonly Entry[]): {
  readonly drafts: DraftTable;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const draftsOf = <K extends Kind>(kind: K): readonly Draft<K>[] =>
    entries.filter((entry) => entry.kind === kind).map((entry) => draft(kind, entry, problems));
  const poolDraft = (entry: Entry): PoolDraft => ({
    ...draft("pool", entry, problems),
    endpoints: endpointDrafts(entry, problems),
  });
  const drafts = {
    monitors: draftsOf("monitor"),
    pools: entries
      .filter(({ kind }) => kind === "pool")
      .map(withCleanOrigins)
      .map(poolDraft),
    loadBalancers: draftsOf("load_balancer"),
    zones: draftsOf("zone"),
  };
  return { drafts, problems };
}

function draft<K extends Kind>(kind: K, entry: Entry, problems: Problem[]): Draft<K> {
  const { body, pointer, namePointer } = entry;
  problems.push(...unobeyedProblems(kind, body, pointer));
  const schema: z.ZodObject = SCHEMAS[kind];
  const parsed = schema.safeParse(body);
  const place = { kind, pointer, namePointer, name: nameOf(kind, body["name"]) };
  if (parsed.success) {
    const complete = parsed.data as FieldsOf[K];
    return { ...place, fields: complete, complete };
  }
  const found = problemsOf(parsed.error.issues, body, pointer, KIND_SCHEMAS[kind]);
  problems.push(...found.map((problem) => atName(problem, entry)));
  return { ...place, fields: salvage(schema, body) as Partial<FieldsOf[K]>, complete: null };
}

const nameOf = (kind: Kind, name: unknown): string => {
  if (typeof name !== "string") return "";
  return kind === "load_balancer" || kind === "zone" ? normaliseHostname(name) : name;
};

/** A name that is a map's key is wrong where the key stands. */
const atName = (problem: Problem, { pointer, namePointer }: Entry): Problem =>
  problem.pointer === pointTo(pointer, "name") ? { ...problem, pointer: namePointer } : problem;

/** The fields that pass on their own. */
function salvage(schema: z.ZodObject, body: Entry["body"]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.shape).flatMap(([field, fieldSchema]) => {
      const parsed = (fieldSchema as z.ZodType).safeParse(
        Object.hasOwn(body, field) ? body[field] : undefined,
      );
      return parsed.success && parsed.data !== undefined ? [[field, parsed.data]] : [];
    }),
  );
}

const withCleanOrigins = (entry: Entry): Entry => {
  const { origins } = entry.body;
  if (!Array.isArray(origins)) return entry;
  const clean = origins.map((origin: unknown) =>
    isObject(origin) ? withoutNulls(origin) : origin,
  );
  return { ...entry, body: { ...entry.body, origins: clean } };
};

function endpointDrafts(entry: Entry, problems: Problem[]): readonly EndpointDraft[] {
  const { origins } = entry.body;
  if (!Array.isArray(origins)) return [];
  return origins.map((origin: unknown, at) => {
    const pointer = pointTo(entry.pointer, "origins", at);
    if (!isObject(origin)) return { pointer, fields: {} };
    problems.push(...unobeyedProblems("endpoint", origin, pointer));
    const parsed = endpointSchema.safeParse(origin);
    const fields = parsed.success ? parsed.data : salvage(endpointSchema, origin);
    return { pointer, fields: fields as Partial<EndpointFields> };
  });
}
