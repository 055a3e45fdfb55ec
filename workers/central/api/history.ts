/** `/v1/versions` and `/v1/audit`: every version that is kept, the way back to it, and who did what. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { refuse } from "../../../routing/result.ts";
import { askConfig, CONFIG_WRITE_TIMEOUT_MS } from "../http/ask.ts";
import { quoted, writePrecondition } from "../http/preconditions.ts";
import { Refusal } from "../http/problem.ts";
import { type App, type Central, type Env, parameter, refusals, serve } from "../http/routes.ts";
import { renderDocument, wantedLanguage } from "./config.ts";
import { acceptedOrPreview } from "./guard-schemas.ts";
import { byOperator, orderQuery, readOrder } from "./order.ts";
import {
  auditSchema,
  configDocument,
  formatSchema,
  ifMatchHeader,
  rfc3339,
  sequenceSchema,
  versionParameter,
  versionsSchema,
} from "./schemas.ts";
import { accept, expectedEtag, previewed } from "./write.ts";

const ASK_AGAIN = "Traffic is not affected; ask again.";

export function historyRoutes(app: App, central: Central): void {
  serve(app, listVersions, (c) => versions(c, central));
  serve(app, getVersion, (c) => version(c, central));
  serve(app, restoreVersion, (c) => restore(c, central));
  serve(app, listAudit, (c) => audit(c, central));
}

const listVersions = {
  method: "get",
  path: "/v1/versions",
  operationId: "listVersions",
  summary: "Every version that is kept, newest first",
  responses: {
    200: { description: "The versions.", content: versionsSchema },
    ...refusals("unauthorized", "unreachable"),
  },
} as const;

async function versions(c: Context<Env>, central: Central): Promise<Response> {
  const kept = await askConfig(central, (config) => config.versions(), ASK_AGAIN);
  return c.json({
    versions: kept.map((one) => ({ ...one, etag: quoted(one.etag), at: rfc3339(one.at) })),
  });
}

const getVersion = {
  method: "get",
  path: "/v1/versions/{version}",
  operationId: "getVersion",
  summary: "The document as it was at one version",
  request: { params: versionParameter, query: formatSchema },
  responses: {
    200: { description: "The document.", content: configDocument },
    304: { description: "It is the version named in `If-None-Match`." },
    ...refusals("malformed", "unauthorized", "not-found", "unreachable"),
  },
} as const;

const versionOf = (c: Context<Env>): number =>
  parameter(versionParameter.shape.version, "version", c.req.param("version"));

async function version(c: Context<Env>, central: Central): Promise<Response> {
  const language = wantedLanguage(c);
  const wanted = versionOf(c);
  const found = await askConfig(central, (config) => config.version(wanted), ASK_AGAIN);
  if (found === null) {
    throw new Refusal(
      "not-found",
      `Version ${wanted} does not exist or is no longer kept. GET /v1/versions lists those that are.`,
    );
  }
  return renderDocument(c, found.document, found.etag, language);
}

const restoreVersion = {
  method: "post",
  path: "/v1/versions/{version}/restore",
  operationId: "restoreVersion",
  summary: "Makes an old version the newest",
  request: { params: versionParameter, query: orderQuery, headers: ifMatchHeader },
  responses: {
    200: {
      description: "Accepted as a new version; or what would become of it.",
      content: acceptedOrPreview,
    },
    ...refusals(
      "malformed",
      "unauthorized",
      "not-found",
      "guarded",
      "stale",
      "invalid",
      "hostname-taken",
      "frozen",
      "unreachable",
    ),
  },
} as const;

async function restore(c: Context<Env>, central: Central): Promise<Response> {
  const wanted = versionOf(c);
  const order = readOrder(c, central);
  const precondition = writePrecondition(c.req.raw);
  const operator = await byOperator(central, order);
  if (order.isDryRun) {
    const preview = await askConfig(
      central,
      async (config) => {
        const old = await config.version(wanted);
        if (old === null) return refuse({ reason: "unknown-version" as const });
        return await config.preview({ document: old.document, ...operator });
      },
      ASK_AGAIN,
    );
    return previewed(c, central, preview);
  }
  const by = { ...operator, ...(await expectedEtag(central, precondition)) };
  const result = await askConfig(
    central,
    (config) => config.restore(wanted, by),
    "Whether it was restored is unknown: GET /v1/versions before you send it again.",
    CONFIG_WRITE_TIMEOUT_MS,
  );
  return accept(c, central, result);
}

const listAudit = {
  method: "get",
  path: "/v1/audit",
  operationId: "listAudit",
  summary: "Who changed what, each row chained to the one before by its hash",
  request: { query: z.object({ after: sequenceSchema }) },
  responses: {
    200: { description: "The rows, oldest first.", content: auditSchema },
    ...refusals("malformed", "unauthorized", "unreachable"),
  },
} as const;

async function audit(c: Context<Env>, central: Central): Promise<Response> {
  const after = parameter(sequenceSchema, "after", c.req.query("after"));
  const rows = await askConfig(central, (config) => config.audit(after), ASK_AGAIN);
  return c.json({ audit: rows.map((row) => ({ ...row, at: rfc3339(row.at) })) });
}
