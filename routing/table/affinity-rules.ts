/** Rules between the fields of session affinity: of a load balancer, and of what each of its rules makes of it. */
import { isOfTheEdge } from "../headers.ts";
import { AFFINITY_TTLS, type AffinityTerms } from "../match/affinity-terms.ts";
import type { Affinity } from "../model.ts";
import { headerItem } from "./affinity-fields.ts";
import type { OverridesFields } from "./balancer-rule/schema.ts";
import type { Draft } from "./draft.ts";
import { type Problem, pointTo } from "./problem.ts";
import { type Rule, repeated } from "./rule.ts";
import type { Salvaged } from "./salvage.ts";
import type { LoadBalancerFields } from "./schema.ts";

type Fields = Salvaged<Pick<LoadBalancerFields, keyof OverridesFields & `session_${string}`>>;
type Attributes = NonNullable<Fields["session_affinity_attributes"]>;

/** A load balancer, or one of its rules: what is written there, and what is in force by it. */
interface Scope {
  readonly pointer: string;
  readonly own: Fields;
  readonly affinity: Affinity | "";
  readonly attributes: Attributes;
}

function scopesOf({ pointer, fields }: Draft<"load_balancer">): readonly Scope[] {
  const scope = (own: Fields, place: string): Scope => ({
    pointer: place,
    own,
    affinity: own.session_affinity ?? fields.session_affinity ?? "none",
    attributes: own.session_affinity_attributes ?? fields.session_affinity_attributes ?? {},
  });
  return [
    scope(fields, pointer),
    ...(fields.rules ?? []).map(({ overrides = {} }, at) =>
      scope(overrides, pointTo(pointer, "rules", at, "overrides")),
    ),
  ];
}

const perScope = (name: string, check: (scope: Scope) => readonly Problem[]): Rule => ({
  name,
  check: ({ drafts }) => drafts.loadBalancers.flatMap(scopesOf).flatMap(check),
});

const ATTRIBUTES = "session_affinity_attributes";

/** A rule that says nothing of the affinity is not told what is wrong with the load balancer's. */
const saysSomething = ({ own }: Scope): boolean =>
  own.session_affinity !== undefined || own.session_affinity_attributes !== undefined;

const ttlInRange = perScope("affinity-ttl-in-range", ({ pointer, own, affinity }) => {
  const { session_affinity_ttl: ttl } = own;
  if (ttl === undefined || affinity === "none" || affinity === "") return [];
  const { min, max } = AFFINITY_TTLS[affinity satisfies AffinityTerms["by"]];
  if (ttl >= min && ttl <= max) return [];
  const detail = `With the session affinity \`${affinity}\` a session lasts ${min} to ${max} seconds, not ${ttl}.`;
  const range = `a whole number ${min}..${max}`;
  return [{ pointer: pointTo(pointer, "session_affinity_ttl"), detail, value: ttl, range }];
});

const headersNamed = perScope("affinity-headers-named", (scope) => {
  const { pointer, affinity, attributes } = scope;
  if (affinity !== "header" || !saysSomething(scope)) return [];
  if ((attributes.headers ?? []).length > 0) return [];
  const detail = "The session affinity `header` needs the names of the headers.";
  return [{ pointer: pointTo(pointer, ATTRIBUTES, "headers"), detail, range: "1..5 header names" }];
});

const headersOnce = perScope("affinity-headers-once", ({ pointer, own }) =>
  repeated(itemsOf(own), ({ item }) => headerItem(item)).map(({ item, first }) => ({
    pointer: pointTo(pointer, ATTRIBUTES, "headers", item.at),
    detail: `The header "${item.item}" is already at ${first.at}.`,
    value: item.item,
    range: "every header at most once",
  })),
);

const itemsOf = ({ session_affinity_attributes }: Fields) =>
  (session_affinity_attributes?.headers ?? []).map((item, at) => ({ item, at }));

/** Such a header is gone, or says what the edge says, when sessions are told apart. */
const headersNotOurs = perScope("affinity-headers-not-ours", ({ pointer, own }) =>
  itemsOf(own)
    .filter(({ item }) => isOfTheEdge(headerItem(item)))
    .map(({ item, at }) => ({
      pointer: pointTo(pointer, ATTRIBUTES, "headers", at),
      detail: `The header ${item} is dropped or written by the edge; for the visitor's address use \`ip_cookie\`.`,
      value: item,
      range: "a header that is not the edge's",
    })),
);

const stickyHasCookie = perScope("affinity-sticky-has-cookie", (scope) => {
  const { pointer, affinity, attributes } = scope;
  const { zero_downtime_failover: failover } = attributes;
  if (affinity !== "header" || failover !== "sticky" || !saysSomething(scope)) return [];
  const detail = "A session by headers cannot move: nothing travels with the visitor.";
  const place = pointTo(pointer, ATTRIBUTES, "zero_downtime_failover");
  return [{ pointer: place, detail, value: failover, range: "none, temporary or absent" }];
});

/** Browsers drop a cookie that is one without the other. */
const noneIsSecure = perScope("affinity-none-is-secure", ({ pointer, own }) => {
  const { samesite, secure } = own.session_affinity_attributes ?? {};
  if (samesite !== "None" || secure !== "Never") return [];
  const detail = "Browsers take a cookie with SameSite=None only when it is Secure.";
  const place = pointTo(pointer, ATTRIBUTES, "secure");
  return [{ pointer: place, detail, value: secure, range: "Auto or Always beside None" }];
});

export const AFFINITY_RULES: readonly Rule[] = [
  ttlInRange,
  headersNamed,
  headersOnce,
  headersNotOurs,
  stickyHasCookie,
  noneIsSecure,
];
