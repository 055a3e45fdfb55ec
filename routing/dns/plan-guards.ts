/** Guards that look at a plan as a whole: how much it changes, what it was made of, and whether it is the newest. */
import { type Change, changeKey } from "./change.ts";
import { contentOf, type Guard, type GuardInput, type Objection } from "./guard.ts";
import { type RecordSet, setKey } from "./record.ts";
import { stampName } from "./stamp.ts";

/** Of a zone with fewer sets of ours than this any change is a large share (octoDNS: 10). */
const RATIO_FROM_SETS = 10;
/** Of what we wrote, the share that a listing must have to be believed at once. */
const LISTED_RATIO_MIN = 0.7;

/**
 * octoDNS's brake: more than a share of what is there, from ten sets on; of fewer, more than one deletion. What only health changes does not
 * count, or no zone with a few hostnames could ever fail over.
 */
export const changeRatio: Guard = ({ plan, sync, byHealth }) => {
  const content = contentOf(plan).filter(({ change }) => !byHealth.has(changeKey(change)));
  const answering = new Set(
    content.flatMap(({ change }) => (change.kind === "delete" ? [] : [change.after.name])),
  );
  // A name that gets another answer is changed and not deleted.
  const isReplaced = (change: Change) =>
    change.kind === "delete" && answering.has(change.before.name);
  const count = (kind: Change["kind"]) =>
    content.filter(({ change }) => (isReplaced(change) ? "update" : change.kind) === kind).length;
  const isSmall = plan.ours < RATIO_FROM_SETS;
  const check = (what: string, changed: number, most: number): readonly Objection[] =>
    changed > most
      ? [
          {
            rule: `too-many-${what}`,
            subject: sync.domain,
            detail: `${changed} ${what} of ${plan.ours} sets is more than ${Math.floor(most)}, which is what may happen without a word.`,
            confirmation: `too-many-${what} ${changed}`,
            about: "plan",
          },
        ]
      : [];
  const { update_ratio, delete_ratio } = sync.limits;
  return [
    ...check("updates", count("update"), isSmall ? RATIO_FROM_SETS : update_ratio * plan.ours),
    ...check("deletes", count("delete"), isSmall ? 1 : delete_ratio * plan.ours),
  ];
};

/** A listing that lost most of what we wrote is a fault of the listing until it was so several times in a row. */
export const listingShrank: Guard = ({ written, listing, shrunkListings, sync }) => {
  if (!hasShrunk(written, listing) || shrunkListings >= sync.limits.absent_listings) return [];
  const { there, all } = listedOf(written, listing);
  // Nothing in it counts looks, or each look would be told anew.
  const detail = `The listing has ${there} of the ${all} sets that we wrote. Nothing is done until ${sync.limits.absent_listings} complete listings in a row say so; look at the zone.`;
  const confirmation = "listing-shrank";
  return [
    { rule: "listing-shrank", subject: sync.domain, detail, confirmation, about: "plan" as const },
  ];
};

/** A newer table than ours wrote the zone: whoever has an old one proves nothing and writes nothing. */
export const fenceAtCommit: Guard = ({ plan: { version, base, isStampBroken }, sync }) => {
  const stamp = stampName(sync.domain, sync.owner);
  const rule = { rule: "fence-at-commit", subject: "version", about: "plan" } as const;
  if (isStampBroken) {
    const detail = `The TXT ${stamp} is no stamp of ours any more, so nobody knows which version wrote the zone. Confirm, and it is replaced.`;
    return [{ ...rule, subject: stamp, detail, confirmation: "fence-at-commit stamp" }];
  }
  const written = base?.version ?? 0;
  if (written <= version) return [];
  const detail = `The zone was written from version ${written}, and this is version ${version}: restore or propose a newer one. If nobody ever had version ${written}, delete the TXT ${stamp} at the provider.`;
  return [{ ...rule, detail, confirmation: null }];
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
