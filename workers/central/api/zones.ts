/** `/v1/zones`: how the zones that are kept in step stand, and the freeze switch. */
import type { Context } from "hono";
import { ask, askConfig, askLedger, REGION_TIMEOUT_MS } from "../http/ask.ts";
import { Refusal } from "../http/problem.ts";
import { type App, type Central, type Env, parameter, refusals, serve } from "../http/routes.ts";
import { askZones } from "../observe/zones.ts";
import { statusAnswer } from "./zone-answers.ts";
import { freezeDocument, zoneDocument, zoneParameters, zonesDocument } from "./zone-schemas.ts";

export function zoneRoutes(app: App, central: Central): void {
  serve(app, listZones, (c) => list(c, central));
  serve(app, getZone, (c) => read(c, central));
  serve(app, freezeZone, (c) => turn(c, central, true));
  serve(app, thawZone, (c) => turn(c, central, false));
}

export const READ_AGAIN = "DNS answers as it did; ask again.";

const listZones = {
  method: "get",
  path: "/v1/zones",
  operationId: "listZones",
  summary: "Every zone that is kept in step with a DNS provider, and how it stands",
  responses: {
    200: { description: "By name.", content: zonesDocument },
    ...refusals("unauthorized", "unreachable"),
  },
} as const;

async function list(c: Context<Env>, central: Central): Promise<Response> {
  const zones = await askConfig(central, (config) => config.syncedZones(), READ_AGAIN);
  const heard = await askZones(central, zones, (ledger) => ledger.status());
  return c.json({
    zones: heard.map((one) =>
      one.reachable
        ? statusAnswer(one.value)
        : { zone: one.zone, reachable: false, reason: one.reason },
    ),
  });
}

const getZone = {
  method: "get",
  path: "/v1/zones/{zone}",
  operationId: "getZone",
  summary: "How one zone stands, as of its last look",
  request: { params: zoneParameters },
  responses: {
    200: { description: "The zone.", content: zoneDocument },
    ...refusals("malformed", "unauthorized", "not-found", "unreachable"),
  },
} as const;

async function read(c: Context<Env>, central: Central): Promise<Response> {
  const zone = await knownZone(c, central);
  return c.json(
    statusAnswer(await askLedger(central, zone, (ledger) => ledger.status(), READ_AGAIN)),
  );
}

const freezeZone = {
  method: "put",
  path: "/v1/zones/{zone}/freeze",
  operationId: "freezeZone",
  summary: "Stops every write to the zone, automatic and ordered",
  request: { params: zoneParameters },
  responses: {
    200: { description: "It is frozen; it goes on looking.", content: freezeDocument },
    ...refusals("malformed", "unauthorized", "not-found", "unreachable"),
  },
} as const;

const thawZone = {
  method: "delete",
  path: "/v1/zones/{zone}/freeze",
  operationId: "thawZone",
  summary: "Takes this switch back; those of the script and of the zone itself stay where they are",
  request: { params: zoneParameters },
  responses: {
    200: {
      description: "Where the zone is still frozen; it looks at once.",
      content: freezeDocument,
    },
    ...refusals("malformed", "unauthorized", "not-found", "unreachable"),
  },
} as const;

async function turn(c: Context<Env>, central: Central, frozen: boolean): Promise<Response> {
  const zone = await knownZone(c, central);
  const status = await askLedger(
    central,
    zone,
    async (ledger) => {
      await ledger.freeze(frozen, "operator");
      return await ledger.status();
    },
    "Whether it is frozen is unknown: send it again. The variable TW_FREEZE of central and a TXT record _tradewind-freeze in the zone freeze too.",
  );
  return c.json({ zone, frozen: status.frozen });
}

export const zoneOf = (c: Context<Env>): string =>
  parameter(zoneParameters.shape.zone, "zone", c.req.param("zone"));

/**
 * The zone that is asked for, unless the store says that nobody keeps it in step. A store that does not answer says nothing: it must not
 * take the freeze switch and the history of its ledger with it.
 *
 * Errors: throws `Refusal` 400, 404.
 */
export async function knownZone(c: Context<Env>, { ports, account }: Central): Promise<string> {
  const zone = zoneOf(c);
  const known = async () => ports.objects.config(account).syncedZones();
  const zones = await ask(ports, known, REGION_TIMEOUT_MS);
  if (!zones.ok || zones.value.includes(zone)) return zone;
  throw new Refusal(
    "not-found",
    `Zone ${zone} is not kept in step: the configuration has no zone of that name with a provider. GET /v1/zones lists those that are; add it with PUT /v1/config.`,
  );
}
