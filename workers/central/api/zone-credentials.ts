/** `/v1/zones/{zone}/credentials`: what a provider is called with goes in, and never comes out. */
import type { Context } from "hono";
import type { z } from "zod";
import type { ProviderKind } from "../../../routing/dns/abilities.ts";
import { CREDENTIALS } from "../../../routing/dns/settings.ts";
import { BODY_BYTES_MAX } from "../../../routing/limits.ts";
import { pointTo } from "../../../routing/table/problem.ts";
import { originOf, vendorOrigins } from "../dns/origins.ts";
import { askConfig, askLedger } from "../http/ask.ts";
import { bodyType, readText } from "../http/body.ts";
import { Refusal } from "../http/problem.ts";
import { type App, type Central, type Env, parameter, refusals, serve } from "../http/routes.ts";
import { fieldsOf } from "../sync/credentials.ts";
import type { SealedCredentials } from "../sync/ports.ts";
import { rfc3339 } from "./schemas.ts";
import {
  credentialsParameters,
  credentialsRequest,
  rotationDocument,
  sealedDocument,
  sealedListDocument,
  sealQuery,
} from "./zone-credential-schemas.ts";
import { zoneParameters } from "./zone-schemas.ts";
import { READ_AGAIN, zoneOf } from "./zones.ts";

const PATH = "/v1/zones/{zone}/credentials";

/** A zone need not be there yet: its entry names the id of what was sealed before. */
export function zoneCredentialRoutes(app: App, central: Central): void {
  serve(app, sealZoneCredentials, (c) => put(c, central));
  serve(app, listZoneCredentials, (c) => list(c, central));
  // Before the path with an id, which it looks like.
  serve(app, rotateZoneCredentials, (c) => rotate(c, central));
  serve(app, removeZoneCredentials, (c) => remove(c, central));
}

const sealZoneCredentials = {
  method: "put",
  path: PATH,
  operationId: "sealZoneCredentials",
  summary: "Seals credentials of the zone's provider",
  description:
    "Write the answered `sealed` as the zone's `credentials.sealed`. The zone need not exist yet: then `provider` says whose they are. " +
    "They are bound to `endpoint`: a zone that would send them elsewhere cannot open them. " +
    "Those that were sealed before stay until they are removed.",
  request: {
    params: zoneParameters,
    query: sealQuery,
    body: { required: true, content: credentialsRequest },
  },
  responses: {
    201: { description: "Sealed; nobody can read them back.", content: sealedDocument },
    ...refusals(
      "malformed",
      "unauthorized",
      "too-large",
      "wrong-type",
      "invalid",
      "no-key",
      "unreachable",
    ),
  },
} as const;

async function put(c: Context<Env>, central: Central): Promise<Response> {
  const zone = zoneOf(c);
  const asked = parameter(sealQuery.shape.provider, "provider", c.req.query("provider"));
  const credentials = await readSecret(c.req.raw);
  const provider = asked ?? (await providerOf(central, zone));
  const origins = originsOf(provider, c.req.queries("endpoint"));
  checkCredentials(provider, credentials);
  const sealed = await askLedger(
    central,
    zone,
    (ledger) => ledger.sealCredentials(provider, credentials, origins),
    `Whether they were sealed is unknown: GET ${pathOf(zone)} lists what is.`,
  );
  if (!sealed.ok) throw new Refusal("no-key", `Nothing was sealed. ${sealed.error}`);
  return c.json(sealedAnswer(sealed.value), 201);
}

const pathOf = (zone: string): string => PATH.replace("{zone}", zone);

/** JSON only, and without the parser's complaint: it quotes what it read. Errors: throws `Refusal` 400, 413, 415. */
async function readSecret(request: Request): Promise<unknown> {
  if (bodyType(request) !== "json") {
    throw new Refusal("wrong-type", "Credentials are sent as application/json.", {
      headers: { accept: "application/json" },
    });
  }
  const text = await readText(request, BODY_BYTES_MAX);
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(
      "malformed",
      "The body is not JSON. It is not quoted here, because it may hold a secret: mend it and send it again.",
    );
  }
}

/** Errors: throws `Refusal` 400. */
async function providerOf(central: Central, zone: string): Promise<ProviderKind> {
  const intent = await askConfig(central, (config) => config.intent(zone), "Nothing was sealed.");
  if (intent !== null) return intent.sync.provider;
  throw new Refusal(
    "malformed",
    `Zone ${zone} has no provider yet, so say whose credentials these are: ?provider=powerdns, for example.`,
  );
}

/** Where they may be sent. Errors: throws `Refusal` 400, without the text: it may carry a secret. */
function originsOf(provider: ProviderKind, given: readonly string[] = []): readonly string[] {
  const { endpoint } = sealQuery.shape;
  if (!endpoint.safeParse(given).success) {
    throw new Refusal(
      "malformed",
      "There are at most 8 of the parameter endpoint, of 2,048 characters.",
    );
  }
  const origins = given.map((text) => originOf(provider, text));
  const wrong = origins.find((origin) => !origin.ok);
  if (wrong !== undefined && !wrong.ok) {
    throw new Refusal("malformed", `The parameter endpoint cannot be used. ${wrong.error}.`);
  }
  const allowed = origins.flatMap((origin) => (origin.ok ? [origin.value] : []));
  if (allowed.length > 0) return allowed;
  const vendors = vendorOrigins(provider);
  if (vendors.length > 0) return vendors;
  throw new Refusal(
    "malformed",
    `Say where the credentials may be sent, because ${provider} has no endpoint of a vendor's: ?endpoint=…, as the zone has it.`,
  );
}

/** Every mistake at once. No value is told, and no name of a field that is not one of the provider's: either may be a secret. */
function checkCredentials(provider: ProviderKind, credentials: unknown): void {
  const schema: z.ZodType = CREDENTIALS[provider];
  const parsed = schema.safeParse(credentials);
  if (parsed.success) return;
  const errors = parsed.error.issues.map((issue) =>
    issue.code === "unrecognized_keys"
      ? {
          pointer: "",
          detail: `${issue.keys.length} unknown field(s); there are ${fieldsOf(provider)}.`,
        }
      : { pointer: pointTo("", ...issue.path.map(String)), detail: complaint(issue) },
  );
  throw new Refusal(
    "invalid",
    `These are not the credentials of ${provider}; nothing was sealed. Each mistake is in errors, without what was sent.`,
    { members: { errors } },
  );
}

/** The library's own sentences may have the value in them. */
function complaint({ code }: z.core.$ZodIssue): string {
  if (code === "invalid_type") return "Is missing, or of another type than text.";
  if (code === "too_big" || code === "too_small") return "Is too long, or empty.";
  return "Is not of the form that the provider gives out.";
}

const listZoneCredentials = {
  method: "get",
  path: PATH,
  operationId: "listZoneCredentials",
  summary: "Which credentials are sealed for the zone, oldest first; never what they say",
  request: { params: zoneParameters },
  responses: {
    200: { description: "The list.", content: sealedListDocument },
    ...refusals("malformed", "unauthorized", "unreachable"),
  },
} as const;

async function list(c: Context<Env>, central: Central): Promise<Response> {
  const zone = zoneOf(c);
  const sealed = await askLedger(central, zone, (one) => one.listCredentials(), READ_AGAIN);
  const nowMs = central.ports.clock.nowMs();
  const ageOf = ({ createdAtMs }: SealedCredentials) =>
    Math.max(0, Math.floor((nowMs - createdAtMs) / 1_000));
  const credentials = sealed.map((one) => ({ ...sealedAnswer(one), age_seconds: ageOf(one) }));
  return c.json({ zone, credentials });
}

const removeZoneCredentials = {
  method: "delete",
  path: `${PATH}/{id}`,
  operationId: "removeZoneCredentials",
  summary: "Removes sealed credentials; a zone that names them cannot be written any more",
  request: { params: credentialsParameters },
  responses: {
    204: { description: "They are gone." },
    ...refusals("malformed", "unauthorized", "not-found", "unreachable"),
  },
} as const;

async function remove(c: Context<Env>, central: Central): Promise<Response> {
  const zone = zoneOf(c);
  const id = parameter(credentialsParameters.shape.id, "id", c.req.param("id"));
  const wasThere = await askLedger(
    central,
    zone,
    (ledger) => ledger.removeCredentials(id),
    `Whether they were removed is unknown: GET ${pathOf(zone)} lists what is there.`,
  );
  if (wasThere) return new Response(null, { status: 204 });
  throw new Refusal(
    "not-found",
    `Zone ${zone} has no sealed credentials ${id}. GET ${pathOf(zone)} lists those that it has.`,
  );
}

const rotateZoneCredentials = {
  method: "post",
  path: `${PATH}/rotate`,
  operationId: "rotateZoneCredentials",
  summary: "Seals everything of the zone again with the newest key",
  description:
    "After that the keys before it may be taken away from central, unless `failed` names any.",
  request: { params: zoneParameters },
  responses: {
    200: { description: "How many were sealed again.", content: rotationDocument },
    ...refusals("malformed", "unauthorized", "no-key", "unreachable"),
  },
} as const;

async function rotate(c: Context<Env>, central: Central): Promise<Response> {
  const zone = zoneOf(c);
  const rotated = await askLedger(
    central,
    zone,
    (ledger) => ledger.rotateCredentials(),
    "Some may be sealed again by now; send it again, that is harmless.",
  );
  if (!rotated.ok) throw new Refusal("no-key", `Nothing was sealed again. ${rotated.error}`);
  const { failed, ...counts } = rotated.value;
  return c.json({
    zone,
    ...counts,
    failed: failed.map(({ id, detail }) => ({ sealed: id, detail })),
  });
}

const sealedAnswer = ({ id, provider, origins, key, createdAtMs }: SealedCredentials) => ({
  sealed: id,
  provider,
  endpoints: origins,
  key,
  created_on: rfc3339(createdAtMs),
});
