/** What a ledger says, as the API tells it. */
import type { Change, Unit } from "../../../routing/dns/change.ts";
import { subjectOf } from "../../../routing/dns/change.ts";
import type { Drift } from "../../../routing/dns/drift.ts";
import type { Plan } from "../../../routing/dns/plan.ts";
import { readSetText } from "../../../routing/dns/set-text.ts";
import { assertNever } from "../../../routing/result.ts";
import { Refusal } from "../http/problem.ts";
import type { HistoryEntry, Look, OrderRefusal, ZoneStatus } from "../sync/ports.ts";
import { rfc3339, rfc3339OrNull } from "./schemas.ts";

/** Nothing to do, by us or by an operator, and nothing in the way. */
export const isInStep = ({ units, respected, conflicts }: Plan): boolean =>
  units.length === 0 && respected.length === 0 && conflicts.length === 0;

export function statusAnswer({ zone, intent, look, frozen, ...rest }: ZoneStatus) {
  const plan = look?.plan ?? null;
  return {
    zone,
    reachable: true as const,
    domain: intent?.sync.domain ?? null,
    provider: intent?.sync.provider ?? null,
    mode: intent?.sync.mode ?? null,
    version: intent?.version ?? null,
    in_step: plan === null ? null : isInStep(plan),
    changes: changesOf(plan?.units ?? []).length,
    respected: changesOf(plan?.respected ?? []).length,
    objections: look?.objections.length ?? 0,
    conflicts: plan?.conflicts.length ?? 0,
    drift: plan?.drift.length ?? 0,
    waiting: plan?.waiting.length ?? 0,
    held: look?.held.length ?? 0,
    sets: rest.sets,
    frozen,
    looked_at: rfc3339OrNull(look?.atMs ?? null),
    next_look_at: rfc3339OrNull(rest.nextLookAtMs),
    failures: rest.failures,
    failure: failureAnswer(look?.failure ?? null),
    unwritten: rest.unwritten,
    blind: look?.blind ?? "",
  };
}

const failureAnswer = (failure: Look["failure"]) =>
  failure === null ? null : { kind: failure.kind, detail: failure.detail };

const changesOf = (units: readonly Unit[]) => units.flatMap(({ changes }) => changes);

const changeAnswer = (change: Change) => {
  const { name, type } = subjectOf(change);
  return {
    kind: change.kind,
    name,
    type,
    before: change.kind === "create" ? null : change.before,
    after: change.kind === "delete" ? null : change.after,
  };
};

export const unitsAnswer = (units: readonly Unit[]) => changesOf(units).map(changeAnswer);

export const driftAnswer = (drift: readonly Drift[]) =>
  drift.map(({ wrote, found }) => {
    const { name, type, ...side } = readSetText(wrote);
    return { name, type, wrote: side, found: found === null ? null : sideOf(found) };
  });

function sideOf(text: string) {
  const { ttl, values, policy } = readSetText(text);
  return { ttl, values, policy };
}

/** Of a look that came to a plan. */
export const planAnswer = (zone: string, look: Look, plan: Plan) => ({
  zone,
  at: rfc3339(look.atMs),
  version: plan.version,
  checksum: plan.checksum,
  base: plan.base,
  ours: plan.ours,
  changes: unitsAnswer(plan.units),
  respected: unitsAnswer(plan.respected),
  drift: driftAnswer(plan.drift),
  conflicts: plan.conflicts,
  waiting: plan.waiting,
  kept: plan.kept,
  notes: plan.notes,
  objections: look.objections,
  held: look.held,
  frozen: look.frozen,
});

export const entryAnswer = (entry: HistoryEntry) => ({ ...entry, at: rfc3339(entry.at) });

/** Why a look came to no plan. */
export function noPlan(zone: string, { failure, blind }: Pick<Look, "failure" | "blind">): Refusal {
  const why = failure === null ? blind : `${failure.kind}: ${failure.detail}`;
  return new Refusal("no-plan", `There is no plan for zone ${zone} now. ${why}`, {
    members: { failure: failureAnswer(failure), blind },
    headers: { "retry-after": "10" },
  });
}

/** `sent` is the checksum of the order; an undo has none. */
export function orderRefusal(zone: string, refusal: OrderRefusal, sent: string | null): Refusal {
  switch (refusal.reason) {
    case "frozen":
      return new Refusal(
        "frozen",
        `Zone ${zone} is frozen by ${refusal.by.join(", ")}; nothing was written. ${thawing(zone, refusal.by)}`,
        { members: { frozen: refusal.by } },
      );
    case "no-plan":
      return noPlan(zone, refusal.look);
    case "stale-plan":
      return new Refusal(
        "stale",
        `The plan of zone ${zone} is not the one that you reviewed any more; nothing was written. GET /v1/zones/${zone}/plan and apply its checksum.`,
        { members: { expected: sent, current: refusal.checksum } },
      );
    case "guarded": {
      const { objections } = refusal;
      const final = objections.filter(({ confirmation }) => confirmation === null);
      const nextStep =
        final.length > 0
          ? `No confirmation helps against ${final.map(({ rule }) => rule).join(", ")}: change what is wanted.`
          : "Look at each, and send its confirmation with the same checksum to have it all the same.";
      return new Refusal(
        "guarded",
        `${objections.length} objection(s) to this plan of zone ${zone}; nothing was written. ${nextStep}`,
        { members: { objections } },
      );
    }
    case "unknown-entry":
      return new Refusal(
        "not-found",
        `The history of zone ${zone} has no such entry, or no longer. GET /v1/zones/${zone}/history lists those that are.`,
      );
    case "nothing-to-undo":
      return new Refusal(
        "nothing-to-undo",
        `${refusal.detail} Nothing was written. GET /v1/zones/${zone}/history tells what else was done; what is there now is changed with the configuration.`,
      );
    case "failed": {
      const { failure, entry } = refusal;
      const nextStep =
        sent === null
          ? "The zone is frozen: send the undo again for the rest."
          : `The next look goes on from what is there; GET /v1/zones/${zone}/plan tells it.`;
      return new Refusal(
        "provider-failed",
        `The provider of zone ${zone} did not do it all: ${failure.kind}: ${failure.detail} ${entry.written} of ${entry.batches} batches were written. ${nextStep}`,
        { members: { failure: failureAnswer(failure), entry: entryAnswer(entry) } },
      );
    }
    default:
      return assertNever(refusal);
  }
}

function thawing(zone: string, by: readonly string[]): string {
  const steps = {
    ledger: `DELETE /v1/zones/${zone}/freeze`,
    script: "take the variable TW_FREEZE away from central",
    zone: "remove the TXT record _tradewind-freeze at the provider",
  };
  const all = by.map((place) => steps[place as keyof typeof steps]).join(", and ");
  return `To go on: ${all}.`;
}
