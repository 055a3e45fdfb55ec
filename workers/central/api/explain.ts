/** `/v1/explain`: why a described request would go where it goes, and tickets to be told the same of real ones. */
import type { Context } from "hono";
import { explain } from "../../../routing/explain/explain.ts";
import { TICKET_HEADER } from "../../../routing/explain/ticket.ts";
import type { RegionStatus } from "../../../routing/region-status.ts";
import { invariant } from "../../../routing/result.ts";
import { type Manifest, readManifest } from "../../../routing/snapshot.ts";
import { type CutoffOf, toldCutoff } from "../../../routing/steer/admitted.ts";
import { type EndpointKnowledge, type Know, UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { normaliseHostname } from "../../../routing/table/hostname.ts";
import type { Colo, EndpointId } from "../../../routing/units.ts";
import type { HostSnapshot } from "../../config-object.ts";
import { askingOf, requestSchema } from "../explain/request.ts";
import { sitesOf } from "../explain/sites.ts";
import { askConfig, askSigner, CONFIG_WRITE_TIMEOUT_MS } from "../http/ask.ts";
import { checkedBody } from "../http/checked.ts";
import { Refusal } from "../http/problem.ts";
import { type App, type Central, type Env, refusals, serve } from "../http/routes.ts";
import { coloStatuses } from "../observe/colos.ts";
import { askRegion, type Heard } from "../observe/regions.ts";
import {
  explainRequest,
  explanationSchema,
  ticketBodySchema,
  ticketRequest,
  ticketSchema,
} from "./explain-schemas.ts";
import { frozenRefusal } from "./order.ts";
import { rfc3339 } from "./schemas.ts";

export function explainRoutes(app: App, central: Central): void {
  serve(app, postExplain, (c) => explainRequestOf(c, central));
  serve(app, postTicket, (c) => issueTicket(c, central));
}

const BODY_REFUSALS = ["malformed", "unauthorized", "too-large", "wrong-type", "invalid"] as const;

const postExplain = {
  method: "post",
  path: "/v1/explain",
  operationId: "explainRequest",
  summary: "Which rule, pool and endpoint a request would get, and why",
  description:
    "The functions that serve requests are asked, over the current snapshot and what the colo's region knows. What only " +
    "one isolate knows (its own failures, requests in flight) is not known here, and where chance decides it is drawn anew. " +
    "Nothing is sent to any endpoint.",
  request: { body: { required: true, content: explainRequest } },
  responses: {
    200: { description: "The explanation.", content: explanationSchema },
    ...refusals(...BODY_REFUSALS, "not-found", "unreachable"),
  },
} as const;

async function explainRequestOf(c: Context<Env>, central: Central): Promise<Response> {
  const described = await checkedBody(c.req.raw, requestSchema, "Nothing was explained.");
  const { facts, asker, region } = askingOf(described);
  const [{ manifest, parts }, heard] = await Promise.all([
    snapshotOf(central, facts.host),
    askRegion(central, region, (object) => object.status()),
  ]);
  const { clock, chance, timers } = central.ports;
  const sites = await sitesOf(facts.host, parts, timers);
  const know = knowledgeOf(heard, facts.colo);
  const loads = heard.reachable ? heard.value.loads : undefined;
  const question = { version: manifest.version, sites, facts, asker, know, loads };
  const explanation = explain(question, clock.nowMs(), chance.uniform);
  return c.json({ ...explanation, known: knownWords(heard, facts.colo) });
}

/** As an isolate of the colo hears it; a region that is silent has told nothing. */
function knowledgeOf(heard: Heard<RegionStatus>, colo: Colo): Know {
  if (!heard.reachable) return () => UNKNOWN;
  const { health, latencyMs, ejected, admission, asOfMs } = heard.value;
  const know = (endpoint: EndpointId): EndpointKnowledge => ({
    ...UNKNOWN,
    health: health[endpoint],
    healthAsOfMs: asOfMs,
    shared: latencyMs[colo]?.[endpoint],
    ejectedByRegion: ejected?.[endpoint],
  });
  const cutoffOf: CutoffOf = (pool) => toldCutoff(admission, pool, asOfMs);
  return Object.assign(know, { cutoffOf });
}

function knownWords(heard: Heard<RegionStatus>, colo: Colo) {
  const { region, reachable } = heard;
  if (!heard.reachable) return { colo, colo_version: null, region, reachable, as_of: null };
  const { reporters, asOfMs } = heard.value;
  const here = coloStatuses(reporters).find((status) => status.colo === colo);
  const as_of = rfc3339(asOfMs);
  return { colo, colo_version: here?.version ?? null, region, reachable, as_of };
}

const postTicket = {
  method: "post",
  path: "/v1/explain/tickets",
  operationId: "issueExplainTicket",
  summary: "A ticket to be told of real requests to one hostname",
  description:
    `Sent as \`${TICKET_HEADER}\` with a request to that hostname, for five minutes, it adds the header \`${TICKET_HEADER}\` to the answer: ` +
    "the decision that served it. Edges never see the operators' token. The first ticket of an installation, and one every 90 days, " +
    "makes a version with the same content, by which edges are told the public key.",
  request: { body: { required: true, content: ticketRequest } },
  responses: {
    201: { description: "The ticket.", content: ticketSchema },
    ...refusals(...BODY_REFUSALS, "not-found", "frozen", "unreachable"),
  },
} as const;

async function issueTicket(c: Context<Env>, central: Central): Promise<Response> {
  const body = await checkedBody(c.req.raw, ticketBodySchema, "No ticket was made.");
  const hostname = normaliseHostname(body.hostname);
  const { manifest, parts } = await snapshotOf(central, hostname);
  if (Object.keys(parts).length === 0) throw notServed(body.hostname);
  const { ticket, publicKey, untilMs } = await askSigner(central, (signer) =>
    signer.sign(hostname),
  );
  const version = await versionWith(publicKey, manifest, central);
  const expires_at = rfc3339(untilMs);
  return c.json({ ticket, hostname, header: TICKET_HEADER, expires_at, version }, 201);
}

/** Of the snapshot by which edges know the key: almost always the one that they have. */
async function versionWith(key: string, manifest: Manifest, central: Central): Promise<number> {
  if (manifest.explain_keys?.includes(key)) return manifest.version;
  const by = { actor: "central", note: "A new key for explain tickets." };
  const trusted = await askConfig(
    central,
    (config) => config.trust(key, by),
    "No ticket was made; ask again.",
    CONFIG_WRITE_TIMEOUT_MS,
  );
  if (trusted === null) throw noConfiguration();
  if ("frozen" in trusted) throw frozenRefusal(trusted.frozen, central.account);
  return trusted.version;
}

async function snapshotOf(
  central: Central,
  host: string,
): Promise<{ readonly manifest: Manifest; readonly parts: HostSnapshot["parts"] }> {
  const nextStep = "Traffic is not affected; ask again.";
  const found = await askConfig(central, (config) => config.snapshot(host), nextStep);
  if (found === null) throw noConfiguration();
  const manifest = readManifest(found.manifest.text);
  invariant(manifest.ok, "a manifest that ConfigStore has compiled can be read");
  return { manifest: manifest.value, parts: found.parts };
}

const noConfiguration = () =>
  new Refusal("not-found", "There is no configuration yet. PUT /v1/config makes the first.");

function notServed(value: string): Refusal {
  const detail = "No load balancer that is enabled and no route of this account answers for it.";
  return new Refusal("invalid", "No ticket was made: the hostname is not served here.", {
    members: { errors: [{ pointer: "/hostname", detail, value }] },
  });
}
