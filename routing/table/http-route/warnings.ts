/** What a valid manifest may say and an edge outside Kubernetes takes in another way. */
import { TRIES_MAX } from "../../limits.ts";
import type { Draft } from "../draft.ts";
import { normaliseHostname } from "../hostname.ts";
import { type Problem, pointTo } from "../problem.ts";
import type { RuleInput } from "../rule.ts";
import { filterListsOf, matchesOf, type Placed, rulesOf } from "./places.ts";
import type { BackendReferenceFields, MatchFields, RouteRuleFields } from "./schema.ts";

type Route = Draft<"http_route">;

/** Every route has passed every rule when this is asked. */
export function routeWarnings(input: RuleInput): readonly Problem[] {
  const { routes } = input.drafts;
  const rules = routes.flatMap(rulesOf);
  const references = rules.flatMap(referencesIn);
  return [
    ...first(routes, parentRefs),
    ...first(references, ignoredParts),
    ...references.flatMap((reference) => unknownTarget(reference, input)),
    ...rules.flatMap(attemptsBeyond),
    ...rules.flatMap(matchesOf).flatMap(equivalentHeaders),
  ];
}

/** Of notes that say the same of every manifest, the first: a thousand alike would hide the rest. */
function first<T>(items: readonly T[], note: (item: T) => Problem | null): readonly Problem[] {
  for (const item of items) {
    const found = note(item);
    if (found !== null) return [found];
  }
  return [];
}

function parentRefs({ pointer, complete }: Route): Problem | null {
  if (complete?.spec.parentRefs === undefined) return null;
  const detail =
    "There are no Gateways here: `parentRefs` are ignored, and a route answers for its hostnames.";
  return { pointer: pointTo(pointer, "spec", "parentRefs"), detail };
}

/** Those of backends and of mirrors. */
export function referencesIn(
  rule: Placed<RouteRuleFields>,
): readonly Placed<BackendReferenceFields>[] {
  const backends = (rule.fields.backendRefs ?? []).map((fields, at) => ({
    pointer: pointTo(rule.pointer, "backendRefs", at),
    fields,
  }));
  const mirrors = filterListsOf(rule)
    .flat()
    .flatMap(({ pointer, fields }) => {
      const reference = fields.requestMirror?.backendRef;
      const place = pointTo(pointer, "requestMirror", "backendRef");
      return reference === undefined ? [] : [{ pointer: place, fields: reference }];
    });
  return [...backends, ...mirrors];
}

function ignoredParts({ pointer, fields }: Placed<BackendReferenceFields>): Problem | null {
  const part = (["port", "namespace"] as const).find((field) => fields[field] !== undefined);
  if (part === undefined) return null;
  const detail = `The \`${part}\` of a reference is ignored: a pool's endpoints say their own ports, and pools have no namespace.`;
  return { pointer: pointTo(pointer, part), detail, value: fields[part] };
}

function unknownTarget(
  { pointer, fields }: Placed<BackendReferenceFields>,
  { pools, loadBalancers }: RuleInput,
): readonly Problem[] {
  const { kind = "Pool", name = "" } = fields;
  const lookup = kind === "Pool" ? pools : kind === "LoadBalancer" ? loadBalancers : null;
  const reference = kind === "LoadBalancer" ? normaliseHostname(name) : name;
  if (lookup !== null) {
    const isThere = lookup.find(reference) !== null;
    return isThere ? [] : [lost(lookup.dangling(name, pointTo(pointer, "name")))];
  }
  const detail = `There is nothing of kind "${kind}" here.`;
  const place = pointTo(pointer, "kind");
  return [lost({ pointer: place, detail, value: kind, range: "Pool or LoadBalancer" })];
}

const lost = (problem: Problem): Problem => ({
  ...problem,
  detail: `${problem.detail} Its share of requests is answered 500.`,
});

function attemptsBeyond({ pointer, fields }: Placed<RouteRuleFields>): readonly Problem[] {
  const { attempts = 0 } = fields.retry ?? {};
  if (attempts < TRIES_MAX) return [];
  const detail = `A request is tried at most ${TRIES_MAX} times, whatever \`attempts\` says, and only within the retry budget.`;
  const place = pointTo(pointer, "retry", "attempts");
  return [{ pointer: place, detail, value: attempts, range: `1..${TRIES_MAX - 1}` }];
}

function equivalentHeaders({ pointer, fields }: Placed<MatchFields>): readonly Problem[] {
  const names = new Set<string>();
  return (fields.headers ?? []).flatMap(({ name = "" }, at) => {
    const lower = name.toLowerCase();
    if (!names.has(lower)) {
      names.add(lower);
      return [];
    }
    const detail = `The header ${name} is already matched in another spelling; only the first counts.`;
    return [{ pointer: pointTo(pointer, "headers", at, "name"), detail, value: name }];
  });
}
