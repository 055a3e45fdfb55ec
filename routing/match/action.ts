/**
 * What a rule does with a request that it took: answer it, send it on changed, or fail it because no backend is there.
 *
 * Filters of the rule come before those of the backend that was chosen; of what can be only once (rewrite, CORS) the
 * backend's counts.
 */
import { DEFAULT_TERMS, type Terms, termsOf } from "../attempt/terms.ts";
import type { Backend, Cors, HeaderChanges, Mirror, Redirect, Rewrite } from "../http-route.ts";
import type { Criticality } from "../model.ts";
import type { Residency } from "../residency/places.ts";
import type { Rng } from "../rng.ts";
import type { Balanced, Shard } from "../snapshot.ts";
import type { Know } from "../steer/knowledge.ts";
import type { Ms } from "../units.ts";
import type { Matched } from "./candidate.ts";
import { corsHeaders, corsPreflight } from "./cors.ts";
import type { RequestFacts } from "./facts.ts";
import type { Kept } from "./kept.ts";
import { locationOf } from "./redirect.ts";
import { rewritePath } from "./rewrite.ts";
import { keptOf } from "./session-home.ts";
import { chooseBackend } from "./share.ts";
import { balancedOf } from "./target.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A copy of the request that goes there too; its answer is nobody's. */
export interface Copy {
  readonly balanced: Balanced;
  /** Share of the requests, 0..1. */
  readonly ratio: number;
}

/** Everything that is to be done on the way to an endpoint and back. */
export interface Forward {
  readonly balanced: Balanced;
  /** Without the query; `null` = as it came. */
  readonly path: string | null;
  /** What the endpoint is told that the visitor asked for; `null` = what the visitor asked for. */
  readonly hostname: string | null;
  readonly requestHeaders: readonly HeaderChanges[];
  readonly responseHeaders: readonly HeaderChanges[];
  readonly cors: Cors | null;
  readonly mirrors: readonly Copy[];
  readonly terms: Terms;
  /** `null`: the visitor may be answered by another endpoint every time. */
  readonly kept: Kept | null;
  /** By the route's word; `null` = the load balancer's counts. */
  readonly criticality: Criticality | null;
}

export type Action =
  | { readonly do: "answer"; readonly answer: Answer }
  | { readonly do: "forward"; readonly forward: Forward }
  | { readonly do: "fail"; readonly why: Failure };

/** `no-target`: the rule sends it to nothing that exists. `too-much-text`: more than the host's rules may look at. */
export type Failure = "no-target" | "too-much-text";

/** What is done with a request that no rule took. */
export const forwardTo = (balanced: Balanced): Forward => ({
  balanced,
  path: null,
  hostname: null,
  requestHeaders: [],
  responseHeaders: [],
  cors: null,
  mirrors: [],
  terms: DEFAULT_TERMS,
  kept: null,
  criticality: null,
});

/** Only operators say it: what a visitor says of his own request is not asked. Absent = `default`. */
export const criticalityOf = ({ balanced, criticality }: Forward): Criticality | undefined =>
  criticality ?? balanced.load_balancer.criticality;

/** Total: it never throws. `residency`: of the request's hostname, which binds routes too. */
export function actionOf(
  matched: Matched,
  facts: RequestFacts,
  shard: Shard,
  know: Know,
  nowMs: Ms,
  rng: Rng,
  residency?: Residency,
): Action {
  const { filters } = matched.rule;
  const preflight = filters.cors === undefined ? null : preflightOf(filters.cors, facts);
  if (preflight !== null) return { do: "answer", answer: preflight };
  if (filters.redirect !== undefined)
    return redirected(filters.redirect, filters.cors, facts, matched);
  const kept = keptOf(matched.rule, facts, shard, know, nowMs, residency);
  const backend = kept?.home?.backend ?? chooseBackend(matched.rule, rng());
  return backend === null
    ? { do: "fail", why: "no-target" }
    : toBackend(backend, matched, kept, facts, shard, residency);
}

function toBackend(
  backend: Backend,
  matched: Matched,
  kept: Kept | null,
  facts: RequestFacts,
  shard: Shard,
  residency: Residency | undefined,
): Action {
  const { rule, matchedPrefix } = matched;
  const [ofRule, own] = [rule.filters, backend.filters];
  const preflight = own.cors === undefined ? null : preflightOf(own.cors, facts);
  if (preflight !== null) return { do: "answer", answer: preflight };
  const cors = own.cors ?? ofRule.cors;
  if (own.redirect !== undefined) {
    return redirected(own.redirect, cors, facts, matched);
  }
  const balanced = balancedOf(shard, backend.target, residency);
  if (balanced === null) return { do: "fail", why: "no-target" };
  const rewrite: Rewrite = { ...ofRule.rewrite, ...own.rewrite };
  return {
    do: "forward",
    forward: {
      balanced,
      path:
        rewrite.path === undefined ? null : rewritePath(facts.path, rewrite.path, matchedPrefix),
      hostname: rewrite.hostname ?? null,
      requestHeaders: present(ofRule.requestHeaders, own.requestHeaders),
      responseHeaders: present(ofRule.responseHeaders, own.responseHeaders),
      cors: cors ?? null,
      mirrors: copiesOf([ofRule.mirrors, own.mirrors], shard, residency),
      terms: termsOf(rule),
      kept,
      criticality: matched.route.criticality ?? null,
    },
  };
}

function redirected(
  redirect: Redirect,
  cors: Cors | undefined,
  facts: RequestFacts,
  matched: Matched,
): Action {
  const port = facts.port ?? (facts.scheme === "https" ? 443 : 80);
  const location = locationOf(redirect, { ...facts, port }, matched.matchedPrefix);
  // A browser follows a redirect from another origin only when that is allowed too (Fetch, HTTP-redirect fetch).
  const allowed = cors === undefined ? {} : corsHeaders(cors, facts.headers["origin"]);
  const headers = { location, ...allowed };
  return { do: "answer", answer: { status: redirect.statusCode, headers, body: "" } };
}

/** A mirror that names nothing is left out: a copy that cannot be sent is nobody's loss. */
const copiesOf = (
  mirrors: readonly (readonly Mirror[])[],
  shard: Shard,
  residency: Residency | undefined,
): readonly Copy[] =>
  mirrors.flat().flatMap(({ target, ratio }): readonly Copy[] => {
    const balanced = balancedOf(shard, target, residency);
    return balanced === null ? [] : [{ balanced, ratio }];
  });

/** `null`: it is no preflight. */
function preflightOf(cors: Cors, { method, headers }: RequestFacts): Answer | null {
  const told = method === "OPTIONS" ? corsPreflight(cors, headers) : null;
  return told === null ? null : { status: 204, headers: told, body: "" };
}

const NONE: readonly HeaderChanges[] = [];

const present = (
  first: HeaderChanges | undefined,
  second: HeaderChanges | undefined,
): readonly HeaderChanges[] => {
  if (first === undefined) return second === undefined ? NONE : [second];
  return second === undefined ? [first] : [first, second];
};
