/**
 * What stops a plan: each guard looks at the whole of it and objects. An objection with a confirmation waits for an operator who sends
 * it; one without is final. None of them trusts the planner: they look at changes and at the listing.
 *
 * They are a list, so that a test can take one away and see what happens.
 */

import type { Abilities } from "./abilities.ts";
import { type Change, changeKey, subjectOf, type Unit } from "./change.ts";
import { markName, readMark } from "./mark.ts";
import type { Plan, PlanInput } from "./plan.ts";
import { type RecordSet, setKey, valuesOf } from "./record.ts";
import { readStamp } from "./stamp.ts";

export interface Objection {
  readonly rule: string;
  readonly subject: string;
  readonly detail: string;
  /** What an operator sends with the checksum to have it all the same; `null`: nothing helps. */
  readonly confirmation: string | null;
}

export interface GuardInput {
  readonly plan: Pick<Plan, "units" | "ours">;
  readonly sync: PlanInput["sync"];
  readonly abilities: Pick<Abilities, "atomic">;
  readonly listing: readonly RecordSet[];
  /** Hostnames that must answer when the plan is done. */
  readonly hostnames: readonly string[];
  /** By `setKey`, as in `PlanInput`. */
  readonly written: Readonly<Record<string, string>>;
  /** Complete listings in a row in which most of what we wrote was not there. */
  readonly shrunkListings: number;
}

export type Guard = (input: GuardInput) => readonly Objection[];

/** Of a zone with fewer sets of ours than this any change is a large share (octoDNS: 10). */
const RATIO_FROM_SETS = 10;
/** Resolvers may keep what they were told for this long without anybody asking why. */
const TTL_UNASKED_MAX = 300;
/** Of what we wrote, the share that a listing must have to be believed at once. */
const LISTED_RATIO_MIN = 0.7;

const changesOf = ({ units }: GuardInput["plan"]): readonly Change[] =>
  units.flatMap(({ changes }) => changes);

/** Marks and stamps are not what anybody is answered with. */
const contentOf = (units: readonly Unit[]): readonly Change[] =>
  units.flatMap(({ changes }) => changes.filter((change) => readMark(subjectOf(change)) === null));

/** A set of nothing is never written, and a hostname that is published never ends up without an answer. */
export const neverEmpty: Guard = ({ plan, listing, hostnames }) => {
  const hollow = changesOf(plan).filter(
    (change) => change.kind !== "delete" && valuesOf(change.after).every((value) => value === ""),
  );
  const before = answering(listing);
  const after = answering(applied(listing, changesOf(plan)));
  const silenced = hostnames.filter((name) => before.has(name) && !after.has(name));
  return [
    ...hollow.map((change) => ({
      rule: "never-empty",
      subject: changeKey(change),
      detail: `${changeKey(change)} would have no value.`,
      confirmation: null,
    })),
    ...silenced.map((name) => ({
      rule: "never-empty",
      subject: name,
      detail: `${name} is published and would have no answer.`,
      confirmation: null,
    })),
  ];
};

const answering = (sets: readonly RecordSet[]): ReadonlySet<string> =>
  new Set(sets.filter(({ type }) => ["A", "AAAA", "CNAME"].includes(type)).map(({ name }) => name));

/** Only what has our mark, or was handed over by name, is changed or deleted. */
export const neverForeign: Guard = ({ plan, listing, sync }) => {
  const marked = new Set(
    listing.filter((set) => readMark(set)?.owner === sync.owner).map(({ name }) => name),
  );
  return changesOf(plan).flatMap((change) => {
    if (change.kind === "create") return [];
    const { before } = change;
    const isOurs =
      readMark(before)?.owner === sync.owner ||
      readStamp(before)?.owner === sync.owner ||
      marked.has(markName(sync.domain, before)) ||
      sync.takeover.includes(before.name);
    if (isOurs) return [];
    const detail = `${changeKey(change)} lacks our mark.`;
    return [{ rule: "never-foreign", subject: changeKey(change), detail, confirmation: null }];
  });
};

export const rootUntouchable: Guard = ({ plan, sync }) =>
  changesOf(plan)
    .map(subjectOf)
    .filter(({ name, type }) => type === "SOA" || (type === "NS" && name === sync.domain))
    .map((set) => ({
      rule: "root-untouchable",
      subject: setKey(set),
      detail: `${setKey(set)} keeps the zone itself alive and is never changed here.`,
      confirmation: null,
    }));

/** Mail, delegation, signing and certificates: what breaks more than a website. */
export const protectedNames: Guard = ({ plan, sync }) => {
  const touched = contentOf(plan.units)
    .map(subjectOf)
    .filter(
      ({ name, type }) =>
        (name === sync.domain && type === "MX") ||
        ["NS", "DS"].includes(type) ||
        name.split(".")[0] === "_acme-challenge",
    );
  return touched.map((set) => ({
    rule: "protected-name",
    subject: setKey(set),
    detail: `${setKey(set)} is mail, delegation, signing or a certificate: look at it, then confirm.`,
    confirmation: `protected-name ${setKey(set)}`,
  }));
};

/** octoDNS's brake: more than a share of what is there, from ten sets on. */
export const changeRatio: Guard = ({ plan, sync }) => {
  if (plan.ours < RATIO_FROM_SETS) return [];
  const content = contentOf(plan.units);
  const count = (kind: Change["kind"]) => content.filter((change) => change.kind === kind).length;
  const check = (what: string, changed: number, max: number) =>
    changed / plan.ours > max
      ? [
          {
            rule: `too-many-${what}`,
            subject: sync.domain,
            detail: `${changed} ${what} of ${plan.ours} sets is more than ${Math.round(100 * max)} %.`,
            confirmation: `too-many-${what} ${changed}`,
          },
        ]
      : [];
  return [
    ...check("updates", count("update"), sync.limits.update_ratio),
    ...check("deletes", count("delete"), sync.limits.delete_ratio),
  ];
};

/** An answer that resolvers keep cannot be taken back (Slack, 30 September 2021). */
export const ttlRaise: Guard = ({ plan }) => {
  const raised = contentOf(plan.units).flatMap((change) =>
    change.kind === "update" &&
    change.after.ttl > TTL_UNASKED_MAX &&
    change.after.ttl > change.before.ttl
      ? [change.after]
      : [],
  );
  if (raised.length === 0) return [];
  const longest = Math.max(...raised.map(({ ttl }) => ttl));
  return [
    {
      rule: "ttl-raise",
      subject: setKey(raised[0] as RecordSet),
      detail: `${raised.length} sets get a longer TTL, the longest ${longest} s: a mistake in them is kept by resolvers for as long.`,
      confirmation: `ttl-raise ${longest}`,
    },
  ];
};

/** A CNAME of ours to a name of this zone that is not there, or one of anybody's that a deletion leaves behind. */
export const danglingCname: Guard = ({ plan, listing, sync }) => {
  const after = applied(listing, changesOf(plan));
  const names = new Set(after.map(({ name }) => name));
  const isThere = (name: string) =>
    names.has(name) || names.has(`*.${name.split(".").slice(1).join(".")}`);
  const touched = new Set(changesOf(plan).map((change) => subjectOf(change).name));
  const deleted = new Set(
    changesOf(plan).flatMap((change) => (change.kind === "delete" ? [change.before.name] : [])),
  );
  return after.flatMap((set) => {
    if (set.type !== "CNAME") return [];
    return valuesOf(set)
      .filter((target) => target === sync.domain || target.endsWith(`.${sync.domain}`))
      .filter((target) => !isThere(target))
      .filter((target) => touched.has(set.name) || deleted.has(target))
      .map((target) => ({
        rule: "dangling-cname",
        subject: setKey(set),
        detail: `${set.name} would lead to ${target}, which is not in the zone: whoever gets that name gets its visitors.`,
        confirmation: `dangling-cname ${set.name}`,
      }));
  });
};

/** Where sets are written one by one, a name that changes its type has none for a moment. */
export const momentOfEmptiness: Guard = ({ plan, abilities }) =>
  abilities.atomic === "batch"
    ? []
    : plan.units
        .filter(
          ({ changes }) =>
            changes.some(({ kind }) => kind === "delete") &&
            changes.some(({ kind }) => kind === "create"),
        )
        .map(({ subject }) => ({
          rule: "moment-of-emptiness",
          subject: setKey(subject),
          detail: `${subject.name} changes its type, and the provider cannot do that in one step: for a moment it would have no answer.`,
          confirmation: `moment-of-emptiness ${subject.name}`,
        }));

/** A listing that lost most of what we wrote is a fault of the listing until it was so several times in a row. */
export const listingShrank: Guard = ({ written, listing, shrunkListings, sync }) => {
  if (!hasShrunk(written, listing) || shrunkListings >= sync.limits.absent_listings) return [];
  const { there, all } = listedOf(written, listing);
  // Nothing in it counts looks, or each look would be told anew.
  const detail = `The listing has ${there} of the ${all} sets that we wrote. Nothing is done until ${sync.limits.absent_listings} complete listings in a row say so; look at the zone.`;
  const confirmation = "listing-shrank";
  return [{ rule: "listing-shrank", subject: sync.domain, detail, confirmation }];
};

export function hasShrunk(written: GuardInput["written"], listing: readonly RecordSet[]): boolean {
  const { there, all } = listedOf(written, listing);
  return all > 1 && there < LISTED_RATIO_MIN * all;
}

function listedOf(written: GuardInput["written"], listing: readonly RecordSet[]) {
  const keys = new Set(listing.map(setKey));
  const all = Object.keys(written);
  return { there: all.filter((key) => keys.has(key)).length, all: all.length };
}

/** Who doubts the listing speaks first: what the others find in a plan made from it follows from that. */
export const GUARDS: readonly Guard[] = [
  listingShrank,
  neverEmpty,
  neverForeign,
  rootUntouchable,
  protectedNames,
  changeRatio,
  ttlRaise,
  danglingCname,
  momentOfEmptiness,
];

/** The listing after the changes. */
export function applied(
  listing: readonly RecordSet[],
  changes: readonly Change[],
): readonly RecordSet[] {
  const sets = new Map(listing.map((set) => [setKey(set), set]));
  for (const change of changes) {
    if (change.kind === "delete") sets.delete(changeKey(change));
    else sets.set(changeKey(change), change.after);
  }
  return [...sets.values()];
}
