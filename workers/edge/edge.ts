/**
 * A user's request, in one straight line: guard → host → sites → dispatch → decide → attempt → answer → observe → beat.
 *
 * Nothing on this line asks an object, and nothing of ours that fails becomes the visitor's error as long as the
 * host is known: `decide` and this file both fail open to the order that the operator wrote down.
 */
import { COLD_START_MS } from "../../routing/limits.ts";
import type { Action } from "../../routing/match/action.ts";
import { byLoadBalancer, dispatch, dispatchPlain } from "../../routing/match/dispatch.ts";
import { sessionHeader } from "../../routing/match/session.ts";
import type { Kept } from "../../routing/match/session-home.ts";
import type { Site } from "../../routing/match/site.ts";
import type { Balanced } from "../../routing/snapshot.ts";
import { decide } from "../../routing/steer/decide.ts";
import { staticOrder } from "../../routing/steer/static-order.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import type { EdgePorts } from "../ports.ts";
import { type Attempted, attempt } from "./attempt.ts";
import { type Asked, factsOf } from "./facts.ts";
import { parseHost, pathStart, refusalOf } from "./guard.ts";
import { type Isolate, openIsolate } from "./isolate.ts";
import { type Job, jobOf } from "./job.ts";
import { mirror } from "./mirror.ts";
import { type ProblemCode, problem } from "./problem.ts";
import { UNKNOWN_HOST } from "./report.ts";
import { addOurs, type Inbound, readHeaders } from "./request-headers.ts";
import { answerBy, changedAnswer } from "./ruled-answer.ts";
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
  const { method, url } = request;
  const id = isolate.ports.chance.id();
  const requestId = inbound.requestId ?? id;
  const host = parseHost(inbound.host);
  if ("refused" in host) return ours(host.refused, UNKNOWN_HOST, requestId, isolate);
  const refused = refusalOf(request, url, inbound);
  if (refused !== null) return ours(refused, UNKNOWN_HOST, requestId, isolate);
  const sites = await sitesOf(host.name, isolate, arrivedAtMs, later);
  if (sites === "unknown-host" || sites === "no-snapshot") {
    return ours(sites, UNKNOWN_HOST, requestId, isolate);
  }
  const target = url.slice(pathStart(url));
  const asked: Asked = { method, url, host: host.name, rawHost: inbound.host, target };
  const action = actionOf(asked, sites, inbound, visitor, arrivedAtMs, isolate);
  if (action === null) return ours("not-found", host.name, requestId, isolate);
  if (action.do === "fail") return ours(action.why, host.name, requestId, isolate);
  if (action.do === "answer") {
    const answer = answerBy(action.answer, requestId);
    isolate.counters.answered(host.name, answer.status, null);
    return answer;
  }
  const { forward } = action;
  addOurs(inbound, url, id);
  const job = await jobOf(request, asked, inbound, forward, arrivedAtMs);
  if (job === null) return ours("bad-body", host.name, requestId, isolate);
  mirror(job, forward.mirrors, visitor, isolate, later);
  const attempted = await attemptFailingOpen(job, forward.balanced, visitor, isolate);
  if (!("answer" in attempted)) return unanswered(attempted, job, requestId, isolate);
  isolate.counters.answered(job.host, attempted.answer.status, attempted.pool);
  const session = sessionOf(forward.kept, attempted.endpoint, url, isolate);
  return changedAnswer(attempted.answer, forward, session, inbound.kept["origin"]);
}

/** A look-up, unless the host is new to this isolate or the isolate has slept and its colo may know better. */
async function sitesOf(host: string, isolate: Isolate, nowMs: number, later: WaitUntil) {
  const { exchange, ports, snapshot } = isolate;
  if (exchange.wasIdle(nowMs)) {
    later(exchange.run(later));
    const refreshed = snapshot.refresh(later);
    later(refreshed);
    await Promise.race([refreshed, ports.timers.wait(COLD_START_MS)]);
  }
  return snapshot.held.sites(host, nowMs) ?? (await snapshot.find(host, later));
}

/** A mistake of ours in the rules costs a visitor nothing where the host has a load balancer. */
function actionOf(
  asked: Asked,
  sites: readonly Site[],
  inbound: Inbound,
  visitor: Visitor,
  nowMs: Ms,
  { learned, ports }: Isolate,
): Action | null {
  const plain = dispatchPlain(sites, asked.host);
  if (plain !== "look") return plain;
  try {
    const facts = factsOf(asked, inbound, visitor);
    return dispatch(sites, facts, learned.know, nowMs, ports.chance.uniform);
  } catch {
    return byLoadBalancer(sites, asked.host);
  }
}

async function attemptFailingOpen(
  job: Job,
  balanced: Balanced,
  visitor: Visitor,
  isolate: Isolate,
): Promise<Attempted> {
  try {
    const { learned, ports, snapshot } = isolate;
    learned.hear(snapshot.held.view, job.arrivedAtMs);
    const asker = { ...visitor, replayable: job.replayable };
    const memory = learned.memoryOf(balanced);
    const { preferred, terms } = job;
    const { triesMax } = terms;
    const input = { shard: balanced, asker, know: learned.know, memory, triesMax, preferred };
    const decision = decide(input, job.arrivedAtMs, ports.chance.uniform);
    if (decision.memory !== memory) learned.remember(balanced, decision.memory);
    return await attempt(job, decision.candidates, isolate);
  } catch {
    // A mistake of ours: what the operator wrote down first is right more often than an error page.
    if (job.upload.body instanceof ReadableStream && job.request.bodyUsed)
      return { problem: "internal" };
    return failOpen(job, balanced, isolate);
  }
}

async function failOpen(job: Job, balanced: Balanced, isolate: Isolate): Promise<Attempted> {
  try {
    return await attempt(job, staticOrder(balanced), isolate);
  } catch {
    // The request itself cannot be sent; there is nothing simpler left to try.
    return { problem: "internal" };
  }
}

/** A rule without sessions does not even ask the time. */
function sessionOf(kept: Kept | null, endpoint: EndpointId, url: string, { ports }: Isolate) {
  if (kept === null) return null;
  const isSecure = url.startsWith("https:");
  return sessionHeader(kept.terms, kept.session, endpoint, isSecure, ports.clock.nowMs());
}

function unanswered(
  attempted: Exclude<Attempted, { answer: Response }>,
  { host, terms }: Job,
  requestId: string,
  isolate: Isolate,
): Response {
  if ("abandoned" in attempted) {
    isolate.counters.answered(host, CLIENT_CLOSED_REQUEST, null);
    return new Response(null, { status: CLIENT_CLOSED_REQUEST });
  }
  const { problem } = attempted;
  // Where a route has said how to try again and all of it was in vain, the Gateway API wants the words "come again".
  const isWornOut = terms.codes !== null && problem === "endpoint-failed";
  return ours(isWornOut ? "no-endpoint" : problem, host, requestId, isolate);
}

/** What nginx counts a visitor as who left first; nobody is there to read it. */
const CLIENT_CLOSED_REQUEST = 499;

function ours(code: ProblemCode, host: string, requestId: string, isolate: Isolate): Response {
  const answer = problem(code, requestId);
  isolate.counters.problem(host, code);
  isolate.counters.answered(host, answer.status, null);
  return answer;
}
