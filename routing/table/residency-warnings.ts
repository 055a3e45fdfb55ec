/** Whom a residency leaves out although a document names it. */
import type { Residency } from "../residency/places.ts";
import type { Draft, EndpointDraft, PoolDraft } from "./draft.ts";
import { hostsOf, rulesOf } from "./http-route/places.ts";
import { referencesIn } from "./http-route/warnings.ts";
import { type Problem, pointTo } from "./problem.ts";
import { isWithin } from "./residency-rules.ts";
import type { RuleInput } from "./rule.ts";
import { poolReferences } from "./steering-rules.ts";

export const residencyWarnings = (input: RuleInput): readonly Problem[] => [
  ...input.drafts.pools.flatMap(leftOut),
  ...input.drafts.loadBalancers.flatMap((one) => poolsWithout(one, input)),
  ...input.drafts.routes.flatMap((route) => routedOutside(route, input)),
];

const NAMES_SHOWN_MAX = 10;

function leftOut({ pointer, fields: { residency }, endpoints }: PoolDraft): readonly Problem[] {
  const outside = endpoints.filter((one) => !isWithin(residency, one));
  if (outside.length === 0) return [];
  const names = outside.slice(0, NAMES_SHOWN_MAX).map(({ fields }) => fields.name ?? "");
  const rest = outside.length > names.length ? ` and ${outside.length - names.length} more` : "";
  const detail = `${outside.length} of ${endpoints.length} endpoints are not known to be in these places and will never be used: ${names.join(", ")}${rest}.`;
  return [{ pointer: pointTo(pointer, "residency"), detail, value: residency }];
}

/** Each pool once, where it is first named. */
function poolsWithout(
  loadBalancer: Draft<"load_balancer">,
  { pools }: RuleInput,
): readonly Problem[] {
  const { residency } = loadBalancer.fields;
  if (residency === undefined) return [];
  const seen = new Set<PoolDraft>();
  return poolReferences(loadBalancer).flatMap(({ reference, pointer }) => {
    const pool = pools.find(reference);
    if (pool === null || seen.has(pool)) return [];
    seen.add(pool);
    return lacking(pool, residency, loadBalancer.name, pointer, reference);
  });
}

/** `value`: what stands at the pointer. */
function lacking(
  pool: PoolDraft,
  residency: Residency,
  host: string,
  pointer: string,
  value: string,
): readonly Problem[] {
  const outside = pool.endpoints.filter((endpoint) => !isServing(endpoint, pool, residency));
  if (outside.length === 0) return [];
  const whole = outside.length === pool.endpoints.length;
  const what = whole ? "No endpoint" : "Only a part of the endpoints";
  const detail = `${what} of the pool "${pool.name}" may serve ${host}, which is for ${residency.join(", ")}: ${outside.length} of ${pool.endpoints.length} are elsewhere or nobody knows where, and will never be used for it.`;
  return [{ pointer, detail, value }];
}

const isServing = (endpoint: EndpointDraft, { fields }: PoolDraft, residency: Residency): boolean =>
  isWithin(fields.residency, endpoint) && isWithin(residency, endpoint);

/** A route takes a hostname's requests to a pool that may not serve them. A wildcard's are not looked at. */
function routedOutside(
  route: Draft<"http_route">,
  { loadBalancers, pools }: RuleInput,
): readonly Problem[] {
  const bound = hostsOf(route).flatMap((host) => {
    const residency = loadBalancers.find(host)?.fields.residency;
    return residency === undefined ? [] : [{ host, residency }];
  });
  if (bound.length === 0) return [];
  return rulesOf(route)
    .flatMap(referencesIn)
    .flatMap(({ pointer, fields: { kind = "Pool", name = "" } }) => {
      const pool = kind === "Pool" ? pools.find(name) : null;
      if (pool === null) return [];
      return bound
        .flatMap(({ host, residency }) =>
          lacking(pool, residency, host, pointTo(pointer, "name"), name),
        )
        .slice(0, 1);
    });
}
