import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { planet, putJson } from "./planet.ts";

const manifest = (name: string, more: object = {}) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name, namespace: "team-a", ...more },
  spec: { hostnames: [`${name}.example`] },
});
const POOLS = { a: { origins: [{ name: "x", address: "x.example" }] } };

/** A planet whose document has a pool and these routes. */
async function withRoutes(...names: readonly string[]) {
  const made = planet();
  const http_routes = names.map((name) => manifest(name));
  await made.ask("/v1/config", putJson({ pools: POOLS, http_routes }));
  return made;
}
const at = (name: string) => `/v1/http_routes/team-a/${name}`;
const newest = ({ documents }: { readonly documents: readonly unknown[] }) => documents.at(-1);

describe("reading", () => {
  test("lists every route, and each is where its name says, as JSON and as YAML", async () => {
    const { ask } = await withRoutes("shop", "blog");
    const listed = await ask("/v1/http_routes");
    expect(await listed.json()).toEqual({ http_routes: [manifest("shop"), manifest("blog")] });
    expect(listed.headers.get("etag")).toBe('"v1"');
    expect(await (await ask(at("blog"))).json()).toEqual(manifest("blog"));
    const yaml = await ask(`${at("blog")}?format=yaml`);
    expect(parse(await yaml.text())).toEqual(manifest("blog"));
    expect(yaml.headers.get("content-type")).toBe("application/yaml");
  });

  test("a route without a namespace is in default", async () => {
    const { ask } = planet();
    const { namespace: _, ...metadata } = manifest("shop").metadata;
    const http_routes = [{ ...manifest("shop"), metadata }];
    await ask("/v1/config", putJson({ http_routes }));
    expect((await ask("/v1/http_routes/default/shop")).status).toBe(200);
    expect((await ask(at("shop"))).status).toBe(404);
  });

  test("before the first version there is an empty list", async () => {
    const { ask } = planet();
    const answer = await ask("/v1/http_routes");
    expect([answer.status, await answer.json()]).toEqual([200, { http_routes: [] }]);
    expect((await ask(at("shop"))).status).toBe(404);
  });

  test("a version that is known is 304, a name that cannot be one is 400", async () => {
    const { ask } = await withRoutes("shop");
    const headers = { "if-none-match": '"v1"' };
    expect((await ask(at("shop"), { headers })).status).toBe(304);
    expect((await ask(at("Shop"))).status).toBe(400);
    expect((await ask("/v1/http_routes/a_b/shop")).status).toBe(400);
  });
});

describe("writing one route", () => {
  test("creates it and leaves everything else as it was", async () => {
    const { ask, world } = await withRoutes("shop");
    const answer = await ask(at("blog"), putJson(manifest("blog")));
    expect([answer.status, answer.headers.get("etag")]).toEqual([201, '"v2"']);
    expect(newest(world)).toEqual({
      pools: POOLS,
      http_routes: [manifest("shop"), manifest("blog")],
    });
  });

  test("replaces it in its place", async () => {
    const { ask, world } = await withRoutes("shop", "blog");
    const labelled = manifest("shop", { labels: { a: "b" } });
    expect((await ask(at("shop"), putJson(labelled))).status).toBe(200);
    expect(newest(world)).toMatchObject({ http_routes: [labelled, manifest("blog")] });
  });

  test("makes the first version where there is none", async () => {
    const { ask, world } = planet();
    expect((await ask(at("shop"), putJson(manifest("shop")))).status).toBe(201);
    expect(newest(world)).toEqual({ http_routes: [manifest("shop")] });
  });

  test("may leave out the names that the path says, and may not say others", async () => {
    const { ask, world } = planet();
    const { metadata: _, ...nameless } = manifest("shop");
    expect((await ask(at("shop"), putJson(nameless))).status).toBe(201);
    expect(newest(world)).toEqual({ http_routes: [manifest("shop")] });
    const other = await ask(at("shop"), putJson(manifest("blog")));
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({
      errors: [{ pointer: "/metadata/name", value: "blog", range: '"shop" or absent' }],
    });
    expect((await ask(at("shop"), putJson([]))).status).toBe(422);
    expect(world.documents).toHaveLength(1);
  });

  test("is told mistakes by their place in the manifest", async () => {
    const { ask, world } = await withRoutes("shop", "blog");
    const detail = "no";
    world.refusal = {
      reason: "invalid",
      problems: [
        { pointer: "/http_routes/1/spec/rules", detail },
        { pointer: "/http_routes/10/spec", detail },
        { pointer: "/http_routes", detail },
      ],
    };
    const answer = await ask(at("blog"), putJson(manifest("blog")));
    expect(answer.status).toBe(422);
    const { errors } = (await answer.json()) as { errors: { pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer)).toEqual([
      "/spec/rules",
      "/http_routes/10/spec",
      "/http_routes",
    ]);
  });
});

describe("removing one route", () => {
  test("leaves the others", async () => {
    const { ask, world } = await withRoutes("shop", "blog");
    expect((await ask(at("shop"), { method: "DELETE" })).status).toBe(200);
    expect(newest(world)).toEqual({ pools: POOLS, http_routes: [manifest("blog")] });
    expect((await ask(at("shop"))).status).toBe(404);
  });

  test("that is not there is 404 and makes no version", async () => {
    const { ask, world } = await withRoutes("shop");
    expect((await ask(at("blog"), { method: "DELETE" })).status).toBe(404);
    expect(world.documents).toHaveLength(1);
  });
});

describe("compare-and-set", () => {
  test.each([
    ["PUT", "shop", { "if-match": '"v1"' }, 200],
    ["PUT", "shop", { "if-match": '"v0"' }, 412],
    ["PUT", "shop", { "if-match": '"v0", "v1"' }, 200],
    ["PUT", "shop", { "if-match": "*" }, 200],
    ["PUT", "blog", { "if-match": "*" }, 412],
    ["PUT", "blog", { "if-none-match": "*" }, 201],
    ["PUT", "shop", { "if-none-match": "*" }, 412],
    ["PUT", "shop", { "if-match": "v1" }, 400],
    ["DELETE", "shop", { "if-match": '"v1"' }, 200],
    ["DELETE", "shop", { "if-match": '"v0"' }, 412],
  ])("%s of %s with %j is %i", async (method, name, headers, status) => {
    const { ask, world } = await withRoutes("shop");
    const init = method === "PUT" ? putJson(manifest(name), headers) : { method, headers };
    expect((await ask(at(name), init)).status).toBe(status);
    expect(world.documents).toHaveLength(status < 300 ? 2 : 1);
  });

  test("of two writers of two routes at once, both are kept", async () => {
    const { ask, world } = await withRoutes();
    const answers = await Promise.all(
      ["shop", "blog"].map((name) => ask(at(name), putJson(manifest(name)))),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    const { http_routes } = newest(world) as { http_routes: unknown[] };
    expect(http_routes).toHaveLength(2);
  });

  test("who named a version is told of a race, and nothing is stored", async () => {
    const { ask, world } = await withRoutes("shop");
    let uses = 0;
    world.beforeConfig = async () => {
      uses += 1;
      if (uses === 2) world.documents.push({ theirs: true });
    };
    const answer = await ask(at("shop"), putJson(manifest("shop"), { "if-match": '"v1"' }));
    expect([answer.status, newest(world)]).toEqual([412, { theirs: true }]);
  });

  test("a race that does not end is told after three times", async () => {
    const { ask, world } = await withRoutes("shop");
    world.beforeConfig = async () => {
      world.documents.push({ theirs: true });
    };
    expect((await ask(at("shop"), putJson(manifest("shop")))).status).toBe(412);
    expect(world.documents).toHaveLength(1 + 2 * 3);
  });
});
