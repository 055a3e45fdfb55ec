/** Every claim here is made for every route of the OpenAPI document, so that a new route is covered by being one. */
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { PROVIDERS } from "../../../routing/dns/abilities.ts";
import { SYNC_MODES } from "../../../routing/dns/zone.ts";
import { openApiDocument } from "../../../workers/central/api/open.ts";
import { PUBLIC_PATHS } from "../../../workers/central/http/guard.ts";
import { planet, putJson, TOKEN } from "./planet.ts";
import { SYNC } from "./sync/bench-zone.ts";

interface Operation {
  readonly path: string;
  readonly method: string;
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { content?: Record<string, { schema: z.ZodType }> }>>;
}

const operations: readonly Operation[] = planet().app.openAPIRegistry.definitions.flatMap(
  (definition) => (definition.type === "route" ? [definition.route as unknown as Operation] : []),
);
const closed = operations.filter(({ path }) => !PUBLIC_PATHS.includes(path));
const named = (list: readonly Operation[]) =>
  list.map((operation) => [operation.operationId, operation] as const);
const ID = "0123456789abcdef0123456789abcdef";
const urlOf = ({ path }: Operation) =>
  path
    .replace("{version}", "1")
    .replace("{namespace}/{name}", "team-a/shop")
    .replace("{zone}", "shop.test")
    .replace("{monitor}", "web")
    .replace("{pool}", "eu")
    .replace("{id}", ID);

const post = (document: unknown): RequestInit => ({ ...putJson(document), method: "POST" });

/** What the configuration becomes, with a zone whose provider answers. */
const DOCUMENT = {
  monitors: { web: {} },
  pools: { eu: { monitor: "web", origins: [{ name: "a", address: "a.example" }] } },
  zones: { "shop.test": {} },
};

function planetWithZone() {
  const all = planet();
  const credentials = { env: "TW_CRED_POWERDNS" };
  const records = [{ name: "a.shop.test", type: "A", ttl: 60, values: ["192.0.2.1"] }] as const;
  all.world.synced.set("shop.test", { ...SYNC, mode: "propose", credentials, records });
  all.world.variables[credentials.env] = JSON.stringify({ api_key: "key" });
  return all;
}

const WRONG_TYPE = { headers: { "content-type": "text/csv" }, body: "a" };

/** Requests that end in every status class a route documents and central itself decides. */
const INPUTS: Readonly<Record<string, readonly RequestInit[]>> = {
  putConfig: [
    putJson({ pools: {} }),
    putJson({ pools: {} }, { "if-match": '"old"' }),
    putJson("{"),
    { method: "PUT", headers: { "content-type": "text/csv" }, body: "a" },
  ],
  putDesk: [
    putJson({ acknowledged: [{ event: "weur:12" }] }),
    putJson({ acknowledged: [{ event: "nowhere" }] }),
    putJson("{"),
  ],
  putHttpRoute: [
    putJson({}),
    putJson({}, { "if-match": '"old"' }),
    putJson({ metadata: { name: "other" } }),
    putJson("{"),
    { method: "PUT", headers: { "content-type": "text/csv" }, body: "a" },
  ],
  deleteHttpRoute: [{}, { headers: { "if-match": '"old"' } }],
  explainRequest: [
    post({ url: "https://shop.example/", colo: "FRA" }),
    post({
      host: "Shop.example.:8443",
      path: "/a",
      query: "b",
      colo: "SYD",
      client: { proto: "http" },
    }),
    post({}),
    post("{"),
    { method: "POST", headers: { "content-type": "text/csv" }, body: "a" },
  ],
  issueExplainTicket: [
    post({ hostname: "shop.example" }),
    post({ hostname: "*.example" }),
    post("{"),
    { method: "POST", headers: { "content-type": "text/csv" }, body: "a" },
  ],
  applyZonePlan: [
    post({ checksum: ID }),
    post({ checksum: "x", confirm: true }),
    post("{"),
    { method: "POST", ...WRONG_TYPE },
  ],
  undoZoneEntry: [post({ sequence: 1 }), post({}), post("{"), { method: "POST", ...WRONG_TYPE }],
  sealZoneCredentials: [
    putJson({ api_key: "key" }),
    putJson({ api_key: 1, more: "x" }),
    putJson("{"),
    { method: "PUT", ...WRONG_TYPE },
  ],
  previewMonitor: [
    post({}),
    post({ pool: "eu", endpoints: ["a"], regions: ["weur"] }),
    post({ pool: "us", more: 1 }),
    post({ endpoints: ["b"] }),
    post("{"),
    { method: "POST", ...WRONG_TYPE },
  ],
  previewPool: [
    post({}),
    post({ monitor: { type: "tcp", port: 5432 } }),
    post({ monitor: { type: "smtp" } }),
    post({ monitor: { type: "tcp" }, regions: ["mars"] }),
    post("{"),
    { method: "POST", ...WRONG_TYPE },
  ],
  evacuate: [
    post({ pool: "a", reason: "why" }),
    post({ pool: "a", cloud: "aws", reason: "why" }),
    post("{"),
    { method: "POST", ...WRONG_TYPE },
  ],
  undoEvacuation: [{ method: "POST" }],
  restoreVersion: [{ method: "POST" }, { method: "POST", headers: { "if-match": '"old"' } }],
};

async function expectDocumented(operation: Operation, answer: Response): Promise<void> {
  const documented = operation.responses[answer.status];
  expect(documented, `${operation.operationId} answered ${answer.status}`).toBeDefined();
  const type = (answer.headers.get("content-type") ?? "").split(";")[0] ?? "";
  if (documented?.content === undefined) return expect(await answer.text()).toBe("");
  const schema = documented.content[type]?.schema;
  expect(schema, `${operation.operationId} answered ${type}`).toBeDefined();
  const body: unknown = type.endsWith("json") ? await answer.json() : await answer.text();
  expect(schema?.safeParse(body).error?.issues ?? []).toEqual([]);
}

describe("every route", () => {
  test("has an operationId of its own, a summary and a schema for each answer", () => {
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    expect(operations.length).toBeGreaterThan(30);
  });

  test.each(named(closed))(
    "%s answers as documented, before and after a version",
    async (id, operation) => {
      const { ask } = planetWithZone();
      for (const init of INPUTS[id] ?? [{}]) {
        const method = operation.method.toUpperCase();
        await expectDocumented(operation, await ask(urlOf(operation), { method, ...init }));
        if (id !== "putConfig") await ask("/v1/config", putJson(DOCUMENT));
        await expectDocumented(operation, await ask(urlOf(operation), { method, ...init }));
      }
    },
  );

  test.each(named(closed))(
    "%s answers as documented while every object fails or hangs",
    async (id, operation) => {
      for (const how of ["failing", "silent"] as const) {
        const { ask, world } = planet();
        world.endsBelowMs = Number.POSITIVE_INFINITY;
        world.beforeConfig = () =>
          how === "failing" ? Promise.reject(new Error("secret")) : new Promise(() => undefined);
        for (const region of ["weur", "enam", "oc"]) {
          (how === "failing" ? world.brokenRegions : world.silentRegions).add(region);
        }
        const method = operation.method.toUpperCase();
        const answer = await ask(urlOf(operation), { method, ...INPUTS[id]?.[0] });
        expect(await answer.clone().text()).not.toContain("secret");
        await expectDocumented(operation, answer);
      }
    },
  );

  test.each(named(closed))(
    "%s refuses without the token, and with another",
    async (id, operation) => {
      const { app, world } = planet();
      const before = [...world.documents];
      for (const authorization of [
        "",
        "Bearer ",
        `Bearer ${TOKEN}x`,
        `Basic ${TOKEN}`,
        TOKEN,
        `Bearer ${TOKEN.slice(1)}`,
      ]) {
        const init = INPUTS[id]?.[0] ?? {};
        const headers = { ...Object.fromEntries(new Headers(init.headers)), authorization };
        const method = operation.method.toUpperCase();
        const answer = await app.request(urlOf(operation), { ...init, method, headers });
        expect([authorization, answer.status]).toEqual([authorization, 401]);
        expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer /);
        expect(await answer.text()).not.toContain(TOKEN);
      }
      expect(world.documents).toEqual(before);
    },
  );

  test.each(named(operations))(
    "%s answers other methods with 405 and Allow, OPTIONS with Allow",
    async (_id, operation) => {
      const { ask } = planet();
      const refused = await ask(urlOf(operation), { method: "PATCH" });
      expect(refused.status).toBe(405);
      expect(refused.headers.get("allow")?.split(", ")).toContain(operation.method.toUpperCase());
      const options = await ask(urlOf(operation), { method: "OPTIONS" });
      expect([options.status, options.headers.get("allow")]).toEqual([
        204,
        refused.headers.get("allow"),
      ]);
    },
  );

  test.each(named(operations))(
    "%s carries the headers that every answer carries",
    async (_id, operation) => {
      const { app, ask } = planet();
      const answers = [
        await app.request(urlOf(operation)),
        await ask(urlOf(operation)),
        await ask("/nowhere"),
      ];
      for (const { headers } of answers) {
        expect(headers.get("x-request-id")).toMatch(/^[0-9a-f]{32}$/);
        expect(headers.get("x-content-type-options")).toBe("nosniff");
        expect(headers.get("cache-control")).toBe("no-store");
        expect(headers.get("content-security-policy")).toMatch(
          /default-src 'none'.*frame-ancestors 'none'/,
        );
        expect(headers.get("access-control-allow-origin")).toBeNull();
      }
    },
  );
});

describe("the guard", () => {
  test("opens exactly the page's three files, the sign of life and the OpenAPI document", () => {
    const open = ["/", "/console.css", "/console.js", "/healthz", "/openapi.json"];
    expect([...PUBLIC_PATHS].sort()).toEqual(open);
  });

  test.each(PUBLIC_PATHS)("%s needs no token and tells nothing of the operators'", async (path) => {
    const { app, ask } = planet();
    await ask("/v1/config", putJson({ pools: { "secret-pool": {} } }));
    const answer = await app.request(path);
    expect(answer.status).toBe(200);
    expect(await answer.text()).not.toContain("secret-pool");
  });

  test("only what is listed is open: a path of any other spelling is not", async () => {
    const { app } = planet();
    for (const path of [
      "//",
      "/healthz/",
      "/healthz/../v1/config",
      "/%68ealthz/x",
      "/v1/config/",
      "/x",
    ]) {
      expect([path, (await app.request(path)).status]).toEqual([path, 401]);
    }
  });

  test("an unset token lets nobody in and says what to do", async () => {
    const { ports } = planet();
    const { createCentral } = await import("../../../workers/central/app.ts");
    const app = createCentral({ ...ports, token: "" });
    for (const authorization of ["", "Bearer ", "Bearer undefined"]) {
      const answer = await app.request("/v1/config", { headers: { authorization } });
      expect(answer.status).toBe(503);
      expect(await answer.text()).toContain("TRADEWIND_API_TOKEN");
    }
  });

  test("a path that is not there is a problem that leads on, under its request's id", async () => {
    const answer = await planet().ask("/v2/config");
    const problem = (await answer.json()) as { instance: string };
    expect(problem).toMatchObject({
      status: 404,
      detail: expect.stringContaining("/openapi.json"),
    });
    expect(problem.instance).toBe(`urn:tradewind:request:${answer.headers.get("x-request-id")}`);
  });
});

describe("the OpenAPI document", () => {
  test("is 3.1, asks for the token where the guard does, and has examples that are accepted", async () => {
    const { app, ask } = planet();
    const document = openApiDocument(app);
    expect(document.openapi).toBe("3.1.0");
    expect(await (await ask("/openapi.json")).json()).toEqual(JSON.parse(JSON.stringify(document)));
    for (const [path, item] of Object.entries(document.paths ?? {})) {
      for (const operation of Object.values(item as Record<string, { security?: unknown[] }>)) {
        expect([path, operation.security?.length === 0]).toEqual([
          path,
          PUBLIC_PATHS.includes(path),
        ]);
      }
    }
    const { schemas = {} } = document.components ?? {};
    expect(schemas["Config"]).toMatchObject({
      properties: {
        http_routes: { type: "array", items: { $ref: "#/components/schemas/HttpRoute" } },
      },
    });
    expect(JSON.stringify(schemas["HttpRoute"])).toContain("replacePrefixMatch");
    expect(schemas["Config"]).toMatchObject({
      properties: {
        zones: {
          additionalProperties: {
            properties: {
              provider: { enum: PROVIDERS },
              mode: { enum: SYNC_MODES, default: "observe" },
              records: { items: { required: ["name", "type", "values"] } },
            },
          },
        },
      },
    });
    const content = document.paths?.["/v1/config"]?.put?.requestBody;
    const example = (content as { content: Record<string, { example: unknown }> }).content[
      "application/json"
    ]?.example;
    expect((await ask("/v1/config", putJson(example))).status).toBe(201);
  });
});
