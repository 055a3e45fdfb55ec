import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { CONFIG_BODY_BYTES_MAX } from "../../../routing/limits.ts";
import { planet, putJson } from "./planet.ts";

const DOCUMENT = { pools: { a: { origins: [{ name: "x", address: "x.example" }] } } };

describe("reading", () => {
  test("before the first version there is nothing, and the answer says what makes it", async () => {
    const answer = await planet().ask("/v1/config");
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      type: "urn:tradewind:problem:not-found",
      status: 404,
      detail: expect.stringContaining("PUT /v1/config"),
    });
  });

  test("what was put is what is got, as JSON and as YAML, under one ETag", async () => {
    const { ask } = planet();
    const put = await ask("/v1/config", putJson(DOCUMENT));
    expect([put.status, put.headers.get("location")]).toEqual([201, "/v1/versions/1"]);
    const json = await ask("/v1/config");
    expect([await json.json(), json.headers.get("etag")]).toEqual([DOCUMENT, '"v1"']);
    for (const yaml of [
      await ask("/v1/config?format=yaml"),
      await ask("/v1/config", { headers: { accept: "application/yaml" } }),
    ]) {
      const { headers } = yaml;
      expect([headers.get("content-type"), headers.get("etag")]).toEqual([
        "application/yaml",
        '"v1"',
      ]);
      expect(parse(await yaml.text())).toEqual(DOCUMENT);
    }
  });

  test("the YAML that was got can be put again and changes nothing", async () => {
    const { ask } = planet();
    await ask("/v1/config", putJson(DOCUMENT));
    const body = await (await ask("/v1/config?format=yaml")).text();
    const headers = { "content-type": "application/yaml", "if-match": '"v1"' };
    expect((await ask("/v1/config", { method: "PUT", headers, body })).status).toBe(200);
    expect(await (await ask("/v1/config")).json()).toEqual(DOCUMENT);
  });

  test.each(['"v1"', 'W/"v1"', '"other", "v1"', "*"])(
    "If-None-Match %s of the current version is 304",
    async (tag) => {
      const { ask } = planet();
      await ask("/v1/config", putJson(DOCUMENT));
      const answer = await ask("/v1/config", { headers: { "if-none-match": tag } });
      expect([answer.status, await answer.text()]).toEqual([304, ""]);
    },
  );

  test("a format that is not known is 400", async () => {
    expect((await planet().ask("/v1/config?format=xml")).status).toBe(400);
  });
});

describe("compare-and-set", () => {
  test("of two writers with the same ETag one wins and the other learns both tags", async () => {
    const { ask } = planet();
    const seen = (await ask("/v1/config", putJson(DOCUMENT))).headers.get("etag") ?? "";
    const answers = await Promise.all([
      ask("/v1/config", putJson(DOCUMENT, { "if-match": seen })),
      ask("/v1/config", putJson(DOCUMENT, { "if-match": seen })),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const refused = answers.find(({ status }) => status === 412);
    expect(await refused?.json()).toMatchObject({ expected: '"v1"', current: '"v2"' });
  });

  test("a change between the read and the write of a list of tags is refused", async () => {
    const { ask, world } = planet();
    await ask("/v1/config", putJson(DOCUMENT));
    let uses = 0;
    world.beforeConfig = async () => {
      uses += 1;
      if (uses === 2) world.documents.push({ theirs: true });
    };
    const answer = await ask("/v1/config", putJson(DOCUMENT, { "if-match": '"v1", "v9"' }));
    expect(answer.status).toBe(412);
    expect(world.documents).toHaveLength(2);
  });

  test.each([
    ["if-none-match", "*", 0, 201],
    ["if-none-match", "*", 1, 412],
    ["if-match", "*", 0, 412],
    ["if-match", "*", 1, 200],
    ["if-match", '"v1"', 0, 412],
    ["if-match", 'W/"v1"', 1, 412],
    ["if-match", '"v8", "v1"', 1, 200],
    ["if-match", '"v8", "v9"', 1, 412],
    ["if-match", "v1", 1, 400],
    ["if-none-match", '"v1"', 1, 400],
  ])("%s: %s over %i version(s) is %i", async (header, value, versions, status) => {
    const { ask, world } = planet();
    for (let at = 0; at < versions; at += 1) await ask("/v1/config", putJson(DOCUMENT));
    const answer = await ask("/v1/config", putJson(DOCUMENT, { [header]: value }));
    expect(answer.status).toBe(status);
    expect(world.documents).toHaveLength(versions + (status < 300 ? 1 : 0));
  });
});

describe("bodies that are not stored", () => {
  const send = (body: BodyInit, type: string, more: Record<string, string> = {}) => ({
    method: "PUT",
    headers: { "content-type": type, ...more },
    body,
  });
  const deep = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
    .split("")
    .map((name, at) => `${name}: &${name} [${Array(10).fill(`*${"abcdefg"[at]}`).join(",")}]`)
    .join("\n")}`;

  test.each([
    ["text", send("{}", "text/plain"), 415],
    ["no type", { method: "PUT", headers: { "content-type": "" }, body: "{}" }, 415],
    ["compressed", send("{}", "application/json", { "content-encoding": "gzip" }), 415],
    ["half of JSON", send('{"a":', "application/json"), 400],
    ["nothing", send("", "application/json"), 400],
    ["not UTF-8", send(new Uint8Array([0x22, 0xff, 0x22]), "application/json"), 400],
    ["JSON too deep", send(deep, "application/json"), 400],
    ["YAML too deep", send(deep, "application/yaml"), 400],
    ["a trap key", send('{"__proto__":{"admin":true}}', "application/json"), 400],
    ["a trap key in YAML", send("constructor: 1", "application/yaml"), 400],
    ["a number that rounds", send('{"a":9007199254740993}', "application/json"), 400],
    ["a number without end", send('{"a":1e400}', "application/json"), 400],
    ["YAML's infinity", send("a: .inf", "application/yaml"), 400],
    ["a key twice", send('{"a":1,"a":2}', "application/json"), 400],
    ["a key twice in YAML", send("a: 1\na: 2", "application/yaml"), 400],
    ["two YAML documents", send("a: 1\n---\nb: 2", "application/yaml"), 400],
    ["a YAML tag", send("a: !!js/function x", "application/yaml"), 400],
    ["YAML aliases as a bomb", send(bomb, "application/yaml"), 400],
    ["one byte too many", send(" ".repeat(CONFIG_BODY_BYTES_MAX + 1), "application/json"), 413],
  ] as const)("%s", async (_name, init, status) => {
    const { ask, world } = planet();
    const answer = await ask("/v1/config", init);
    expect([answer.status, world.documents]).toEqual([status, []]);
    const problem = (await answer.json()) as { errors?: unknown[] };
    expect(problem).toMatchObject({ status, detail: expect.stringMatching(/\w{4}/) });
    if (status === 400 && _name !== "not UTF-8") {
      expect(problem.errors?.length).toBeGreaterThan(0);
    }
  });

  test("a body that announces too much is refused before it is read", async () => {
    const { ask } = planet();
    let pulls = 0;
    const body = new ReadableStream({
      pull(controller) {
        pulls += 1;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    const headers = { "content-type": "application/json", "content-length": "99999999" };
    const init = { method: "PUT", headers, body, duplex: "half" } as RequestInit;
    expect((await ask("/v1/config", init)).status).toBe(413);
    expect(pulls).toBeLessThan(3);
  });
});

describe("what the store refuses", () => {
  const problems = [
    { pointer: "/pools/a/origins/0/port", detail: "too large", value: 70_000, range: "0..65535" },
  ];
  test("invalid content is 422 with every pointer, value and range", async () => {
    const { ask, world } = planet();
    world.refusal = { reason: "invalid", problems };
    const answer = await ask("/v1/config", putJson(DOCUMENT));
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ errors: problems });
  });

  test("a hostname of another account is 422 and named", async () => {
    const { ask, world } = planet();
    world.refusal = { reason: "hostname-taken", hostnames: ["shop.example"] };
    const answer = await ask("/v1/config", putJson(DOCUMENT));
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ hostnames: ["shop.example"] });
  });

  test.each([
    ["fails", () => Promise.reject(new Error("secret detail"))],
    ["hangs", () => new Promise<void>(() => undefined)],
  ])("a store that %s is 503, tells the next step and nothing of its own", async (_how, before) => {
    const { ask, world } = planet();
    world.beforeConfig = before;
    world.endsBelowMs = Number.POSITIVE_INFINITY;
    const answer = await ask("/v1/config", putJson(DOCUMENT));
    const text = await answer.text();
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(text).toContain("GET /v1/config and compare");
    expect(text).not.toContain("secret");
  });
});
