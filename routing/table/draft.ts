/** One object after the schema has seen it: what could be read, field by field, even when others were wrong. */
import type { z } from "zod";
import { type Entry, isObject } from "./entries.ts";
import { normaliseHostname } from "./hostname.ts";
import { idOfUid, routeName } from "./http-route/name.ts";
import { problemsOf } from "./issues.ts";
import { KIND_SCHEMAS } from "./json-schema.ts";
import { type Problem, pointTo } from "./problem.ts";
import { type Salvaged, salvage } from "./salvage.ts";
import {
  type EndpointFields,
  endpointSchema,
  type FieldsOf,
  type Kind,
  SCHEMAS,
} from "./schema.ts";
import { unobeyedIn } from "./unobeyed-places.ts";

export interface Draft<K extends Kind> {
  readonly kind: K;
  readonly pointer: string;
  readonly namePointer: string;
  /** As it is stored and looked up; empty when it was not even text. A route's is `namespace/name`. */
  readonly name: string;
  /** The id that it brings. */
  readonly id: string | undefined;
  readonly idPointer: string;
  /** What the schema accepted; cross-field rules look at these, so that every problem is found at once. */
  readonly fields: Salvaged<FieldsOf[K]>;
  /** Everything, when the schema accepted everything. */
  readonly complete: FieldsOf[K] | null;
}

export interface EndpointDraft {
  readonly pointer: string;
  readonly fields: Salvaged<EndpointFields>;
}

export interface PoolDraft extends Draft<"pool"> {
  readonly endpoints: readonly EndpointDraft[];
}

export interface DraftTable {
  readonly monitors: readonly Draft<"monitor">[];
  readonly monitorGroups: readonly Draft<"monitor_group">[];
  readonly pools: readonly PoolDraft[];
  readonly loadBalancers: readonly Draft<"load_balancer">[];
  readonly zones: readonly Draft<"zone">[];
  readonly routes: readonly Draft<"http_route">[];
}

/** Runs the schema over the entries. Cost: one parse each, a few more for what is wrong in those that fail. */
export function draftTable(entries: readonly Entry[]): {
  readonly drafts: DraftTable;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const draftsOf = <K extends Kind>(kind: K): readonly Draft<K>[] =>
    entries.filter((entry) => entry.kind === kind).map((entry) => draft(kind, entry, problems));
  const poolDraft = (entry: Entry): PoolDraft => ({
    ...draft("pool", entry, problems),
    endpoints: endpointDrafts(entry),
  });
  const drafts = {
    monitors: draftsOf("monitor"),
    monitorGroups: draftsOf("monitor_group"),
    pools: entries.filter(({ kind }) => kind === "pool").map(poolDraft),
    loadBalancers: draftsOf("load_balancer"),
    zones: draftsOf("zone"),
    routes: draftsOf("http_route"),
  };
  return { drafts, problems };
}

function draft<K extends Kind>(kind: K, entry: Entry, problems: Problem[]): Draft<K> {
  const { body, pointer, namePointer } = entry;
  problems.push(...unobeyedIn(kind, body, pointer));
  const schema = SCHEMAS[kind] as unknown as z.ZodType<FieldsOf[K]>;
  const parsed = schema.safeParse(body);
  const place = { kind, pointer, namePointer };
  if (parsed.success) {
    const complete = parsed.data;
    return { ...place, ...identityOf(entry), fields: complete as Salvaged<FieldsOf[K]>, complete };
  }
  const found = problemsOf(parsed.error.issues, body, pointer, KIND_SCHEMAS[kind]);
  problems.push(...found.map((problem) => atName(problem, entry)));
  return { ...place, ...identityOf(entry), fields: salvage(schema, body), complete: null };
}

function identityOf({
  kind,
  body,
  pointer,
}: Entry): Pick<Draft<Kind>, "name" | "id" | "idPointer"> {
  if (kind === "http_route") {
    const metadata = isObject(body["metadata"]) ? body["metadata"] : {};
    return {
      name: routeName(metadata),
      id: idOfUid(metadata["uid"]),
      idPointer: pointTo(pointer, "metadata", "uid"),
    };
  }
  const { name, id } = body;
  const isHost = kind === "load_balancer" || kind === "zone";
  const text = typeof name === "string" ? name : "";
  return {
    name: isHost ? normaliseHostname(text) : text,
    id: typeof id === "string" && SCHEMAS.zone.shape.id.safeParse(id).success ? id : undefined,
    idPointer: pointTo(pointer, "id"),
  };
}

/** A name that is a map's key is wrong where the key stands. */
const atName = (problem: Problem, { pointer, namePointer }: Entry): Problem =>
  problem.pointer === pointTo(pointer, "name") ? { ...problem, pointer: namePointer } : problem;

function endpointDrafts(entry: Entry): readonly EndpointDraft[] {
  const { origins } = entry.body;
  if (!Array.isArray(origins)) return [];
  return origins.map((origin: unknown, at) => ({
    pointer: pointTo(entry.pointer, "origins", at),
    fields: salvage(endpointSchema, origin),
  }));
}
