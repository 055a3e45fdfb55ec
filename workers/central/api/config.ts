/** `/v1/config`: the account's whole document, read and replaced under compare-and-set. */
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { stringify } from "yaml";
import { CONFIG_BODY_BYTES_MAX } from "../../../routing/limits.ts";
import { askConfig, CONFIG_WRITE_TIMEOUT_MS } from "../http/ask.ts";
import { type BodyType, bodyType, readText } from "../http/body.ts";
import { readDocument } from "../http/document.ts";
import { matchesWeakly, quoted, readTags, writePrecondition } from "../http/preconditions.ts";
import { Refusal } from "../http/problem.ts";
import { type App, type Central, type Env, parameter, refusals, serve } from "../http/routes.ts";
import { acceptedOrPreview, NOTHING_CHANGED } from "./guard-schemas.ts";
import { byOperator, orderQuery, readOrder } from "./order.ts";
import { acceptedSchema, configDocument, formatSchema, ifMatchHeader } from "./schemas.ts";
import { accept, expectedEtag, previewed } from "./write.ts";

export function configRoutes(app: App, central: Central): void {
  serve(app, getConfig, (c) => readConfig(c, central));
  serve(app, putConfig, (c) => replaceConfig(c, central));
}

const getConfig = {
  method: "get",
  path: "/v1/config",
  operationId: "getConfig",
  summary: "The current document, as JSON or YAML",
  request: { query: formatSchema },
  responses: {
    200: { description: "The document; `ETag` names its version.", content: configDocument },
    304: { description: "It is still the version named in `If-None-Match`." },
    ...refusals("malformed", "unauthorized", "not-found", "unreachable"),
  },
} as const;

async function readConfig(c: Context<Env>, central: Central): Promise<Response> {
  const language = wantedLanguage(c);
  const current = await askConfig(
    central,
    (config) => config.current(),
    "Traffic is not affected; ask again.",
  );
  if (current === null) {
    throw new Refusal(
      "not-found",
      "There is no configuration yet. PUT /v1/config makes the first.",
    );
  }
  return renderDocument(c, current.document, current.etag, language);
}

/**
 * One version in the language that was asked for. Both languages carry the same `ETag`: it names the
 * version, which is what a write compares; nothing may store the bytes.
 */
export function renderDocument(
  c: Context<Env>,
  document: unknown,
  etag: string,
  language: BodyType,
): Response {
  const headers = { etag: quoted(etag), vary: "accept" };
  const known = readTags(c.req.raw, "if-none-match");
  if (known !== null && matchesWeakly(known, etag)) {
    return new Response(null, { status: 304, headers });
  }
  if (language === "json") return c.json(document as object, 200, headers);
  const text = stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
  return new Response(text, { headers: { ...headers, "content-type": "application/yaml" } });
}

/** Errors: throws `Refusal` 400. */
export function wantedLanguage(c: Context<Env>): BodyType {
  const asked = parameter(formatSchema.shape.format, "format", c.req.query("format"));
  if (asked !== undefined) return asked;
  const supports = ["application/json", "application/yaml"];
  const accepted = accepts(c, { header: "Accept", supports, default: "application/json" });
  return accepted === "application/yaml" ? "yaml" : "json";
}

const putConfig = {
  method: "put",
  path: "/v1/config",
  operationId: "putConfig",
  summary: "Replaces the whole document",
  description:
    "`If-Match` with the ETag of the last GET makes the write fail when somebody else was faster; " +
    "without it the last write wins. `If-None-Match: *` creates only. " +
    "What would push a pool past 90 % of its declared capacity, or leave a hostname without an endpoint, is refused (409) unless `force=true`; `dry_run=true` tells the forecast.",
  request: {
    query: orderQuery,
    headers: ifMatchHeader,
    body: { required: true, content: configDocument },
  },
  responses: {
    200: {
      description: "Accepted as a new version; or what would become of it.",
      content: acceptedOrPreview,
    },
    201: { description: "Accepted as the first version.", content: acceptedSchema },
    ...refusals(
      "malformed",
      "unauthorized",
      "guarded",
      "stale",
      "too-large",
      "wrong-type",
      "invalid",
      "hostname-taken",
      "frozen",
      "unreachable",
    ),
  },
} as const;

async function replaceConfig(c: Context<Env>, central: Central): Promise<Response> {
  const order = readOrder(c, central);
  const precondition = writePrecondition(c.req.raw);
  const type = bodyType(c.req.raw);
  const document = readDocument(await readText(c.req.raw, CONFIG_BODY_BYTES_MAX), type);
  const by = await byOperator(central, order);
  if (order.isDryRun) {
    const proposal = { document, ...by };
    const preview = await askConfig(central, (one) => one.preview(proposal), NOTHING_CHANGED);
    return previewed(c, central, preview);
  }
  const expected = await expectedEtag(central, precondition);
  const result = await askConfig(
    central,
    (config) => config.propose({ document, ...by, ...expected }),
    "Whether the change was stored is unknown: GET /v1/config and compare before you send it again.",
    CONFIG_WRITE_TIMEOUT_MS,
  );
  return accept(c, central, result);
}
