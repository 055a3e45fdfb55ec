/** From a document's sections, each a map or a list, to one list of named objects that know where they stood. */
import {
  LOAD_BALANCERS_MAX,
  MONITOR_GROUPS_MAX,
  MONITORS_MAX,
  POOLS_MAX,
  ROUTES_MAX,
  ZONES_MAX,
} from "../limits.ts";
import { closest } from "./closest.ts";
import { withoutNulls, withoutNullsBut } from "./nulls.ts";
import { cut, type Problem, pointTo } from "./problem.ts";
import type { Kind } from "./schema.ts";
import { DEFAULT_PUBLISH } from "./zone/synced.ts";

export interface Entry {
  readonly kind: Kind;
  readonly pointer: string;
  /** With its `name`, wherever that was written, and a manifest as it is; without the fields that were `null`. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Where the name was written. */
  readonly namePointer: string;
}

export const SECTIONS = {
  monitors: { kind: "monitor", max: MONITORS_MAX },
  monitor_groups: { kind: "monitor_group", max: MONITOR_GROUPS_MAX },
  pools: { kind: "pool", max: POOLS_MAX },
  load_balancers: { kind: "load_balancer", max: LOAD_BALANCERS_MAX },
  zones: { kind: "zone", max: ZONES_MAX },
  http_routes: { kind: "http_route", max: ROUTES_MAX },
} as const satisfies Record<string, { kind: Kind; max: number }>;

export interface Entries {
  readonly entries: readonly Entry[];
  readonly problems: readonly Problem[];
}

/** Reads plain JSON. What is not an entry is a problem; the entries are read on regardless. */
export function readEntries(document: unknown): Entries {
  if (!isObject(document)) {
    return { entries: [], problems: [mistyped("", document, "an object with monitors, pools …")] };
  }
  const sections = Object.entries(SECTIONS).map(([section, { kind, max }]) =>
    readSection(document[section], `/${section}`, kind, max),
  );
  return {
    entries: sections.flatMap((read) => read.entries),
    problems: [...unknownSections(document), ...sections.flatMap((read) => read.problems)],
  };
}

function readSection(section: unknown, pointer: string, kind: Kind, max: number): Entries {
  if (section === undefined || section === null) return { entries: [], problems: [] };
  const isMap = isObject(section) && kind !== "http_route";
  if (!isMap && !Array.isArray(section)) {
    const range = kind === "http_route" ? MANIFESTS_RANGE : SECTION_RANGE;
    return { entries: [], problems: [mistyped(pointer, section, range)] };
  }
  const members = Object.entries(section);
  if (members.length > max) {
    const detail = `There are ${members.length} here; one account may have ${max}.`;
    return {
      entries: [],
      problems: [{ pointer, detail, value: members.length, range: `0..${max}` }],
    };
  }
  const reads = members.map(([key, body]) =>
    kind === "http_route"
      ? readManifest(body, pointTo(pointer, key))
      : readEntry(kind, body, pointTo(pointer, key), isMap ? key : null),
  );
  return {
    entries: reads.flatMap((read) => ("body" in read ? [read] : [])),
    problems: reads.flatMap((read) => ("body" in read ? [] : [read])),
  };
}

const SECTION_RANGE = "a map of names to objects, or a list of objects with `name`";
const MANIFESTS_RANGE = "a list of Kubernetes manifests of kind HTTPRoute";

function readManifest(found: unknown, pointer: string): Entry | Problem {
  if (!isObject(found)) return mistyped(pointer, found, "an object");
  const namePointer = pointTo(pointer, "metadata", "name");
  return { kind: "http_route", pointer, body: withoutNulls(found), namePointer };
}

/** `key` is the name in a map, where a body of `null` (YAML's `name:`) is an object of defaults. */
function readEntry(
  kind: Kind,
  found: unknown,
  pointer: string,
  key: string | null,
): Entry | Problem {
  const body = found === null && key !== null ? {} : found;
  if (!isObject(body)) return mistyped(pointer, body, "an object");
  const present =
    kind === "zone" ? withoutNullsBut(body, "publish", DEFAULT_PUBLISH) : withoutNulls(body);
  const inBody = present["name"] !== undefined || key === null;
  if (key !== null && inBody && present["name"] !== key) {
    const detail = `The name here and the key "${key}" differ; leave the name out.`;
    return {
      pointer: pointTo(pointer, "name"),
      detail,
      value: cut(present["name"]),
      range: `"${key}" or absent`,
    };
  }
  const named = inBody ? present : { ...present, name: key };
  return { kind, pointer, body: named, namePointer: inBody ? pointTo(pointer, "name") : pointer };
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const mistyped = (pointer: string, value: unknown, range: string): Problem => ({
  pointer,
  detail: `This must be ${range}.`,
  value: cut(value),
  range,
});

function unknownSections(document: Readonly<Record<string, unknown>>): readonly Problem[] {
  const known = Object.keys(SECTIONS);
  return Object.keys(document)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      pointer: pointTo("", key),
      detail: `\`${key}\` is not a known field${closest(key, known)}`,
      value: cut(document[key]),
      range: `one of: ${known.join(", ")}`,
    }));
}
