/** `/v1/http_routes`: one route at a time, each change a new version of the whole document. */
import type { Context } from "hono";
import { BODY_BYTES_MAX } from "../../../routing/limits.ts";
import { askConfig, CONFIG_WRITE_TIMEOUT_MS } from "../http/ask.ts";
import { bodyType, readText } from "../http/body.ts";
import { readDocument } from "../http/document.ts";
import { writePrecondition } from "../http/preconditions.ts";
import { Refusal } from "../http/problem.ts";
import { type App, type Central, type Env, parameter, refusals, serve } from "../http/routes.ts";
import { renderDocument, wantedLanguage } from "./config.ts";
import { acceptedOrPreview, NOTHING_CHANGED } from "./guard-schemas.ts";
import { byOperator, orderQuery, readOrder } from "./order.ts";
import {
  type Edit,
  manifestAt,
  placeOf,
  type RouteKey,
  relativeTo,
  routesIn,
  without,
  withRoute,
} from "./route-edit.ts";
import { checkPrecondition } from "./route-precondition.ts";
import {
  acceptedSchema,
  formatSchema,
  ifMatchHeader,
  routeDocument,
  routeListDocument,
  routeParameters,
} from "./schemas.ts";
import { accept, previewed } from "./write.ts";

export function httpRouteRoutes(app: App, central: Central): void {
  serve(app, listHttpRoutes, (c) => list(c, central));
  serve(app, getHttpRoute, (c) => read(c, central));
  serve(app, putHttpRoute, (c) => put(c, central));
  serve(app, deleteHttpRoute, (c) => remove(c, central));
}

const PATH = "/v1/http_routes/{namespace}/{name}";
const READ_AGAIN = "Traffic is not affected; ask again.";

const listHttpRoutes = {
  method: "get",
  path: "/v1/http_routes",
  operationId: "listHttpRoutes",
  summary: "Every route, by namespace and name",
  request: { query: formatSchema },
  responses: {
    200: {
      description: "The routes; `ETag` names the document's version, where there is one.",
      content: routeListDocument,
    },
    304: { description: "The document is still the version named in `If-None-Match`." },
    ...refusals("malformed", "unauthorized", "unreachable"),
  },
} as const;

async function list(c: Context<Env>, central: Central): Promise<Response> {
  const language = wantedLanguage(c);
  const current = await askConfig(central, (config) => config.current(), READ_AGAIN);
  if (current === null) return c.json({ http_routes: [] });
  return renderDocument(c, { http_routes: routesIn(current.document) }, current.etag, language);
}

const getHttpRoute = {
  method: "get",
  path: PATH,
  operationId: "getHttpRoute",
  summary: "One route as a Kubernetes manifest",
  request: { params: routeParameters, query: formatSchema },
  responses: {
    200: { description: "The route; `ETag` names the document's version.", content: routeDocument },
    304: { description: "The document is still the version named in `If-None-Match`." },
    ...refusals("malformed", "unauthorized", "not-found", "unreachable"),
  },
} as const;

async function read(c: Context<Env>, central: Central): Promise<Response> {
  const language = wantedLanguage(c);
  const key = keyOf(c);
  const current = await askConfig(central, (config) => config.current(), READ_AGAIN);
  const routes = routesIn(current?.document);
  const route = routes[placeOf(routes, key)];
  if (current === null || route === undefined) throw unknownRoute(key);
  return renderDocument(c, route, current.etag, language);
}

const putHttpRoute = {
  method: "put",
  path: PATH,
  operationId: "putHttpRoute",
  summary: "Creates or replaces one route",
  description:
    "`If-Match` with the ETag of the last GET, of the route or of the document, makes the write fail when somebody " +
    "else was faster; without it this route is replaced and nobody's change to anything else is lost. " +
    "`If-None-Match: *` creates only. Pointers in `errors` and `warnings` are relative to the manifest.",
  request: {
    params: routeParameters,
    query: orderQuery,
    headers: ifMatchHeader,
    body: { required: true, content: routeDocument },
  },
  responses: {
    200: {
      description: "Replaced, in a new version; or what would become of it.",
      content: acceptedOrPreview,
    },
    201: { description: "Created, in a new version.", content: acceptedSchema },
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

async function put(c: Context<Env>, central: Central): Promise<Response> {
  const key = keyOf(c);
  const type = bodyType(c.req.raw);
  const body = readDocument(await readText(c.req.raw, BODY_BYTES_MAX), type);
  const manifest = manifestAt(body, key);
  return await change(c, central, key, (routes) => withRoute(routes, manifest, key));
}

const deleteHttpRoute = {
  method: "delete",
  path: PATH,
  operationId: "deleteHttpRoute",
  summary: "Removes one route",
  request: { params: routeParameters, query: orderQuery, headers: ifMatchHeader },
  responses: {
    200: {
      description: "Removed, in a new version; or what would become of it.",
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

const remove = (c: Context<Env>, central: Central): Promise<Response> =>
  change(c, central, keyOf(c), (routes, place) => {
    if (place < 0) throw unknownRoute(keyOf(c));
    return without(routes, place);
  });

const keyOf = (c: Context<Env>): RouteKey => ({
  namespace: parameter(routeParameters.shape.namespace, "namespace", c.req.param("namespace")),
  name: parameter(routeParameters.shape.name, "name", c.req.param("name")),
});

/** Writers that meet between their read and their write try again; three in a row means many writers, who may wait. */
const TIMES_MAX = 3;

/**
 * Reads the document, edits its routes and proposes it as the successor of what was read, so that no other change is
 * lost. Who names no version does not care which one it is, and is not told of a race.
 */
async function change(
  c: Context<Env>,
  central: Central,
  key: RouteKey,
  edit: Edit,
): Promise<Response> {
  const order = readOrder(c, central);
  const precondition = writePrecondition(c.req.raw);
  const by = await byOperator(central, order);
  for (let time = 1; ; time += 1) {
    const current = await askConfig(central, (config) => config.current(), NOTHING_CHANGED);
    const routes = routesIn(current?.document);
    const place = placeOf(routes, key);
    checkPrecondition(precondition, { etag: current?.etag ?? "", isThere: place >= 0 });
    const document = { ...(current?.document as object), http_routes: edit(routes, place) };
    if (order.isDryRun) {
      const proposal = { document, ...by };
      const preview = await askConfig(central, (one) => one.preview(proposal), NOTHING_CHANGED);
      return previewed(c, central, preview);
    }
    const expected = current?.etag ?? "";
    const result = await askConfig(
      central,
      (config) => config.propose({ document, ...by, expected }),
      "Whether the change was stored is unknown: GET it and compare before you send it again.",
      CONFIG_WRITE_TIMEOUT_MS,
    );
    const isRace = !result.ok && result.error.reason === "stale";
    if (isRace && precondition.wants !== "one-of" && time < TIMES_MAX) continue;
    const isNew = c.req.method === "PUT" && place < 0;
    return accept(c, central, relativeTo(result, isNew ? routes.length : place), isNew);
  }
}

const unknownRoute = ({ namespace, name }: RouteKey): Refusal =>
  new Refusal(
    "not-found",
    `There is no route ${namespace}/${name}. GET /v1/http_routes lists those that are.`,
  );
