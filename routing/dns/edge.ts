/** The edge as an answer, and the endpoints behind it as what answers while it does not. */
import { type Abilities, canSay } from "./abilities.ts";
import type { Answer } from "./answer.ts";
import { type Check, valuesOf } from "./record.ts";
import type { ZoneSync } from "./zone.ts";

/** What the provider's checks ask the edge, by the hostname's own name, when nobody says otherwise. */
const EDGE_HEALTH = { protocol: "https", port: 443, path: "/.tw/healthz" } as const;

export interface Reach {
  readonly abilities: Abilities;
  /** Whether the edge answers for the hostname, as we see it; asked only where the provider has no checks. */
  readonly isUp: () => boolean;
  /** As the zone's entry has it; absent = asked as visitors ask. */
  readonly edge?: ZoneSync["edge"];
}

/**
 * The edge's own answer: its name, and where that cannot stand or cannot be failed over from, its addresses. `null` where the apex would need addresses that
 * nobody gave.
 */
export function edgeAnswer(
  name: string,
  { edge, domain }: Pick<ZoneSync, "edge" | "domain">,
  abilities: Abilities,
  wantsFailover = false,
): Answer | null {
  const addresses = edge?.addresses ?? [];
  const canBeName = edge !== undefined && (name !== domain || abilities.apexCname);
  const isBetter =
    wantsFailover &&
    addresses.length > 0 &&
    canFailOver(abilities, "A") &&
    !canFailOver(abilities, "CNAME");
  if (canBeName && !isBetter) {
    return { sets: [{ type: "CNAME", values: [edge.name] }], notes: [] };
  }
  const byType = (type: "A" | "AAAA") => {
    const values = addresses.filter((address) => address.includes(":") === (type === "AAAA"));
    return values.length === 0 ? [] : [{ type, values: [...values].sort() }];
  };
  const sets = [...byType("A"), ...byType("AAAA")];
  return sets.length === 0 ? null : { sets, notes: [] };
}

/** The edge and the name aside, by the provider's check or by ours. */
export function joinedNames(name: string, aside: string, edge: Answer, reach: Reach): Answer {
  const values = edge.sets[0]?.values ?? [];
  if (canFailOver(reach.abilities, "CNAME")) {
    const policy = {
      kind: "failover",
      primary: { id: "edge", values, check: namedCheck(name, values[0] ?? "", reach) },
      secondary: { id: "direct", values: [aside] },
    } as const;
    return { sets: [{ type: "CNAME", values: [], policy }], notes: edge.notes };
  }
  const isUp = reach.isUp();
  return {
    sets: [{ type: "CNAME", values: isUp ? values : [aside] }],
    notes: [...edge.notes, SWITCHED_BY_US],
  };
}

/**
 * The same over addresses, type by type: a type that the edge lacks is not published, or it would answer while the edge is up, and one that the
 * endpoints lack is taken out while we call the edge down, or it would go on leading there.
 */
export function joinedAddresses(name: string, edge: Answer, direct: Answer, reach: Reach): Answer {
  const isChecked = canFailOver(reach.abilities, "A");
  const joined = edge.sets.map((primary) => {
    const secondary = direct.sets.find(({ type }) => type === primary.type);
    return { primary, fallback: secondary && fallbackOf(secondary, reach.abilities) };
  });
  if (joined.every(({ fallback }) => fallback === undefined)) {
    const isNamed = direct.sets.some(({ type }) => type === "CNAME");
    const types = edge.sets.map(({ type }) => type).join(" or ");
    const why = isNamed ? "answer by name" : `have no ${types} address`;
    const detail = `The endpoints ${why}, so the addresses of the edge have no fallback.`;
    return { sets: edge.sets, notes: [...edge.notes, detail] };
  }
  const isUp = isChecked || reach.isUp();
  const sets = joined.flatMap(({ primary, fallback }) => {
    if (fallback === undefined) return isUp ? [primary] : [];
    if (!isChecked) return isUp ? [primary] : [{ type: primary.type, values: fallback.values }];
    const check = edgeCheck(name, primary.values[0] ?? "", reach);
    const policy = {
      kind: "failover",
      primary: { id: "edge", values: primary.values, check },
      secondary: { id: "direct", values: fallback.values },
    } as const;
    return [{ type: primary.type, values: [], policy }];
  });
  const lacking = joined.flatMap(({ primary, fallback }) => (fallback ? [] : [primary.type]));
  const meanwhile = isChecked
    ? "leads to the edge even while it is down"
    : "is taken out while the edge is down";
  return {
    sets,
    notes: [
      ...edge.notes,
      ...direct.notes,
      ...joined.flatMap(({ fallback }) => fallback?.notes ?? []),
      ...lacking.map((type) => `The endpoints have no ${type} address, so that type ${meanwhile}.`),
      ...(isChecked ? [] : [SWITCHED_BY_US]),
    ],
  };
}

/** All values of a set as plain ones, and what that loses. */
function fallbackOf(
  set: Answer["sets"][number],
  { valuesMax }: Abilities,
): { readonly values: readonly string[]; readonly notes: readonly string[] } {
  const all = [...valuesOf(set)].sort();
  const values = all.slice(0, valuesMax);
  return {
    values,
    notes: [
      ...(set.policy === undefined
        ? []
        : [
            `While the edge is down, all ${values.length} ${set.type} addresses answer alike: a fallback has no shares, places or checks of its own.`,
          ]),
      ...(values.length < all.length
        ? [
            `Of ${all.length} addresses behind the edge ${values.length} are published: the provider takes no more.`,
          ]
        : []),
    ],
  };
}

const SWITCHED_BY_US =
  "The provider does not check the edge itself: the record is switched by our own look at it, which needs the central worker.";

/** Whether the provider itself looks after the edge, in sets of this type. */
export const canFailOver = (abilities: Abilities, type: "A" | "CNAME"): boolean =>
  abilities.checks && canSay(abilities, "failover", type);

const edgeCheck = (hostname: string, target: string, { edge }: Reach): Check => ({
  target,
  host: hostname.replace(/^\*\./, "tw-check."),
  ...healthOf(edge),
  interval: 10,
  failures: 3,
});

/** A `health_url` that leads to the edge itself is how everybody asks it; one that leads elsewhere is for us alone. */
function healthOf(edge: Reach["edge"]): Pick<Check, "protocol" | "port" | "path"> {
  if (edge?.health_url === undefined) return EDGE_HEALTH;
  const { protocol, hostname, port, pathname } = new URL(edge.health_url);
  const host = hostname.replace(/^\[|\]$/g, "");
  if (host !== edge.name && !edge.addresses.includes(host)) return EDGE_HEALTH;
  return protocol === "http:"
    ? { protocol: "http", port: Number(port || 80), path: pathname }
    : { protocol: "https", port: Number(port || 443), path: pathname };
}

/** The edge also answers by its own name, and that is what we ask it ourselves. */
function namedCheck(hostname: string, target: string, reach: Reach): Check {
  const { host: _host, ...own } = edgeCheck(hostname, target, reach);
  return reach.abilities.checksByOwnName === true ? own : edgeCheck(hostname, target, reach);
}
