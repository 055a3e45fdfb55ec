/** One document, from a file or from `/v1/config`: into a frozen table, or into every reason why not. */
import { PROBLEMS_MAX } from "../limits.ts";
import type { Table } from "../model.ts";
import { ok, type Result, refuse } from "../result.ts";
import type { Ms, TableVersion } from "../units.ts";
import type { AddressPolicy } from "./address.ts";
import { buildTable } from "./build.ts";
import { shardProblems } from "./compile.ts";
import { type DraftTable, draftTable } from "./draft.ts";
import { endpointNameWarnings } from "./endpoint-name-warnings.ts";
import { asFetched } from "./endpoint-names.ts";
import { readEntries } from "./entries.ts";
import { hostsOf } from "./http-route/places.ts";
import { identify } from "./identity.ts";
import { plainJsonProblems } from "./plain-json.ts";
import type { Problem } from "./problem.ts";
import { ruleInput } from "./rule.ts";
import { RULES } from "./rules.ts";
import { warningsOf } from "./warnings.ts";

export interface ParseOptions {
  readonly account: string;
  /** The version that the table gets when it is accepted. */
  readonly version: TableVersion;
  /** The table in force, whose ids live on; `null` before the first. */
  readonly previous: Table | null;
  /** 32 lower-case hex characters, never twice the same. */
  readonly mint: () => string;
  readonly addresses: AddressPolicy;
  /** When a new route that does not say its age is called created. */
  readonly nowMs: Ms;
}

export interface Parsed {
  readonly table: Table;
  readonly warnings: readonly Problem[];
}

/**
 * Total: every value gets an answer. Refusal: every problem of the document, at most `PROBLEMS_MAX`.
 *
 * Cost: a few passes over the document; about a second for 8 MiB.
 */
export function parseDocument(
  document: unknown,
  options: ParseOptions,
): Result<Parsed, readonly Problem[]> {
  const unreadable = plainJsonProblems(document);
  if (unreadable.length > 0) return refuse(atMost(unreadable));
  const { entries, problems: misplaced } = readEntries(document);
  const { drafts, problems: malformed } = draftTable(entries);
  const identity = identify(drafts, options.previous);
  const input = ruleInput(drafts, identity, options.addresses, options.account);
  const broken = RULES.flatMap((rule) => rule.check(input));
  const problems = [...misplaced, ...malformed, ...broken];
  if (problems.length > 0) return refuse(atMost(problems));
  const table = buildTable(input, options);
  const { addresses, previous } = options;
  const tooLarge = shardProblems(asFetched(table, addresses), hostPointers(drafts));
  if (tooLarge.length > 0) return refuse(atMost(tooLarge));
  const ofNames = endpointNameWarnings({ drafts, table, previous, addresses });
  return ok({ table, warnings: atMost([...ofNames, ...warningsOf(input)]) });
}

/** Hostname → the load balancer or the first route that names it. */
function hostPointers({ routes, loadBalancers }: DraftTable): ReadonlyMap<string, string> {
  const pointers = new Map(loadBalancers.map(({ name, pointer }) => [name, pointer]));
  for (const route of routes) {
    for (const host of hostsOf(route)) {
      if (!pointers.has(host)) pointers.set(host, route.pointer);
    }
  }
  return pointers;
}

function atMost(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= PROBLEMS_MAX) return problems;
  const rest = problems.length - PROBLEMS_MAX + 1;
  const detail = `There are at least ${rest} more; these come first.`;
  return [...problems.slice(0, PROBLEMS_MAX - 1), { pointer: "", detail }];
}
