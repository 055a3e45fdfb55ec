/** What a rule changes on the way to an endpoint and back, as it is in force: the rule's and the target's put together. */
import type { HeaderChanges } from "../http-route.ts";
import type { Forward } from "../match/action.ts";
import { balancedWords, short, type TargetWords } from "./words.ts";

export interface HeaderChange {
  readonly do: "set" | "add" | "remove";
  readonly name: string;
  readonly value: string | null;
}

/** Milliseconds; `none` = however long, `default` = the product's own. */
export type Limit = number | "none" | "default";

export interface Filters {
  /** Rewritten to; `null` = as it came. */
  readonly path: string | null;
  /** In `X-Forwarded-Host`; `null` = as it came. */
  readonly hostname: string | null;
  readonly request_headers: readonly HeaderChange[];
  readonly response_headers: readonly HeaderChange[];
  readonly cors: boolean;
  readonly mirrors: readonly (TargetWords & { readonly ratio: number })[];
  readonly request_ms: Limit;
  readonly try_ms: Limit;
  readonly tries_max: number;
}

/** Of each kind of change; a rule may list 16 of each, its target as many. */
const SHOWN_MAX = 32;

export const filtersOf = (forward: Forward): Filters => ({
  path: forward.path === null ? null : short(forward.path),
  hostname: forward.hostname,
  request_headers: changes(forward.requestHeaders),
  response_headers: changes(forward.responseHeaders),
  cors: forward.cors !== null,
  mirrors: forward.mirrors
    .slice(0, SHOWN_MAX)
    .map(({ balanced, ratio }) => ({ ...balancedWords(balanced), ratio })),
  request_ms: limit(forward.terms.requestMs),
  try_ms: limit(forward.terms.tryMs),
  tries_max: forward.terms.triesMax,
});

/** In the order in which they are applied. */
const changes = (lists: readonly HeaderChanges[]): readonly HeaderChange[] =>
  lists
    .flatMap(({ set, add, remove }): readonly HeaderChange[] => [
      ...set.map(({ name, value }) => ({ do: "set", name, value: short(value) }) as const),
      ...add.map(({ name, value }) => ({ do: "add", name, value: short(value) }) as const),
      ...remove.map((name) => ({ do: "remove", name, value: null }) as const),
    ])
    .slice(0, SHOWN_MAX);

/** JSON has no infinity. */
const limit = (ms: number | null): Limit => {
  if (ms === null) return "default";
  return Number.isFinite(ms) ? ms : "none";
};
