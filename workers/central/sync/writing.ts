/**
 * Writing a plan, batch by batch: the lease is looked at in storage right before each call, every call replaces the stamp, what is sent is
 * noted before it is, and what came of it before the next.
 *
 * It stops at the first failure, when somebody freezes the zone, or when its time is over, and never guesses: the next look sees what is there
 * and goes on from that.
 */
import { withDeadline } from "../../../durable-objects/deadline.ts";
import type { Documents } from "../../../durable-objects/storage/documents.ts";
import type { Change, Unit } from "../../../routing/dns/change.ts";
import { changeKey } from "../../../routing/dns/change.ts";
import { readMark } from "../../../routing/dns/mark.ts";
import { batchesOf, changesOf } from "../../../routing/dns/pack.ts";
import { leftOut } from "../../../routing/dns/pointers.ts";
import { type RecordSet, setKey, setText } from "../../../routing/dns/record.ts";
import { fenceOf, readStamp, stampSet } from "../../../routing/dns/stamp.ts";
import type { Ms } from "../../../routing/units.ts";
import { rejectionOf } from "../dns/failure.ts";
import type { Failure, Provider } from "../dns/provider.ts";
import { type BatchState, type History, OURSELVES } from "./history.ts";
import type { Lease } from "./lease.ts";
import type { Ready } from "./look.ts";
import { readMemory, writeMemory } from "./memory.ts";
import type { LedgerPorts } from "./ports.ts";
import { isSameState } from "./words.ts";

/** Until the provider's servers answer it: Route 53 says "generally within 60 seconds". */
const WRITE_TIMEOUT_MS = 120_000;
/** What a provider asks to wait is waited for within a plan when it is no longer than this; else the next look goes on. */
const PATIENCE_MS = 10_000;
const THROTTLED_TRIES = 5;
/** How often a plan's batches are halved to find what the provider does not take: six sets in a batch of a thousand. */
const CUTS_MAX = 64;
/**
 * After this the rest is left to the next look: an alarm may take 15 minutes. Seven are for the look before (75 s), the batch that is on its way
 * (120 s), the look after (75 s), and a wait for turns; what an alarm is ended in is told by nobody.
 */
const RUN_BUDGET_MS = 480_000;
/** Of sets that were left out, or stay, as many are named. */
const NAMED_MAX = 5;

/** A freeze that waited for the end of a long plan would be none. */
const FROZEN_MEANWHILE: Failure = {
  kind: "fenced",
  detail: "The zone was frozen while it was written: the rest waits until it is thawed.",
};

const goesOn = (isUndo: boolean): Failure => ({
  kind: "throttled",
  detail: `It takes longer than ${RUN_BUDGET_MS / 60_000} minutes: ${isUndo ? "send the undo again for the rest." : "the next look goes on."}`,
});

/** Who writes, and why. */
export interface Writer {
  readonly actor: string;
  /** Of an undo: what its entry says of it. Its own freeze stands at the ledger, and does not stop it. */
  readonly undo?: string;
}

export interface WritingParts {
  readonly ports: LedgerPorts;
  readonly lease: Lease;
  readonly history: History;
  readonly documents: Documents;
  /** Adds an event, in the transaction that it belongs to. */
  readonly tell: (detail: string) => void;
}

export interface Written {
  readonly sequence: number;
  /** `null`: everything was written. */
  readonly failure: Failure | null;
}

export async function write(
  parts: WritingParts,
  epoch: number,
  { intent, provider, stampSet: before, plan }: Ready,
  units: readonly Unit[],
  { actor, undo }: Writer,
): Promise<Written> {
  const { ports, lease, history } = parts;
  const startedMs = ports.clock.nowMs();
  let queue = batchesOf(units, provider.abilities);
  const { owner, domain } = intent.sync;
  const sequence = ports.sql.transaction(() => {
    // What failed is tried at every look, and told once.
    if (actor !== OURSELVES || readMemory(parts.documents).unwritten === "") {
      parts.tell(`${actor} writes ${units.length} sets of version ${plan.version}`);
    }
    return history.begin({
      at: startedMs,
      actor,
      version: plan.version,
      checksum: plan.checksum,
      batches: queue.length,
    });
  });
  let stamped: RecordSet | undefined = before;
  let cuts = 0;
  let rejected: Failure | null = null;
  const dropped: Unit[] = [];
  const end = (failure: Failure | null): Written => {
    const left = dropped.length === 0 ? "" : ` Left out with what was refused: ${named(dropped)}.`;
    const why = failure === null ? "" : `${failure.kind}: ${failure.detail}${left}`;
    const detail = [why, undo ?? ""].filter((part) => part !== "").join(" ");
    ports.sql.transaction(() => {
      history.end(sequence, failure === null ? "done" : "stopped", detail);
      const memory = readMemory(parts.documents);
      if (why !== "" && !isSameState(why, memory.unwritten)) parts.tell(`not written: ${why}`);
      writeMemory(parts.documents, { ...memory, unwritten: why });
    });
    return { sequence, failure };
  };
  const isFrozen = () =>
    ports.isFrozen() || (undo === undefined && readMemory(parts.documents).frozen);
  const isLate = () => ports.clock.nowMs() - startedMs >= RUN_BUDGET_MS;
  for (;;) {
    const [batch, ...rest] = queue;
    if (batch === undefined) return end(rejected);
    queue = rest;
    if (!lease.holds(epoch)) return { sequence, failure: SUPERSEDED };
    if (isFrozen()) return end(FROZEN_MEANWHILE);
    if (isLate()) return end(goesOn(undo !== undefined));
    const changes = changesOf(batch);
    const next = {
      owner,
      version: plan.version,
      sequence: (readStamp(stamped)?.sequence ?? 0) + 1,
    };
    const fence = fenceOf(domain, stamped, next);
    const sending = ports.sql.transaction(() => history.sending(sequence, batch));
    const outcome = await patiently(
      ports,
      () => lease.holds(epoch) && !isFrozen() && !isLate(),
      () =>
        withDeadline(ports.timers, WRITE_TIMEOUT_MS, (signal) =>
          provider.write({ fence, changes }, signal),
        ),
    );
    // An instance that was superseded meanwhile must not tell what is there now.
    if (!lease.holds(epoch)) return { sequence, failure: SUPERSEDED };
    const failure = outcome.ok ? null : outcome.error;
    if (failure !== null) {
      ports.sql.transaction(() => history.answered(sending, afterwards(failure, provider)));
    }
    if (failure?.kind === "rejected") {
      // Nothing was written. One set that the provider does not take must not keep the others out.
      if (batch.length > 1 && cuts < CUTS_MAX) {
        cuts += 1;
        history.cut(sequence);
        const half = batch.length / 2;
        queue = [batch.slice(0, half), batch.slice(half), ...queue];
      } else {
        rejected ??= failure;
        const out = leftOut(queue.flat(), batch);
        dropped.push(...out);
        queue = queue
          .map((one) => one.filter((unit) => !out.has(unit)))
          .filter((one) => one.length > 0);
      }
      continue;
    }
    if (failure !== null) return end(failure);
    stamped = stampSet(domain, next);
    const refusals = outcome.ok ? outcome.value : null;
    const isRefused = new Set(refusals?.refused.map(({ key }) => key));
    // The log keeps the batch as it was sent; an undo looks at what is there anyway.
    const units = batch
      .map((unit) => ({
        ...unit,
        changes: unit.changes.filter((one) => !isRefused.has(changeKey(one))),
      }))
      .filter((unit) => unit.changes.length > 0);
    const taken = changesOf(units);
    if (refusals !== null) rejected ??= rejectionOf(refusals, changes.length);
    ports.sql.transaction(() => {
      history.answered({ ...sending, units }, "written");
      note(parts.documents, taken);
      parts.tell(`batch written, ${taken.length} changes, ${queue.length} batches to go`);
    });
  }
}

/** What is known of a batch after a failure. Where sets are written one by one, some of them may be there after any. */
function afterwards({ kind }: Failure, { abilities }: Provider): BatchState {
  const isDoubtful = kind === "unknown" || kind === "unreachable" || abilities.atomic === "set";
  return isDoubtful ? "unknown" : "refused";
}

function named(units: readonly Unit[]): string {
  const keys = units.slice(0, NAMED_MAX).map(({ subject }) => setKey(subject));
  const more = units.length - keys.length;
  return `${keys.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const SUPERSEDED: Failure = { kind: "fenced", detail: "Somebody else took the lease." };

/** Keeps asking a provider that throttles, for as long as it says and no longer than we may. */
async function patiently(
  { timers }: Pick<LedgerPorts, "timers">,
  mayGoOn: () => boolean,
  attempt: () => ReturnType<Provider["write"]>,
): ReturnType<Provider["write"]> {
  for (let tries = 1; ; tries += 1) {
    const result = await attempt();
    if (result.ok) return result;
    const waitMs: Ms = result.error.retryAfterMs ?? 1_000 * tries;
    const isPatient =
      result.error.kind === "throttled" && tries < THROTTLED_TRIES && waitMs <= PATIENCE_MS;
    if (!isPatient || !mayGoOn()) return result;
    await timers.wait(waitMs);
    if (!mayGoOn()) return result;
  }
}

/** Remembers what is there now; marks are no content. */
function note(documents: Documents, changes: readonly Change[]): void {
  const memory = readMemory(documents);
  const written = { ...memory.written };
  const absences = { ...memory.absences };
  for (const change of changes) {
    const key = changeKey(change);
    if (change.kind === "delete") {
      delete written[key];
      delete absences[key];
    } else if (readMark(change.after) === null) written[key] = setText(change.after);
  }
  writeMemory(documents, { ...memory, written, absences });
}
