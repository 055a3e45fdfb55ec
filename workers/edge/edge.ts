/**
 * A user's request, in one straight line: guard → host → shard → decide → attempt → answer → observe → beat.
 *
 * Nothing on this line asks an object, and nothing of ours that fails becomes the visitor's error as long as the
 * host is known: `decide` and this file both fail open to the order that the operator wrote down.
 */
import { COLD_START_MS } from "../../routing/limits.ts";
import { type Balanced, isBalanced } from "../../routing/snapshot.ts";
import { decide } from "../../routing/steer/decide.ts";
import { staticOrder } from "../../routing/steer/static-order.ts";
import type { EdgePorts } from "../ports.ts";
import { type Attempted, attempt, type Job, replayOf } from "./attempt.ts";
import { parseHost, pathStart, refusalOf } from "./guard.ts";
import { type Isolate, openIsolate } from "./isolate.ts";
import { type ProblemCode, problem } from "./problem.ts";
import { UNKNOWN_HOST } from "./report.ts";
import { addOurs, type Inbound, readHeaders } from "./request-headers.ts";
import type { WaitUntil } from "./snapshot.ts";
import { type Visitor, visitorOf } from "./visitor.ts";

export interface Edge {
  fetch(request: Request, waitUntil: WaitUntil): Promise<Response>;
}

export function createEdge(ports: EdgePorts): Edge {
  let isolate: Isolate | null = null;
  return {
    async fetch(request, waitUntil) {
      const inbound = readHeaders(request.headers);
      const visitor = visitorOf(request, inbound.visitorIp);
      isolate ??= openIsolate(ports, visitor.colo, visitor);
      const serving = serve(request, inbound, visitor, isolate, waitUntil);
      // When a visitor leaves the platform drops the request's work; what it has begun must still be counted.
      waitUntil(serving);
      const answer = await serving;
      const nowMs = ports.clock.nowMs();
      if (isolate.exchange.isDue(nowMs)) waitUntil(isolate.exchange.run(waitUntil));
      return answer;
    },
  };
}

async function serve(
  request: Request,
  inbound: Inbound,
  visitor: Visitor,
  isolate: Isolate,
  later: WaitUntil,
): Promise<Response> {
  const arrivedAtMs = isolate.ports.clock.nowMs();
  const { url } = request;
  const id = isolate.ports.chance.id();
  const requestId = inbound.requestId ?? id;
  const host = parseHost(inbound.host);
  if ("refused" in host) return ours(host.refused, UNKNOWN_HOST, requestId, isolate);
  const refused = refusalOf(request, url, inbound);
  if (refused !== null) return ours(refused, UNKNOWN_HOST, requestId, isolate);
  const shard = await shardOf(host.name, isolate, arrivedAtMs, later);
  if (shard === "unknown-host" || shard === "no-snapshot") {
    return ours(shard, UNKNOWN_HOST, requestId, isolate);
  }
  if (!isBalanced(shard)) return ours("unknown-host", UNKNOWN_HOST, requestId, isolate);
  addOurs(inbound, url, id);
  const target = url.slice(pathStart(url));
  const replay = replayOf(request, inbound);
  const job: Job = { request, inbound, host: host.name, target, arrivedAtMs, ...replay };
  const attempted = await attemptFailingOpen(job, shard, visitor, isolate);
  return answerOf(attempted, job, requestId, isolate);
}

/** A look-up, unless the host is new to this isolate or the isolate has slept and its colo may know better. */
async function shardOf(host: string, isolate: Isolate, nowMs: number, later: WaitUntil) {
  const { exchange, ports, snapshot } = isolate;
  if (exchange.wasIdle(nowMs)) {
    later(exchange.run(later));
    const refreshed = snapshot.refresh(later);
    later(refreshed);
    await Promise.race([refreshed, ports.timers.wait(COLD_START_MS)]);
  }
  return snapshot.held.shard(host, nowMs) ?? (await snapshot.find(host, later));
}

async function attemptFailingOpen(
  job: Job,
  shard: Balanced,
  visitor: Visitor,
  isolate: Isolate,
): Promise<Attempted> {
  try {
    const { learned, ports, snapshot } = isolate;
    learned.hear(snapshot.held.view, job.arrivedAtMs);
    const asker = { ...visitor, replayable: job.replayable };
    const memory = learned.memoryOf(job.host);
    const input = { shard, asker, know: learned.know, memory };
    const decision = decide(input, job.arrivedAtMs, ports.chance.uniform);
    if (decision.memory !== memory) learned.remember(job.host, decision.memory);
    return await attempt(job, decision.candidates, isolate);
  } catch {
    // A mistake of ours: what the operator wrote down first is right more often than an error page.
    if (job.request.bodyUsed) return { problem: "internal" };
    return failOpen(job, shard, isolate);
  }
}

async function failOpen(job: Job, shard: Balanced, isolate: Isolate): Promise<Attempted> {
  try {
    return await attempt(job, staticOrder(shard), isolate);
  } catch {
    // The request itself cannot be sent; there is nothing simpler left to try.
    return { problem: "internal" };
  }
}

function answerOf(attempted: Attempted, job: Job, requestId: string, isolate: Isolate): Response {
  if ("problem" in attempted) return ours(attempted.problem, job.host, requestId, isolate);
  if ("abandoned" in attempted) {
    isolate.counters.answered(job.host, CLIENT_CLOSED_REQUEST, null);
    return new Response(null, { status: CLIENT_CLOSED_REQUEST });
  }
  isolate.counters.answered(job.host, attempted.answer.status, attempted.pool);
  return attempted.answer;
}

/** What nginx counts a visitor as who left first; nobody is there to read it. */
const CLIENT_CLOSED_REQUEST = 499;

function ours(code: ProblemCode, host: string, requestId: string, isolate: Isolate): Response {
  const answer = problem(code, requestId);
  isolate.counters.problem(host, code);
  isolate.counters.answered(host, answer.status, null);
  return answer;
}
