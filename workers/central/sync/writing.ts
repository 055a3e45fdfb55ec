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
import { rejectionOf } from "../dns/failure.ts";
import type { Failure, Provider } from "../dns/provider.ts";
import type { History } from "./history.ts";
import type { Lease } from "./lease.ts";
import type { Ready } from "./look.ts";
import { readMemory, writeMemory } from "./memory.ts";
import type { LedgerPorts } from "./ports.ts";

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
  /** Called after each batch, in its transaction. */
  readonly progress: (detail: string) => void;
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
  const sequence = ports.sql.transaction(() =>
    history.begin({
      at: ports.clock.nowMs(),
      actor,
      version: plan.version,
      checksum: plan.checksum,
      batches: queue.length,
    }),
  );
  let stamped: RecordSet | undefined = before;
  let written = 0;
  let cuts = 0;
  let rejected: Failure | null = null;
  const stop = (failure: Failure): Written => {
    history.end(sequence, "stopped", `${failure.kind}: ${failure.detail}`);
    return { sequence, failure };
  };
  const isFrozen = () => ports.isFrozen() || readMemory(parts.documents).frozen;
  while (queue.length > 0) {
    const batch = queue.shift() ?? [];
    if (!lease.holds(epoch)) return { sequence, failure: SUPERSEDED };
    if (isFrozen()) return stop(FROZEN_MEANWHILE);
    const changes = changesOf(batch);
    const next = {
      owner,
      version: plan.version,
      sequence: (readStamp(stamped)?.sequence ?? 0) + 1,
    };
    const fence = fenceOf(domain, stamped, next);
    const outcome = await patiently(
      ports,
      () => lease.holds(epoch) && !isFrozen(),
      () =>
        withDeadline(ports.timers, WRITE_TIMEOUT_MS, (signal) =>
          provider.write({ fence, changes }, signal),
        ),
    );
    // An instance that was superseded meanwhile must not tell what is there now.
    if (!lease.holds(epoch)) return { sequence, failure: SUPERSEDED };
    const failure = outcome.ok ? null : outcome.error;
    if (failure?.kind === "rejected") {
      // Nothing was written. One set that the provider does not take must not keep the others out.
      if (batch.length > 1 && cuts < CUTS_MAX) {
        cuts += 1;
        history.cut(sequence);
        queue.unshift(batch.slice(0, batch.length / 2), batch.slice(batch.length / 2));
      } else rejected ??= failure;
      continue;
    }
    if (failure !== null) return stop(failure);
    stamped = stampSet(domain, next);
    const refusals = outcome.ok ? outcome.value : null;
    const isRefused = new Set(refusals?.refused.map(({ key }) => key));
    const taken = changes.filter((change) => !isRefused.has(changeKey(change)));
    if (refusals !== null) rejected ??= rejectionOf(refusals, changes.length);
    ports.sql.transaction(() => {
      history.wrote(sequence, written, taken);
      note(parts.documents, taken);
      parts.progress(`batch written, ${taken.length} changes, ${queue.length} batches to go`);
    });
    written += 1;
  }
  if (rejected !== null) return stop(rejected);
  history.end(sequence, "done", "");
  return { sequence, failure: null };
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
