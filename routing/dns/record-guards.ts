/** Guards that look at single records: what they are, whose they are, and what would be left without them. */
import { changeKey, subjectOf } from "./change.ts";
import { applied, changesOf, contentOf, type Guard, placedOf, unitsAt } from "./guard.ts";
import { isMarkLabel, isMarkOf, markName, readMark } from "./mark.ts";
import { isWithin } from "./name.ts";
import { type RecordSet, setKey, valuesOf } from "./record.ts";
import { readStamp } from "./stamp.ts";

/** Resolvers may keep what they were told for this long without anybody asking why. */
const TTL_UNASKED_MAX = 300;

/** A set of nothing is never written, and a hostname that is published never ends up without an answer. */
export const neverEmpty: Guard = ({ plan, listing, hostnames }) => {
  const hollow = placedOf(plan).filter(
    ({ change }) =>
      change.kind !== "delete" && valuesOf(change.after).every((value) => value === ""),
  );
  const before = answering(listing);
  const after = answering(applied(listing, changesOf(plan)));
  const silenced = hostnames.filter((name) => before.has(name) && !after.has(name));
  return [
    ...hollow.map(({ change, unit }) => ({
      rule: "never-empty",
      subject: changeKey(change),
      detail: `${changeKey(change)} would have no value.`,
      confirmation: null,
      about: [unit],
    })),
    ...silenced.map((name) => ({
      rule: "never-empty",
      subject: name,
      detail: `${name} is published and would have no answer.`,
      confirmation: null,
      about: unitsAt(plan, name),
    })),
  ];
};

const answering = (sets: readonly RecordSet[]): ReadonlySet<string> =>
  new Set(sets.filter(({ type }) => ["A", "AAAA", "CNAME"].includes(type)).map(({ name }) => name));

/** Only what has our mark, or was handed over by name, is changed; what was handed over is deleted only on a word. */
export const neverForeign: Guard = ({ plan, listing, sync }) => {
  const marked = new Set(
    listing.filter((set) => isMarkOf(readMark(set), sync.owner)).map(({ name }) => name),
  );
  const isOurs = (set: RecordSet) =>
    isMarkOf(readMark(set), sync.owner) ||
    readStamp(set)?.owner === sync.owner ||
    (!isMarkLabel(set.name) && marked.has(markName(sync.domain, set)));
  return placedOf(plan).flatMap(({ change, unit }) => {
    if (change.kind === "create" || isOurs(change.before)) return [];
    const key = changeKey(change);
    const isHandedOver = sync.takeover.includes(change.before.name);
    if (isHandedOver && change.kind === "update") return [];
    return [
      {
        rule: "never-foreign",
        subject: key,
        detail: isHandedOver
          ? `${key} lacks our mark and would be deleted, because the name was handed over.`
          : `${key} lacks our mark.`,
        confirmation: isHandedOver ? `never-foreign ${key}` : null,
        about: [unit],
      },
    ];
  });
};

export const rootUntouchable: Guard = ({ plan, sync }) =>
  placedOf(plan)
    .filter(({ change }) => {
      const { name, type } = subjectOf(change);
      return type === "SOA" || (type === "NS" && name === sync.domain);
    })
    .map(({ change, unit }) => ({
      rule: "root-untouchable",
      subject: changeKey(change),
      detail: `${changeKey(change)} keeps the zone itself alive and is never changed here.`,
      confirmation: null,
      about: [unit],
    }));

/** Mail, delegation, signing and certificates: what breaks more than a website. */
export const protectedNames: Guard = ({ plan, sync }) =>
  contentOf(plan)
    .filter(({ change }) => {
      const { name, type } = subjectOf(change);
      return (
        (name === sync.domain && ["MX", "CAA"].includes(type)) ||
        ["NS", "DS"].includes(type) ||
        name.split(".")[0] === "_acme-challenge"
      );
    })
    .map(({ change, unit }) => ({
      rule: "protected-name",
      subject: changeKey(change),
      detail: `${changeKey(change)} is mail, delegation, signing or a certificate: look at it, then confirm.`,
      confirmation: `protected-name ${changeKey(change)}`,
      about: [unit],
    }));

/** An answer that resolvers keep cannot be taken back (Slack, 30 September 2021). */
export const ttlRaise: Guard = ({ plan, listing }) => {
  const before = new Map<string, number>();
  for (const { name, ttl } of listing) before.set(name, Math.min(ttl, before.get(name) ?? ttl));
  const raised = contentOf(plan).flatMap(({ change, unit }) => {
    if (change.kind === "delete" || change.after.ttl <= TTL_UNASKED_MAX) return [];
    // A set that takes another's place is a longer answer under the same name, too.
    const old = change.kind === "update" ? change.before.ttl : before.get(change.after.name);
    return old !== undefined && change.after.ttl > old ? [{ set: change.after, unit }] : [];
  });
  const [first] = raised;
  if (first === undefined) return [];
  const longest = Math.max(...raised.map(({ set }) => set.ttl));
  return [
    {
      rule: "ttl-raise",
      subject: setKey(first.set),
      detail: `${raised.length} sets get a longer TTL, the longest ${longest} s: a mistake in them is kept by resolvers for as long.`,
      confirmation: `ttl-raise ${longest}`,
      about: raised.map(({ unit }) => unit),
    },
  ];
};

/** A CNAME of ours to a name of this zone that is not there, or one of anybody's that a deletion leaves behind. */
export const danglingCname: Guard = ({ plan, listing, sync }) => {
  const after = applied(listing, changesOf(plan));
  const isThere = presence(after, sync.domain);
  const touched = new Set(changesOf(plan).map((change) => subjectOf(change).name));
  const deleted = new Set(
    changesOf(plan).flatMap((change) => (change.kind === "delete" ? [change.before.name] : [])),
  );
  return after.flatMap((set) => {
    if (set.type !== "CNAME") return [];
    return valuesOf(set)
      .filter((target) => isWithin(target, sync.domain) && !isThere(target))
      .filter((target) => touched.has(set.name) || deleted.has(target))
      .map((target) => ({
        rule: "dangling-cname",
        subject: setKey(set),
        detail: `${set.name} would lead to ${target}, which is not in the zone: whoever gets that name gets its visitors.`,
        confirmation: `dangling-cname ${set.name}`,
        about: [...new Set([...unitsAt(plan, set.name), ...unitsAt(plan, target)])],
      }));
  });
};

/** Whether a name answers in the zone: by itself, by a wildcard above it, or in a zone that was delegated. */
function presence(sets: readonly RecordSet[], domain: string): (name: string) => boolean {
  const names = new Set(sets.map(({ name }) => name));
  const cuts = new Set(
    sets.filter(({ name, type }) => type === "NS" && name !== domain).map(({ name }) => name),
  );
  return (name) => {
    if (names.has(name)) return true;
    const labels = name.split(".");
    const above = labels.slice(1).map((_, at) => labels.slice(at + 1).join("."));
    return above.some((one) => cuts.has(one) || names.has(`*.${one}`));
  };
}

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
          about: [setKey(subject)],
        }));
