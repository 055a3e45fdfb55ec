/** `/v1/freeze`: the switch that stops every change of the configuration, automatic and ordered. */
import type { Context } from "hono";
import { FREEZE_PLACES, freezeKey, thawing } from "../../../routing/guard/freeze.ts";
import type { FreezeState } from "../../../routing/guard/orders.ts";
import type { ConfigObject } from "../../config-object.ts";
import { askConfig } from "../http/ask.ts";
import { type App, type Central, type Env, parameter, refusals, serve } from "../http/routes.ts";
import { freezeStateDocument } from "./guard-schemas.ts";
import { noteSchema, rfc3339 } from "./schemas.ts";

export function freezeRoutes(app: App, central: Central): void {
  serve(app, getFreeze, (c) => turn(c, central, (config) => config.freezes()));
  serve(app, putFreeze, (c) => {
    const note = noteOf(c);
    return turn(c, central, (config) => config.freeze(note, "operator"));
  });
  serve(app, deleteFreeze, (c) => turn(c, central, (config) => config.freeze(null, "operator")));
}

const noteOf = (c: Context<Env>): string =>
  parameter(noteSchema.shape.note, "note", c.req.query("note"));

const getFreeze = {
  method: "get",
  path: "/v1/freeze",
  operationId: "getFreeze",
  summary: "Where the freeze switch is turned",
  responses: {
    200: { description: "The places; none = changes are taken.", content: freezeStateDocument },
    ...refusals("unauthorized", "unreachable"),
  },
} as const;

const putFreeze = {
  method: "put",
  path: "/v1/freeze",
  operationId: "freezeConfig",
  summary: "Stops every change of the configuration, automatic and ordered",
  description:
    "Health, failover and DNS go on; a zone has a switch of its own. Dry runs are answered. Without this API: the variable TW_FREEZE, or a key in KV.",
  request: { query: noteSchema },
  responses: {
    200: { description: "It is frozen.", content: freezeStateDocument },
    ...refusals("malformed", "unauthorized", "unreachable"),
  },
} as const;

const deleteFreeze = {
  method: "delete",
  path: "/v1/freeze",
  operationId: "thawConfig",
  summary: "Takes this switch back; those of KV and of the scripts stay where they are",
  responses: {
    200: { description: "Where it is still frozen.", content: freezeStateDocument },
    ...refusals("unauthorized", "unreachable"),
  },
} as const;

async function turn(
  c: Context<Env>,
  central: Central,
  work: (config: ConfigObject) => Promise<FreezeState>,
): Promise<Response> {
  const { ports, account } = central;
  const { by, store, isKvSilent } = await askConfig(
    central,
    work,
    `Whether it is frozen is unknown: send it again. The variable TW_FREEZE of the scripts and the key ${freezeKey(account)} of SNAPSHOTS freeze too.`,
  );
  const places = new Set([...by, ...(ports.isFrozen() ? (["script"] as const) : [])]);
  const frozen = FREEZE_PLACES.filter((place) => places.has(place));
  return c.json({
    frozen,
    store: store && { reason: store.reason, actor: store.actor, at: rfc3339(store.atMs) },
    kv: isKvSilent ? "silent" : "read",
    thaw: frozen.length === 0 ? null : thawing(frozen, account),
  });
}
