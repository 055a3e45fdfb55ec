/**
 * A user's request, in one straight line: guard → host → sites → dispatch → decide → attempt → answer → observe → beat.
 * Who holds an explain ticket is served by the same line; notes are taken on the way and told with the answer.
 *
 * Nothing on this line asks an object, and nothing of ours that fails becomes the visitor's error as long as the
 * host is known: `decide` and this file both fail open to the order that the operator wrote down.
 */
import { COLD_START_MS } from "../../routing/limits.ts";
import type { Action } from "../../routing/match/action.ts";
import { byLoadBalancer, courseOf, dispatch, dispatchPlain } from "../../routing/match/dispatch.ts";
import { answerHeader, type Kept } from "../../routing/match/kept.ts";
import type { Site } from "../../routing/match/site.ts";
import type { Balanced } from "../../routing/snapshot.ts";
import { decide, type Trace } from "../../routing/steer/decide.ts";
import type { KeptVerdict } from "../../routing/steer/preferred.ts";
import { staticOrder } from "../../routing/steer/static-order.ts";
import type { EndpointId } from "../../routing/units.ts";
import type { EdgePorts } from "../ports.ts";
import { type Attempted, attempt, CLIENT_CLOSED_REQUEST } from "./attempt.ts";
import { watchedAnswer } from "./bodies.ts";
import { type Asked, factsOf } from "./facts.ts";
import { parseHost, pathStart, refusalOf } from "./guard.ts";
import { asksHealth, healthy, isAble } from "./health.ts";
import { type Isolate, openIsolate } from "./isolate.ts";
import { type Job, jobOf } from "./job.ts";
import { mirror } from "./mirror.ts";
import { type Notes, openNotes, withNotes } from "./notes.ts";
import { endable } from "./open-streams.ts";
import { type ProblemCode, problem } from "./problem.ts";
import { UNKNOWN_HOST } from "./report.ts";
import { addOurs, type Inbound, readHeaders } from "./request-headers.ts";
import { answerBy, changedAnswer } from "./ruled-answer.ts";
import type { WaitUntil } from "./snapshot.ts";
import { coloOf, Visitor } from "./visitor.ts";

export interface Edge {
  fetch(request: Request, waitUntil: WaitUntil): Promise<Response>;
}

export function createEdge(ports: EdgePorts): Edge {
  let isolate: Isolate | null = null;
  return {
    fetch(request, waitUntil) {
      isolate ??= openedBy(request, ports);
      return serve(request, isolate, waitUntil);
    },
  };
}

/** The first visitor tells where this isolate is: an isolate never moves. */
function openedBy(request: Request, ports: EdgePorts): Isolate {
  const colo = coloOf(request);
  return openIsolate(ports, colo, new Visitor(request, "", colo));
}

/** Answers, and begins the beat that has become due. */
async function serve(request: Request, isolate: Isolate, later: WaitUntil): Promise<Response> {
  const { exchange, ports } = isolate;
  // What else is broken in what is stored for one host must not look like a broken edge to whoever watches it.
  const broken = () => ours("internal", UNKNOWN_HOST, ports.chance.id(), isolate);
  const answer = await answered(request, isolate, later).catch(broken);
  if (exchange.isDue(ports.clock.nowMs())) later(exchange.run(later));
  return answer;
}

async function answered(request: Request, isolate: Isolate, later: WaitUntil): Promise<Response> {
  const inbound = readHeaders(request.headers);
  const arrivedAtMs = isolate.ports.clock.nowMs();
  const { method, url } = request;
  const id = isolate.ports.chance.id();
  const requestId = inbound.requestId ?? id;
  const host = parseHost(inbound.host);
  const refused = refusalOf(request, url, inbound);
  if (refused === null && asksHealth(url, host)) {
    if (await isAble(isolate, later)) return healthy(requestId);
    return ours("no-snapshot", UNKNOWN_HOST, requestId, isolate);
  }
  if ("refused" in host) return ours(host.refused, UNKNOWN_HOST, requestId, isolate);
  if (refused !== null) return ours(refused, UNKNOWN_HOST, requestId, isolate);
  const { exchange, snapshot } = isolate;
  const held = exchange.wasIdle(arrivedAtMs) ? null : snapshot.held.sites(host.name, arrivedAtMs);
  const sites = held ?? (await newSites(host.name, isolate, arrivedAtMs, later));
  if (sites === "unknown-host" || sites === "no-snapshot") {
    return ours(sites, UNKNOWN_HOST, requestId, isolate);
  }
  // Under a wildcard visitors choose the name: counted is the key, so that a stranger cannot invent series.
  const hostKey = sites[0]?.shard.host ?? UNKNOWN_HOST;
  const visitor = new Visitor(request, inbound.visitorIp ?? "", isolate.colo);
  const target = url.slice(pathStart(url));
  const asked: Asked = { method, url, host: host.name, hostKey, rawHost: inbound.host, target };
  const notes = inbound.ticket === "" ? null : await notesFor(inbound.ticket, host.name, isolate);
  const answer = await respond(
    { request, inbound, visitor, asked, sites, arrivedAtMs, id, notes },
    isolate,
    later,
  );
  return notes === null ? answer : withNotes(answer, notes);
}

/** One request whose host is served here. */
interface Visit {
  readonly request: Request;
  readonly inbound: Inbound;
  readonly visitor: Visitor;
  readonly asked: Asked;
  readonly sites: readonly Site[];
  readonly arrivedAtMs: number;
  readonly id: string;
  readonly notes: Notes | null;
}

/** `null` for a ticket that is not good: its bearer is a visitor like any other. */
async function notesFor(
  ticket: string,
  host: string,
  { colo, ports, snapshot, tickets }: Isolate,
): Promise<Notes | null> {
  const manifest = snapshot.held.manifest?.value;
  const isGood = await tickets.admits(ticket, host, manifest, ports.clock.nowMs());
  return isGood ? openNotes({ version: manifest?.version ?? null, colo, host }) : null;
}

async function respond(visit: Visit, isolate: Isolate, later: WaitUntil): Promise<Response> {
  const { request, inbound, visitor, asked, arrivedAtMs, id, notes } = visit;
  const { url, hostKey } = asked;
  const requestId = inbound.requestId ?? id;
  let action = actionOf(visit, isolate);
  if (action?.do === "answer") {
    const answer = answerBy(action.answer, requestId);
    if (answer !== null) {
      isolate.counters.answered(hostKey, answer.status, null);
      return answer;
    }
    action = byLoadBalancer(visit.sites, asked.host);
  }
  if (action === null || action.do === "answer")
    return ours("not-found", hostKey, requestId, isolate);
  if (action.do === "fail") return ours(action.why, hostKey, requestId, isolate);
  const { forward } = action;
  addOurs(inbound, url, id);
  const job = await jobOf(request, asked, inbound, forward, arrivedAtMs, notes);
  if (job === null) return ours("bad-body", hostKey, requestId, isolate);
  mirror(job, forward.mirrors, visitor, isolate, later);
  const { attempted, kept } = await attemptFailingOpen(job, forward.balanced, visit, isolate);
  if (!("answer" in attempted)) return unanswered(attempted, job, requestId, isolate);
  isolate.counters.answered(hostKey, attempted.answer.status, attempted.pool);
  const session = sessionOf(forward.kept, kept, attempted.endpoint, url, isolate);
  const opened = endable(attempted, job, forward.balanced, visit.sites, isolate, later);
  const answer = watchedAnswer(opened, attempted.endpoint, job, isolate);
  return changedAnswer(answer, forward, session, inbound.kept["origin"]);
}

/** The host is new to this isolate, or the isolate has slept and its colo may know better. */
async function newSites(host: string, isolate: Isolate, nowMs: number, later: WaitUntil) {
  const { exchange, ports, snapshot } = isolate;
  if (exchange.wasIdle(nowMs)) {
    later(exchange.run(later));
    const refreshed = snapshot.refresh(later, host);
    later(refreshed);
    await Promise.race([refreshed, ports.timers.wait(COLD_START_MS)]);
  }
  return snapshot.held.sites(host, nowMs) ?? (await snapshot.find(host, later));
}

/** A mistake of ours in the rules costs a visitor nothing where the host has a load balancer. */
function actionOf(visit: Visit, { learned, ports }: Isolate): Action | null {
  const { asked, sites, inbound, visitor, arrivedAtMs, notes } = visit;
  const plain = notes === null ? dispatchPlain(sites, asked.host) : "look";
  if (plain !== "look") return plain;
  try {
    const facts = factsOf(asked, inbound, visitor);
    const { uniform } = ports.chance;
    if (notes === null) return dispatch(sites, facts, learned.know, arrivedAtMs, uniform);
    notes.course = courseOf(sites, facts, learned.know, arrivedAtMs, uniform);
    return notes.course.action;
  } catch {
    return byLoadBalancer(sites, asked.host);
  }
}

interface Served {
  readonly attempted: Attempted;
  /** What was decided about the endpoint that the request belongs to. */
  readonly kept: KeptVerdict | null;
}

async function attemptFailingOpen(
  job: Job,
  balanced: Balanced,
  { visitor, sites }: Visit,
  isolate: Isolate,
): Promise<Served> {
  try {
    const { learned, ports, samples, snapshot } = isolate;
    learned.hear(snapshot.held.view, job.arrivedAtMs);
    const asker = visitor.with(job.replayable);
    const memory = learned.memoryOf(balanced);
    const { criticality, preferred, hold, terms } = job;
    const { triesMax } = terms;
    const { know } = learned;
    const loads = learned.loads(job.arrivedAtMs);
    const by = { know, memory, loads, criticality };
    const input = { shard: balanced, asker, ...by, triesMax, preferred, hold };
    const decision = samples.isNext()
      ? samples.decide(input, job.arrivedAtMs, sites, isolate)
      : decide(input, job.arrivedAtMs, ports.chance.uniform);
    const { spill } = decision.trace;
    if (spill !== null) isolate.counters.spilled(spill.from.pool.id, spill.to?.pool.id);
    if (job.notes !== null) job.notes.trace = decision.trace;
    if (decision.memory !== memory) learned.remember(balanced, decision.memory);
    const { isRefused, refusedBy } = decision.trace;
    if (refusedBy !== null) isolate.counters.refused(refusedBy.pool.id, criticality);
    if (isRefused) return { attempted: OVERLOADED, kept: null };
    const attempted = await attempt(job, decision.candidates, isolate);
    return { attempted: named(attempted, decision.trace), kept: decision.trace.kept };
  } catch {
    // A mistake of ours: what the operator wrote down first is right more often than an error page.
    const isGone = job.upload.body instanceof ReadableStream && job.request.bodyUsed;
    const attempted = isGone ? INTERNAL : await failOpen(job, balanced, isolate);
    return { attempted, kept: null };
  }
}

/** Nobody to send it to is one thing, nobody who may have it another. */
function named(attempted: Attempted, { outside }: Trace): Attempted {
  const isNobody = "problem" in attempted && attempted.problem === "no-endpoint";
  return isNobody && outside > 0 ? { problem: "no-resident-endpoint" } : attempted;
}

const OVERLOADED: Attempted = { problem: "overloaded" };
const INTERNAL: Attempted = { problem: "internal" };

async function failOpen(job: Job, balanced: Balanced, isolate: Isolate): Promise<Attempted> {
  try {
    return await attempt(job, staticOrder(balanced), isolate);
  } catch {
    // The request itself cannot be sent; there is nothing simpler left to try.
    return INTERNAL;
  }
}

/** A rule without sessions does not even ask the time. */
function sessionOf(
  kept: Kept | null,
  verdict: KeptVerdict | null,
  endpoint: EndpointId,
  url: string,
  { ports }: Isolate,
) {
  if (kept === null) return null;
  const isHttps = url.startsWith("https:");
  return answerHeader(kept, verdict, endpoint, isHttps, ports.clock.nowMs());
}

function unanswered(
  attempted: Exclude<Attempted, { answer: Response }>,
  { hostKey, terms }: Job,
  requestId: string,
  isolate: Isolate,
): Response {
  if ("abandoned" in attempted) {
    return new Response(null, { status: CLIENT_CLOSED_REQUEST });
  }
  const { problem } = attempted;
  // Where a route has said how to try again and all of it was in vain, the Gateway API wants the words "come again".
  const isWornOut = terms.codes !== null && problem === "endpoint-failed";
  return ours(isWornOut ? "no-endpoint" : problem, hostKey, requestId, isolate);
}

function ours(code: ProblemCode, host: string, requestId: string, isolate: Isolate): Response {
  const answer = problem(code, requestId, isolate.ports.chance.uniform);
  isolate.counters.problem(host, code);
  isolate.counters.answered(host, answer.status, null);
  return answer;
}
