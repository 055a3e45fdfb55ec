/** The edge as an answer, and the endpoints behind it as what answers while it does not. */
import { type Abilities, canSay } from "./abilities.ts";
import type { Answer } from "./answer.ts";
import type { Check } from "./record.ts";
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

/** The same at an apex, type by type: a type that the edge lacks is not published, or it would answer while the edge is up. */
export function joinedAddresses(name: string, edge: Answer, direct: Answer, reach: Reach): Answer {
  const isUp = reach.isUp();
  const isChecked = canFailOver(reach.abilities, "A");
  const sets = edge.sets.map((primary) => {
    const secondary = direct.sets.find(({ type }) => type === primary.type);
    const values = secondary === undefined ? [] : valuesIn(secondary);
    if (values.length === 0) return primary;
    if (!isChecked) return isUp ? primary : { type: primary.type, values };
    const check = edgeCheck(name, primary.values[0] ?? "", reach);
    const policy = {
      kind: "failover",
      primary: { id: "edge", values: primary.values, check },
      secondary: { id: "direct", values },
    } as const;
    return { type: primary.type, values: [], policy };
  });
  const isBare = sets.every((set, at) => set === edge.sets[at]) && isChecked;
  return {
    sets,
    notes: [
      ...edge.notes,
      ...(isChecked ? [] : [SWITCHED_BY_US]),
      ...(isBare ? ["No endpoint is given as an address, so the apex has no fallback."] : []),
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

const valuesIn = ({ values, policy }: Answer["sets"][number]): readonly string[] =>
  policy?.kind === "weighted" ? policy.members.flatMap((member) => member.values).sort() : values;
