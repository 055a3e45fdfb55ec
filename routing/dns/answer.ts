/**
 * Endpoints as answers: addresses, or one name, or a policy over either, as far as the provider can say it.
 *
 * A name has addresses or a CNAME, never both, and a CNAME has one value. So endpoints that mix the two answer through their stable names where
 * the zone keeps them, and without those with the addresses alone.
 */
import type { Endpoint, Monitor, Pool } from "../model.ts";
import { readAddress } from "../table/address.ts";
import type { EndpointId } from "../units.ts";
import { type Abilities, canSay } from "./abilities.ts";
import type { Check, Member, RecordSet } from "./record.ts";
import { integerWeights } from "./weights.ts";

/** An endpoint that answers, with its share of the traffic. */
export interface Answerer {
  readonly endpoint: Endpoint;
  readonly pool: Pool;
  readonly weight: number;
}

export type Kind = "A" | "AAAA" | "CNAME";

export interface AnswerContext {
  readonly abilities: Abilities;
  readonly monitorOf: (pool: Pool) => Monitor | undefined;
  /** The name that stands for an endpoint given as an address; `null` where the zone keeps none. */
  readonly nameOf: (endpoint: Endpoint) => string | null;
}

export interface Answer {
  readonly sets: readonly Omit<RecordSet, "name" | "ttl">[];
  /** What was asked for and could not be said, with what is said instead. */
  readonly notes: readonly string[];
}

/** The types that these answer with: one CNAME, or A and AAAA. */
export function kindsOf(
  answerers: readonly Answerer[],
  { nameOf }: Pick<AnswerContext, "nameOf">,
): { readonly kinds: readonly Kind[]; readonly left: readonly Answerer[] } {
  const named = answerers.filter(({ endpoint }) => kindOf(endpoint) === "CNAME");
  if (named.length === 0) {
    const kinds = new Set(answerers.map(({ endpoint }) => kindOf(endpoint)));
    return { kinds: [...kinds].sort(), left: answerers };
  }
  const nameable = answerers.filter(
    ({ endpoint }) => kindOf(endpoint) === "CNAME" || nameOf(endpoint) !== null,
  );
  return { kinds: ["CNAME"], left: nameable };
}

export const kindOf = ({ address }: Endpoint): Kind => {
  const read = readAddress(address);
  if (!read.ok || read.value.kind === "name") return "CNAME";
  return read.value.kind === "ipv4" ? "A" : "AAAA";
};

/** As a record has it: an IPv6 address without the brackets of a URL. */
export const addressOf = ({ address }: Endpoint): string => {
  const read = readAddress(address);
  return (read.ok ? read.value.host : address).replace(/^\[|\]$/g, "");
};

/** The note on answerers that are not `left`. */
export const LEFT_OUT =
  "Endpoints given as addresses are left out beside endpoints given as names: a name cannot answer with both. Set endpoint_names, or write names.";

/** Everything that these endpoints come to at one name. */
export function answerOf(answerers: readonly Answerer[], context: AnswerContext): Answer {
  const { kinds, left } = kindsOf(answerers, context);
  const notes = left.length < answerers.length ? [LEFT_OUT] : [];
  const parts = kinds.map((kind) => setOf(kind, left, context));
  return {
    sets: parts.map(({ set }) => set),
    notes: [...new Set([...notes, ...parts.flatMap(({ notes: own }) => own)])],
  };
}

function setOf(
  kind: Kind,
  answerers: readonly Answerer[],
  context: AnswerContext,
): { readonly set: Omit<RecordSet, "name" | "ttl">; readonly notes: readonly string[] } {
  const those = answerers.filter(({ endpoint }) => kind === "CNAME" || kindOf(endpoint) === kind);
  const { abilities } = context;
  const values = [...new Set(those.map(({ endpoint }) => answerValue(kind, endpoint, context)))];
  const isEven = new Set(those.map(({ weight }) => weight)).size === 1;
  const wantsPolicy = values.length > 1 && (!isEven || kind === "CNAME" || abilities.checks);
  const hasShares = canSay(abilities, "weighted", kind);
  if (wantsPolicy && hasShares && those.length <= abilities.valuesMax) {
    return sharedSet(kind, those, context);
  }
  if (kind === "CNAME") {
    const best = those.reduce((a, b) => (b.weight > a.weight ? b : a));
    const notes =
      values.length > 1
        ? [
            `Of ${values.length} names only ${addressOf(best.endpoint)} is published: a CNAME has one value, and the provider has no shares.`,
          ]
        : [];
    return { set: { type: kind, values: [answerValue(kind, best.endpoint, context)] }, notes };
  }
  const kept = values.slice(0, abilities.valuesMax);
  const notes = [
    ...(isEven
      ? []
      : [
          `The provider has no shares${hasShares ? " of so many" : ""}: addresses are answered evenly.`,
        ]),
    ...(kept.length < values.length
      ? [`Of ${values.length} addresses ${kept.length} are published: the provider takes no more.`]
      : []),
  ];
  return { set: { type: kind, values: kept.sort() }, notes };
}

const answerValue = (kind: Kind, endpoint: Endpoint, { nameOf }: AnswerContext): string =>
  kind === "CNAME" && kindOf(endpoint) !== "CNAME"
    ? (nameOf(endpoint) ?? addressOf(endpoint))
    : addressOf(endpoint);

function sharedSet(
  kind: Kind,
  those: readonly Answerer[],
  context: AnswerContext,
): { readonly set: Omit<RecordSet, "name" | "ttl">; readonly notes: readonly string[] } {
  const weights = integerWeights(those.map(({ weight }) => weight));
  const made = those.map((answerer, at) => ({
    ...memberOf(kind, answerer, context),
    weight: weights[at] ?? 0,
  }));
  const { checkedMembersMax: max = Number.POSITIVE_INFINITY, checksIpv6ByTcp } = context.abilities;
  const checks = made.flatMap(({ check }) => (check === undefined ? [] : [check]));
  const isTooMuch = checks.length > max;
  const members = isTooMuch ? made.map(({ check: _check, ...member }) => member) : made;
  // The vendors' identifiers are unique in a set; the order of the document means nothing.
  const policy = {
    kind: "weighted",
    members: members.sort((a, b) => (a.id < b.id ? -1 : 1)),
  } as const;
  const notes = isTooMuch
    ? [
        `The provider checks at most ${max} endpoints of a name, and there are ${checks.length}: it checks none, and answers move with our own looks.`,
      ]
    : checks.length > 0 && kind === "AAAA" && checksIpv6ByTcp === true
      ? ["The provider asks IPv6 addresses for a connection only, not for a page."]
      : [];
  return { set: { type: kind, values: [], policy }, notes };
}

export function memberOf(kind: Kind, { endpoint, pool }: Answerer, context: AnswerContext): Member {
  const { abilities, monitorOf } = context;
  const check = abilities.checks ? checkOf(endpoint, monitorOf(pool), abilities) : null;
  return {
    id: memberId(endpoint.id),
    values: [answerValue(kind, endpoint, context)],
    ...(check === null ? {} : { check }),
  };
}

/** Twelve hex characters tell 10,000 endpoints apart; a whole id leaves no room for anything beside it. */
export const memberId = (id: EndpointId): string => `ep-${id.slice(0, 12)}`;

/** The monitor of the endpoint's pool, in what a provider's own check can ask; `null` without a monitor. */
function checkOf(
  endpoint: Endpoint,
  monitor: Monitor | undefined,
  { checksIpv6ByTcp }: Abilities,
): Check | null {
  if (monitor === undefined) return null;
  const isByTcp = checksIpv6ByTcp === true && kindOf(endpoint) === "AAAA";
  const standard = monitor.type === "https" || endpoint.scheme === "https" ? 443 : 80;
  return {
    protocol: isByTcp ? "tcp" : monitor.type,
    target: addressOf(endpoint),
    port: monitor.port || endpoint.port || standard,
    ...(isByTcp || monitor.type === "tcp" ? {} : { path: monitor.path }),
    interval: monitor.interval <= 10 ? 10 : 30,
    failures: Math.min(10, Math.max(1, monitor.consecutive_down || 3)),
  };
}
