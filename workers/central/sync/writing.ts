/**
 * Writing a plan, batch by batch: the lease is looked at in storage right before each call, every call replaces the stamp, and what was
 * written is noted before the next.
 *
 * It stops at the first failure, or when somebody freezes the zone, and never guesses: the next look sees what is there and goes on from that.
 */
import { withDeadline } from "../../../durable-objects/deadline.ts";
import type { Documents } from "../../../durable-objects/storage/documents.ts";
import type { Change, Unit } from "../../../routing/dns/change.ts";
import { changeKey } from "../../../routing/dns/change.ts";
import { readMark } from "../../../routing/dns/mark.ts";
import { batchesOf, changesOf } from "../../../routing/dns/pack.ts";
import { type RecordSet, setText } from "../../../routing/dns/record.ts";
import { fenceOf, readStamp, stampSet } from "../../../routing/dns/stamp.ts";
import type { Ms } from "../../../routing/units.ts";
import type { Failure, Provider } from "../dns/provider.ts";
import { type History, OURSELVES } from "./history.ts";
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

/** A freeze that waited for the end of a long plan would be none. */
const FROZEN_MEANWHILE: Failure = {
  kind: "fenced",
  detail: "The zone was frozen while it was written: the rest waits until it is thawed.",
};

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
  actor: string,
): Promise<Written> {
  const { ports, lease, history } = parts;
  const queue = [...batchesOf(units, provider.abilities)];
  const { owner, domain } = intent.sync;
  const sequence = ports.sql.transaction(() => {
    // What failed is tried at every look, and told once.
    if (actor !== OURSELVES || readMemory(parts.documents).unwritten === "") {
      parts.tell(`${actor} writes ${units.length} sets of version ${plan.version}`);
    }
    return history.begin({
      at: ports.clock.nowMs(),
      actor,
      version: plan.version,
      checksum: plan.checksum,
      batches: queue.length,
    });
  });
  let stamped: RecordSet | undefined = before;
  let written = 0;
  let cuts = 0;
  let rejected: Failure | null = null;
  const end = (failure: Failure | null): Written => {
    const now = failure === null ? "" : `${failure.kind}: ${failure.detail}`;
    ports.sql.transaction(() => {
      const memory = readMemory(parts.documents);
      // In the words in which it was told.
      const why = isSameState(now, memory.unwritten) ? memory.unwritten : now;
      history.end(sequence, failure === null ? "done" : "stopped", why);
      if (why !== "" && why !== memory.unwritten) parts.tell(`not written: ${why}`);
      writeMemory(parts.documents, { ...memory, unwritten: why });
    });
    return { sequence, failure };
  };
  const isFrozen = () => ports.isFrozen() || readMemory(parts.documents).frozen;
  while (queue.length > 0) {
    const batch = queue.shift() ?? [];
    if (!lease.holds(epoch)) return { sequence, failure: SUPERSEDED };
    if (isFrozen()) return end(FROZEN_MEANWHILE);
    const changes = changesOf(batch);
    const next = {
      owner,
      version: plan.version,
      sequence: (readStamp(stamped)?.sequence ?? 0) + 1,
    };
    const fence = fenceOf(domain, stamped, next);
    const failure = await patiently(
      ports,
      () => lease.holds(epoch) && !isFrozen(),
      () =>
        withDeadline(ports.timers, WRITE_TIMEOUT_MS, (signal) =>
          provider.write({ fence, changes }, signal),
        ),
    );
    // An instance that was superseded meanwhile must not tell what is there now.
    if (!lease.holds(epoch)) return { sequence, failure: SUPERSEDED };
    if (failure?.kind === "rejected") {
      // Nothing was written. One set that the provider does not take must not keep the others out.
      if (batch.length > 1 && cuts < CUTS_MAX) {
        cuts += 1;
        history.cut(sequence);
        queue.unshift(batch.slice(0, batch.length / 2), batch.slice(batch.length / 2));
      } else rejected ??= failure;
      continue;
    }
    if (failure !== null) return end(failure);
    stamped = stampSet(domain, next);
    ports.sql.transaction(() => {
      history.wrote(sequence, written, changes);
      note(parts.documents, changes);
      parts.tell(`batch written, ${changes.length} changes, ${queue.length} batches to go`);
    });
    written += 1;
  }
  return end(rejected);
}

const SUPERSEDED: Failure = { kind: "fenced", detail: "Somebody else took the lease." };

/** Keeps asking a provider that throttles, for as long as it says and no longer than we may. */
async function patiently(
  { timers }: Pick<LedgerPorts, "timers">,
  mayGoOn: () => boolean,
  attempt: () => ReturnType<Provider["write"]>,
): Promise<Failure | null> {
  for (let tries = 1; ; tries += 1) {
    const result = await attempt();
    if (result.ok) return null;
    const waitMs: Ms = result.error.retryAfterMs ?? 1_000 * tries;
    const isPatient =
      result.error.kind === "throttled" && tries < THROTTLED_TRIES && waitMs <= PATIENCE_MS;
    if (!isPatient || !mayGoOn()) return result.error;
    await timers.wait(waitMs);
    if (!mayGoOn()) return result.error;
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
