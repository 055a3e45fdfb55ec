/** `/v1/evacuations`: a pool, a cloud or a region of one taken out of use as one call, watched, and undone. */
import type { Context } from "hono";
import type {
  EvacuateRefusal,
  EvacuationState,
  UndoRefusal,
} from "../../../routing/guard/orders.ts";
import type { Target } from "../../../routing/guard/places.ts";
import { assertNever } from "../../../routing/result.ts";
import { askConfig, CONFIG_WRITE_TIMEOUT_MS } from "../http/ask.ts";
import { checkedBody } from "../http/checked.ts";
import { Refusal } from "../http/problem.ts";
import { type App, type Central, type Env, parameter, refusals, serve } from "../http/routes.ts";
import { askStatuses } from "../observe/regions.ts";
import { pokeLedgers } from "../sync/wake.ts";
import { evacuationAnswer, previewAnswer } from "./guard-answers.ts";
import {
  evacuationBody,
  evacuationDocument,
  evacuationOrPreview,
  evacuationParameters,
  evacuationRequest,
  evacuationsDocument,
} from "./guard-schemas.ts";
import {
  byOperator,
  evacuationQuery,
  frozenRefusal,
  guardedRefusal,
  orderQuery,
  readOrder,
} from "./order.ts";

const ASK_AGAIN = "Traffic is not affected; ask again.";
const UNKNOWN_END = "Whether it was done is unknown: GET /v1/evacuations before you send it again.";

export function evacuationRoutes(app: App, central: Central): void {
  serve(app, listEvacuations, (c) => list(c, central));
  serve(app, postEvacuation, (c) => evacuate(c, central));
  serve(app, getEvacuation, (c) => read(c, central));
  serve(app, undoEvacuation, (c) => undo(c, central));
}

const listEvacuations = {
  method: "get",
  path: "/v1/evacuations",
  operationId: "listEvacuations",
  summary: "Evacuations and how far they are, newest first",
  responses: {
    200: {
      description: "Those that stand, and the last that are over.",
      content: evacuationsDocument,
    },
    ...refusals("unauthorized", "unreachable"),
  },
} as const;

async function list(c: Context<Env>, central: Central): Promise<Response> {
  const [states, statuses] = await Promise.all([statesOf(central), askStatuses(central)]);
  return c.json({ evacuations: states.map((state) => evacuationAnswer(state, statuses)) });
}

const statesOf = (central: Central): Promise<readonly EvacuationState[]> =>
  askConfig(central, (config) => config.evacuations(), ASK_AGAIN);

const getEvacuation = {
  method: "get",
  path: "/v1/evacuations/{id}",
  operationId: "getEvacuation",
  summary: "How much still goes there, region by region",
  request: { params: evacuationParameters },
  responses: {
    200: { description: "The evacuation.", content: evacuationDocument },
    ...refusals("malformed", "unauthorized", "not-found", "unreachable"),
  },
} as const;

const idOf = (c: Context<Env>): string =>
  parameter(evacuationParameters.shape.id, "id", c.req.param("id"));

async function read(c: Context<Env>, central: Central): Promise<Response> {
  return await told(c, central, idOf(c), 200);
}

async function told(c: Context<Env>, central: Central, id: string, status: 200 | 201) {
  const [states, statuses] = await Promise.all([statesOf(central), askStatuses(central)]);
  const state = states.find(({ evacuation }) => evacuation.id === id);
  if (state === undefined) throw unknownEvacuation();
  const headers = { location: `/v1/evacuations/${id}` };
  return c.json(evacuationAnswer(state, statuses), status, headers);
}

const unknownEvacuation = () =>
  new Refusal(
    "not-found",
    "There is no such evacuation, or it is no longer kept. GET /v1/evacuations lists those that are.",
  );

const postEvacuation = {
  method: "post",
  path: "/v1/evacuations",
  operationId: "evacuate",
  summary: "Takes a pool, a cloud or a cloud region out of use",
  description:
    "Moves a quarter of the traffic every ten seconds, then disables the pool, or every endpoint there: streams are drained. The same order again " +
    "answers what stands (200). With `dry_run=true` nothing is changed, and the forecast, N-1, and the hostnames that would have no endpoint are told.",
  request: {
    query: evacuationQuery,
    body: { required: true, content: evacuationRequest },
  },
  responses: {
    200: {
      description: "It stands already; or what would become of it.",
      content: evacuationOrPreview,
    },
    201: { description: "It is on its way.", content: evacuationDocument },
    ...refusals(
      "malformed",
      "unauthorized",
      "not-found",
      "guarded",
      "overlapping",
      "nothing-to-do",
      "too-large",
      "wrong-type",
      "invalid",
      "frozen",
      "unreachable",
    ),
  },
} as const;

async function evacuate(c: Context<Env>, central: Central): Promise<Response> {
  const order = readOrder(c, central);
  const body = await checkedBody(c.req.raw, evacuationBody, "Nothing was evacuated.");
  const { at_once: atOnce } = evacuationQuery.shape;
  const isAtOnce = parameter(atOnce, "at_once", c.req.query("at_once")) === "true";
  const measured = await byOperator(central, order);
  const by = { ...measured, note: body.reason, target: targetIn(body), isAtOnce };
  if (order.isDryRun) {
    const preview = await askConfig(central, (one) => one.previewEvacuation(by), ASK_AGAIN);
    if (!preview.ok) throw evacuateRefusal(preview.error, central.account);
    const { target, disables, forbidden } = preview.value;
    return c.json({ ...previewAnswer(preview.value), target, disables, forbidden });
  }
  const result = await askConfig(
    central,
    (config) => config.evacuate(by),
    UNKNOWN_END,
    CONFIG_WRITE_TIMEOUT_MS,
  );
  if (!result.ok) throw evacuateRefusal(result.error, central.account);
  const { evacuation, unchanged } = result.value;
  central.ports.later(pokeLedgers(central));
  return await told(c, central, evacuation.id, unchanged ? 200 : 201);
}

function targetIn({
  pool,
  cloud,
  region,
}: { [kind in Target["kind"]]?: string | undefined }): Target {
  if (pool !== undefined) return { kind: "pool", name: pool };
  return cloud === undefined
    ? { kind: "region", name: region ?? "" }
    : { kind: "cloud", name: cloud };
}

const undoEvacuation = {
  method: "post",
  path: "/v1/evacuations/{id}/undo",
  operationId: "undoEvacuation",
  summary: "Enables again exactly what the evacuation disabled",
  description:
    "Refuses (409) with what somebody changed since; with `force=true` that stays as it is, and the rest is put back. Once undone, it stays so.",
  request: {
    params: evacuationParameters,
    query: orderQuery.omit({ dry_run: true }),
  },
  responses: {
    200: { description: "Undone.", content: evacuationDocument },
    ...refusals(
      "malformed",
      "unauthorized",
      "not-found",
      "guarded",
      "changed-since",
      "frozen",
      "unreachable",
    ),
  },
} as const;

async function undo(c: Context<Env>, central: Central): Promise<Response> {
  const id = idOf(c);
  const by = await byOperator(central, readOrder(c, central));
  const result = await askConfig(
    central,
    (config) => config.undoEvacuation(id, by),
    UNKNOWN_END,
    CONFIG_WRITE_TIMEOUT_MS,
  );
  if (!result.ok) throw undoRefusal(result.error, central.account);
  central.ports.later(pokeLedgers(central));
  return await told(c, central, id, 200);
}

function evacuateRefusal(refusal: EvacuateRefusal, account: string): Refusal {
  switch (refusal.reason) {
    case "frozen":
      return frozenRefusal(refusal.by, account);
    case "guarded":
      return guardedRefusal(refusal.objections);
    case "no-configuration":
      return new Refusal("not-found", "There is no configuration yet, and nothing to evacuate.");
    case "unknown-target": {
      const known = refusal.known.length === 0 ? "none" : refusal.known.slice(0, 20).join(", ");
      return new Refusal(
        "not-found",
        `Nothing of that name is in the configuration. There is: ${known}.`,
        {
          members: { known: refusal.known },
        },
      );
    }
    case "ambiguous-target":
      return new Refusal(
        "invalid",
        `Several clouds have a region of that name: ${refusal.meant.join(", ")}. Name one of these.`,
        { members: { meant: refusal.meant } },
      );
    case "nothing-to-do":
      return new Refusal(
        "nothing-to-do",
        `Nothing of ${refusal.name} is enabled, so nothing was changed. GET /v1/drains tells what still goes there.`,
      );
    case "overlap":
      return new Refusal(
        "overlapping",
        `The evacuation ${refusal.id} of ${refusal.target.kind} ${refusal.target.name} has endpoints in common with this one; nothing was changed. POST /v1/evacuations/${refusal.id}/undo first, or leave it to that one.`,
        { members: { evacuation: refusal.id } },
      );
    default:
      return assertNever(refusal);
  }
}

function undoRefusal(refusal: UndoRefusal, account: string): Refusal {
  switch (refusal.reason) {
    case "frozen":
      return frozenRefusal(refusal.by, account);
    case "guarded":
      return guardedRefusal(refusal.objections);
    case "unknown-evacuation":
      return unknownEvacuation();
    case "changed-since":
      return new Refusal(
        "changed-since",
        `Somebody has changed since what it disabled, so nothing was changed: ${refusal.changes.slice(0, 5).join("; ")}. force=true leaves these as they are and puts back the rest.`,
        { members: { changes: refusal.changes } },
      );
    default:
      return assertNever(refusal);
  }
}
