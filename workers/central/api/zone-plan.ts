/** `/v1/zones/{zone}/plan`, `apply`, `drift`, `history`, `undo`: what is to be done, done on an operator's word, and undone. */
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { planMarkdown } from "../../../routing/dns/markdown.ts";
import type { Plan } from "../../../routing/dns/plan.ts";
import { askLedger } from "../http/ask.ts";
import { checkedBody } from "../http/checked.ts";
import { type App, type Central, type Env, parameter, refusals, serve } from "../http/routes.ts";
import type { Look } from "../sync/ports.ts";
import { json, rfc3339 } from "./schemas.ts";
import {
  driftAnswer,
  entryAnswer,
  noPlan,
  orderRefusal,
  planAnswer,
  unitsAnswer,
} from "./zone-answers.ts";
import {
  applyBody,
  driftDocument,
  entryDocument,
  historyDocument,
  historyQuery,
  planDocument,
  planQuery,
  undoBody,
  zoneParameters,
} from "./zone-schemas.ts";
import { knownZone, READ_AGAIN } from "./zones.ts";

/** A look asks the store (5 s), lists the zone (60 s), asks the regions and the edge (10 s), and waits for the look before it. */
const LOOK_TIMEOUT_MS = 90_000;
/** Two batches that the provider takes its time for, and a look before and after; a longer one goes on and is told in the history. */
const WRITE_TIMEOUT_MS = 300_000;

export function zonePlanRoutes(app: App, central: Central): void {
  serve(app, getZonePlan, (c) => plan(c, central));
  serve(app, applyZonePlan, (c) => apply(c, central));
  serve(app, getZoneDrift, (c) => drift(c, central));
  serve(app, listZoneHistory, (c) => history(c, central));
  serve(app, undoZoneEntry, (c) => undo(c, central));
}

const getZonePlan = {
  method: "get",
  path: "/v1/zones/{zone}/plan",
  operationId: "getZonePlan",
  summary: "What would be written to the zone, and what speaks against it",
  description: "Looks at the zone now. With `Accept: text/markdown` as a text to review.",
  request: { params: zoneParameters, query: planQuery },
  responses: {
    200: { description: "The plan; `checksum` is what is applied.", content: planDocument },
    ...refusals("malformed", "unauthorized", "not-found", "no-plan", "unreachable"),
  },
} as const;

async function plan(c: Context<Env>, central: Central): Promise<Response> {
  const format = wantedFormat(c);
  const { zone, look, plan } = await planned(c, central);
  if (format === "json") {
    return c.json(planAnswer(zone, look, plan), 200, { vary: "accept" });
  }
  const { objections, held, frozen } = look;
  const text = planMarkdown({ zone, at: rfc3339(look.atMs), plan, objections, held, frozen });
  const headers = { "content-type": "text/markdown; charset=utf-8", vary: "accept" };
  return new Response(text, { headers });
}

/** Errors: throws `Refusal` 400. */
function wantedFormat(c: Context<Env>): "json" | "markdown" {
  const asked = parameter(planQuery.shape.format, "format", c.req.query("format"));
  if (asked !== undefined) return asked;
  const supports = ["application/json", "text/markdown"];
  const accepted = accepts(c, { header: "Accept", supports, default: "application/json" });
  return accepted === "text/markdown" ? "markdown" : "json";
}

async function planned(
  c: Context<Env>,
  central: Central,
): Promise<{ readonly zone: string; readonly look: Look; readonly plan: Plan }> {
  const fresh = parameter(planQuery.shape.fresh, "fresh", c.req.query("fresh"));
  const zone = await knownZone(c, central);
  const look =
    fresh === "true"
      ? await askLedger(central, zone, (one) => one.look(), READ_AGAIN, LOOK_TIMEOUT_MS)
      : (await askLedger(central, zone, (one) => one.status(), READ_AGAIN)).look;
  const nobodyLooked = "Nobody has looked since its ledger was loaded: ask without fresh=false.";
  if (look === null) throw noPlan(zone, { failure: null, blind: nobodyLooked });
  if (look.plan === null) throw noPlan(zone, look);
  return { zone, look, plan: look.plan };
}

const BODY_REFUSALS = ["malformed", "too-large", "wrong-type", "invalid"] as const;
const ORDER_REFUSALS = [
  ...BODY_REFUSALS,
  "unauthorized",
  "not-found",
  "guarded",
  "frozen",
  "provider-failed",
  "no-plan",
  "unreachable",
] as const;

const applyZonePlan = {
  method: "post",
  path: "/v1/zones/{zone}/apply",
  operationId: "applyZonePlan",
  summary: "Writes the plan that was reviewed, and no other",
  description:
    "The zone is looked at again. When its plan has another checksum, or was applied already, nothing is written (412).",
  request: {
    params: zoneParameters,
    body: { required: true, content: json(applyBody) },
  },
  responses: {
    200: { description: "Written, and looked at again.", content: entryDocument },
    ...refusals(...ORDER_REFUSALS, "stale"),
  },
} as const;

const UNKNOWN_END = (zone: string) =>
  `It may still be written: GET /v1/zones/${zone}/history before you send it again.`;

async function apply(c: Context<Env>, central: Central): Promise<Response> {
  const body = await checkedBody(c.req.raw, applyBody, "Nothing was written.");
  const zone = await knownZone(c, central);
  const { checksum, confirmations, include_respected: includeRespected } = body;
  const order = { actor: "operator", checksum, confirmations, includeRespected };
  const result = await askLedger(
    central,
    zone,
    (ledger) => ledger.apply(order),
    UNKNOWN_END(zone),
    WRITE_TIMEOUT_MS,
  );
  if (!result.ok) throw orderRefusal(zone, result.error, checksum);
  return c.json(entryAnswer(result.value));
}

const getZoneDrift = {
  method: "get",
  path: "/v1/zones/{zone}/drift",
  operationId: "getZoneDrift",
  summary: "Sets of ours that somebody else changed, and what would undo it",
  request: { params: zoneParameters, query: planQuery.pick({ fresh: true }) },
  responses: {
    200: { description: "The drift; empty when there is none.", content: driftDocument },
    ...refusals("malformed", "unauthorized", "not-found", "no-plan", "unreachable"),
  },
} as const;

async function drift(c: Context<Env>, central: Central): Promise<Response> {
  const { zone, look, plan } = await planned(c, central);
  return c.json({
    zone,
    at: rfc3339(look.atMs),
    drift: driftAnswer(plan.drift),
    respected: unitsAnswer(plan.respected),
  });
}

const listZoneHistory = {
  method: "get",
  path: "/v1/zones/{zone}/history",
  operationId: "listZoneHistory",
  summary: "Every plan that was begun, newest first; the newest hundred are kept",
  request: { params: zoneParameters, query: historyQuery },
  responses: {
    200: { description: "The entries.", content: historyDocument },
    ...refusals("malformed", "unauthorized", "not-found", "unreachable"),
  },
} as const;

async function history(c: Context<Env>, central: Central): Promise<Response> {
  const sequence = parameter(historyQuery.shape.sequence, "sequence", c.req.query("sequence"));
  const zone = await knownZone(c, central);
  const entries = await askLedger(central, zone, (ledger) => ledger.history(sequence), READ_AGAIN);
  if (sequence !== undefined && entries.length === 0) {
    throw orderRefusal(zone, { reason: "unknown-entry" }, null);
  }
  return c.json({ zone, history: entries.map(entryAnswer) });
}

const undoZoneEntry = {
  method: "post",
  path: "/v1/zones/{zone}/undo",
  operationId: "undoZoneEntry",
  summary: "Freezes the zone, and writes the inverse of one entry of the history",
  description:
    "Under the same guards as a plan, and only what is still as the entry left it: a set that was written since stays, and the answer's `detail` names it. The zone is frozen before the first batch, or automation would do it all again: change what is wanted, then thaw it.",
  request: { params: zoneParameters, body: { required: true, content: json(undoBody) } },
  responses: {
    200: { description: "Undone; the zone is frozen.", content: entryDocument },
    ...refusals(...ORDER_REFUSALS, "nothing-to-undo"),
  },
} as const;

async function undo(c: Context<Env>, central: Central): Promise<Response> {
  const body = await checkedBody(c.req.raw, undoBody, "Nothing was written.");
  const zone = await knownZone(c, central);
  const { sequence, confirmations } = body;
  const result = await askLedger(
    central,
    zone,
    (ledger) => ledger.undo(sequence, { actor: "operator", confirmations }),
    UNKNOWN_END(zone),
    WRITE_TIMEOUT_MS,
  );
  if (!result.ok) throw orderRefusal(zone, result.error, null);
  return c.json(entryAnswer(result.value));
}
