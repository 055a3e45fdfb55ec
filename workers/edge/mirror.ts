/**
 * Copies of requests for mirrors: sent once, never again, never waited for, and their answers are thrown away.
 *
 * A copy teaches the isolate nothing about the endpoint: what a mirror does must not move real traffic. A body too large
 * to be kept is not copied, because a stream that is read twice is buffered at the pace of the slower reader.
 */
import { TRY_TIMEOUT_MS } from "../../routing/limits.ts";
import type { Copy } from "../../routing/match/action.ts";
import type { Endpoint } from "../../routing/model.ts";
import { decide } from "../../routing/steer/decide.ts";
import { NO_MEMORY } from "../../routing/steer/knowledge.ts";
import { urlOf } from "./endpoint-url.ts";
import type { Isolate } from "./isolate.ts";
import type { Job } from "./job.ts";
import type { WaitUntil } from "./snapshot.ts";
import type { Visitor } from "./visitor.ts";

/** Under way from one isolate: a mirror that has stalled must cost requests nothing but these. */
const COPIES_MAX = 64;

export function mirror(
  job: Job,
  copies: readonly Copy[],
  visitor: Visitor,
  isolate: Isolate,
  later: WaitUntil,
): void {
  for (const { balanced, ratio } of copies) {
    if (isolate.copies.underWay >= COPIES_MAX || job.upload.body instanceof ReadableStream) return;
    if (isolate.ports.chance.uniform() >= ratio) continue;
    const asker = visitor.with(false);
    const { know } = isolate.learned;
    // Nobody waits for it.
    const criticality = "sheddable" as const;
    const input = { shard: balanced, asker, know, criticality, memory: NO_MEMORY, triesMax: 1 };
    const { candidates } = decide(input, job.arrivedAtMs, isolate.ports.chance.uniform);
    for (const { endpoint } of candidates) later(send(job, endpoint, isolate));
  }
}

async function send(job: Job, endpoint: Endpoint, { copies, ports }: Isolate): Promise<void> {
  copies.underWay += 1;
  const timeout = new AbortController();
  const stopTimer = ports.timers.after(TRY_TIMEOUT_MS, () => timeout.abort());
  try {
    const { method } = job.request;
    const { body } = job.upload;
    const answer = await ports.send(urlOf(endpoint, job.target), {
      method,
      headers: job.inbound.kept,
      ...(body === null ? {} : { body }),
      redirect: "manual",
      signal: timeout.signal,
    });
    await answer.body?.cancel();
  } catch {
    // Whatever becomes of a copy is nobody's business.
  } finally {
    stopTimer();
    copies.underWay -= 1;
  }
}
