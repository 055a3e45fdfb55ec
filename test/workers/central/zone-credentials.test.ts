/** Credentials go in and never come out: a canary is looked for in everything that can be read. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PROVIDERS } from "../../../routing/dns/abilities.ts";
import { AT, keyOf, PATH, POST, type Sealed, withZone, ZONE } from "./credentials-zone.ts";
import { planet, putJson, START_MS } from "./planet.ts";
import { SYNC } from "./sync/bench-zone.ts";

describe("sealing", () => {
  test("answers an id, whose credentials they are, and the key that sealed them", async () => {
    const { sealed, list, world } = await withZone();
    const answer = await sealed();
    expect(answer).toEqual({
      sealed: expect.stringMatching(/^[0-9a-f]{32}$/),
      provider: "powerdns",
      endpoints: ["https://powerdns.example:8081"],
      key: "TW_KEK_1",
      created_on: new Date(START_MS).toISOString(),
    });
    world.nowMs += 90_500;
    expect(await list()).toEqual([{ ...answer, age_seconds: 90 }]);
  });

  test("a zone whose document names the id is called with what was sealed", async () => {
    const { ask, sealed, world } = await withZone();
    const plan = () => ask(`/v1/zones/${ZONE}/plan`);
    expect(await (await plan()).text()).toContain(
      "Zone shop.test has no credentials for powerdns.",
    );
    const credentials = { sealed: (await sealed()).sealed };
    world.synced.set(ZONE, { ...SYNC, credentials });
    expect((await plan()).status).toBe(200);
    await ask(`${PATH}/${credentials.sealed}`, { method: "DELETE" });
    expect(await (await plan()).text()).toContain(`${credentials.sealed}, which are not here`);
  });

  test("a zone that is not there yet is told whose they are by the provider", async () => {
    const { ask } = planet();
    const path = "/v1/zones/new.test/credentials";
    const refused = await ask(path, putJson({ api_key: "k" }));
    expect([refused.status, await refused.text()]).toEqual([
      400,
      expect.stringContaining("?provider="),
    ]);
    const at = `${path}${AT}&provider=powerdns`;
    expect((await ask(at, putJson({ api_key: "k" }))).status).toBe(201);
    expect((await ask(`${path}?provider=route66`, putJson({ api_key: "k" }))).status).toBe(400);
  });

  test("credentials of another provider than the zone's do not open", async () => {
    const { ask, sealed, world } = await withZone();
    const { sealed: id } = await sealed({ api_token: "t" }, "?provider=cloudflare");
    world.synced.set(ZONE, { ...SYNC, credentials: { sealed: id } });
    const answer = await ask(`/v1/zones/${ZONE}/plan`);
    expect([answer.status, await answer.text()]).toEqual([
      503,
      expect.stringContaining("another account, zone, provider or endpoint"),
    ]);
  });

  test("without a key of the script nothing is sealed, and it is told how to set one", async () => {
    const { ask, list, world } = await withZone();
    delete world.variables["TW_KEK_1"];
    const answer = await ask(`${PATH}${AT}`, putJson({ api_key: "k" }));
    expect(await answer.json()).toMatchObject({
      status: 503,
      type: "urn:tradewind:problem:no-key",
      detail: expect.stringContaining("openssl rand -base64 32"),
    });
    expect(await list()).toEqual([]);
  });

  test("every mistake is told at once with its place", async () => {
    const { ask, list } = await withZone();
    const answer = await ask(
      `${PATH}?provider=route53`,
      putJson({ access_key_id: 7, secret: "x", region: "y" }),
    );
    const { errors } = (await answer.json()) as { errors: { pointer: string; detail: string }[] };
    expect([answer.status, errors]).toEqual([
      422,
      [
        { pointer: "/access_key_id", detail: "Is missing, or of another type than text." },
        { pointer: "/secret_access_key", detail: "Is missing, or of another type than text." },
        {
          pointer: "",
          detail: "2 unknown field(s); there are access_key_id, secret_access_key, session_token.",
        },
      ],
    ]);
    expect(await list()).toEqual([]);
  });
});

describe("rotation", () => {
  test("seals everything with the newest key, after which the old one may go", async () => {
    const { ask, sealed, list, world } = await withZone();
    const ids = [(await sealed()).sealed, (await sealed()).sealed];
    world.variables["TW_KEK_2"] = keyOf("2");
    const last = await sealed();
    const rotated = async () => (await (await ask(`${PATH}/rotate`, POST)).json()) as object;
    const counts = { zone: ZONE, key: "TW_KEK_2", failed: [] };
    expect(await rotated()).toEqual({ ...counts, resealed: 2, already: 1 });
    expect(await rotated()).toEqual({ ...counts, resealed: 0, already: 3 });
    delete world.variables["TW_KEK_1"];
    expect((await list()).map(({ key }) => key)).toEqual(Array(3).fill("TW_KEK_2"));
    for (const id of [...ids, last.sealed]) {
      world.synced.set(ZONE, { ...SYNC, credentials: { sealed: id } });
      expect((await ask(`/v1/zones/${ZONE}/plan`)).status).toBe(200);
    }
  });

  test("names what it could not open and leaves it as it is", async () => {
    const { ask, sealed, world } = await withZone();
    const { sealed: id } = await sealed();
    world.variables["TW_KEK_2"] = keyOf("2");
    delete world.variables["TW_KEK_1"];
    const answer = await ask(`${PATH}/rotate`, POST);
    const failed = [{ sealed: id, detail: expect.stringContaining("TW_KEK_1") }];
    expect(await answer.json()).toMatchObject({ resealed: 0, already: 0, failed });
    world.variables["TW_KEK_1"] = keyOf("k");
    expect(await (await ask(`${PATH}/rotate`, POST)).json()).toMatchObject({ resealed: 1 });
  });

  test("what is removed while it is sealed again does not come back", async () => {
    const { ask, sealed, list, world } = await withZone();
    const { sealed: id } = await sealed();
    world.variables["TW_KEK_2"] = keyOf("2");
    await Promise.all([ask(`${PATH}/rotate`, POST), ask(`${PATH}/${id}`, { method: "DELETE" })]);
    expect(await list()).toEqual([]);
  });

  test("removing what is not there is 404, and an id that is none is 400", async () => {
    const { ask } = await withZone();
    const remove = (id: string) => ask(`${PATH}/${id}`, { method: "DELETE" });
    expect((await remove("0".repeat(32))).status).toBe(404);
    expect((await remove("x")).status).toBe(400);
  });
});

describe("a canary in every credential", () => {
  const CANARY = "cAnArY-7f3e9b21";
  const forms = [
    CANARY,
    CANARY.toLowerCase(),
    btoa(CANARY).slice(0, -3),
    Buffer.from(CANARY).toString("hex"),
  ];
  /** Wherever in a text of base64 it begins, these are the letters that its inner bytes become. */
  const shifted = ["", "x", "xx"].map((before) =>
    btoa(before + CANARY).slice(before.length === 0 ? 0 : 4, -4),
  );
  const hitsIn = (text: string) => [...forms, ...shifted].filter((form) => text.includes(form));
  const console_: string[] = [];

  beforeEach(() => {
    console_.length = 0;
    for (const method of ["log", "info", "warn", "error", "debug"] as const) {
      vi.spyOn(console, method).mockImplementation((...given) => {
        console_.push(
          given
            .map((one) => (one instanceof Error ? String(one.stack) : JSON.stringify(one)))
            .join(" "),
        );
      });
    }
  });
  afterEach(() => vi.restoreAllMocks());

  test("the search finds it in each form", () => {
    for (const before of ["", "a", "ab", "abc"]) {
      expect(hitsIn(btoa(`${before}${CANARY}${before}`))).not.toEqual([]);
    }
    expect(hitsIn(`{"api_key":"${CANARY}"}`)).not.toEqual([]);
    expect(hitsIn(Buffer.from(`x${CANARY}`).toString("hex"))).not.toEqual([]);
  });

  const BODIES: Readonly<Record<(typeof PROVIDERS)[number], object>> = {
    route53: { access_key_id: CANARY, secret_access_key: CANARY, session_token: CANARY },
    powerdns: { api_key: CANARY },
    rfc2136: { tsig_secret: btoa(CANARY.padEnd(18, "=")) },
    cloudflare: { api_token: CANARY },
    google: { client_email: CANARY, private_key: CANARY, private_key_id: CANARY },
    azure: { client_secret: CANARY },
    external_dns_webhook: { bearer_token: CANARY },
  };

  const WHERE: Partial<Record<(typeof PROVIDERS)[number], string>> = {
    powerdns: "&endpoint=https://powerdns.example:8081",
    rfc2136: "&endpoint=ns1.example:53",
    external_dns_webhook: "&endpoint=http://localhost:8888",
  };

  test("is in no answer, no line of a log and no stored row, whatever is asked and whatever fails", async () => {
    const { ask, world } = await withZone();
    const heard: string[] = [];
    const call = async (path: string, init: RequestInit = {}) => {
      const answer = await ask(path, init);
      const text = await answer.text();
      heard.push(
        `${init.method ?? "GET"} ${path} ${answer.status} ${JSON.stringify([...answer.headers])} ${text}`,
      );
      return { status: answer.status, text };
    };
    const post = (body: object) => ({ ...putJson(body), method: "POST" });
    const everywhere = async () => {
      for (const path of [
        "",
        "/plan",
        "/plan?format=markdown",
        "/drift",
        "/history",
        "/events",
        "/credentials",
      ]) {
        await call(`/v1/zones/${ZONE}${path}`);
      }
      for (const path of [
        "/v1/zones",
        "/v1/events",
        "/v1/config",
        "/v1/audit",
        "/metrics",
        "/openapi.json",
      ]) {
        await call(path);
      }
      await call(`/v1/zones/${ZONE}/apply`, post({ checksum: "0".repeat(32) }));
      await call(`/v1/zones/${ZONE}/undo`, post({ sequence: 1 }));
      await call(`${PATH}/rotate`, POST);
    };
    for (const provider of PROVIDERS) {
      const { status, text } = await call(
        `${PATH}?provider=${provider}${WHERE[provider] ?? ""}`,
        putJson(BODIES[provider]),
      );
      expect([provider, status]).toEqual([provider, 201]);
      const credentials = { sealed: (JSON.parse(text) as Sealed).sealed };
      world.synced.set(ZONE, { ...SYNC, provider, credentials });
      expect((await call(`/v1/zones/${ZONE}/plan`)).status).toBe(200);
      await everywhere();
      // Sealed for this provider, asked for by another.
      world.synced.set(ZONE, {
        ...SYNC,
        provider: provider === "azure" ? "google" : "azure",
        credentials,
      });
      await everywhere();
    }
    for (const text of [
      CANARY,
      `{"api_key": ${CANARY}}`,
      `{"api_key": "${CANARY}"`,
      `"${CANARY}"`,
      `["${CANARY}"]`,
      JSON.stringify({ [CANARY]: CANARY }),
      JSON.stringify({ api_key: [CANARY] }),
      JSON.stringify({ api_key: `${CANARY} with a blank` }),
      JSON.stringify({ api_key: CANARY.repeat(1_000) }),
      JSON.stringify({ api_key: CANARY, [CANARY]: 1, more: { deep: CANARY } }),
    ]) {
      expect((await call(PATH, putJson(text))).status).toBeGreaterThanOrEqual(400);
      for (const type of ["application/yaml", "text/plain"]) {
        const headers = { "content-type": type };
        expect((await call(PATH, { method: "PUT", headers, body: text })).status).toBe(415);
      }
    }
    const variable = { env: "TW_CRED_A" };
    for (const value of [
      CANARY,
      JSON.stringify({ api_key: CANARY, [CANARY]: 1 }),
      JSON.stringify([CANARY]),
    ]) {
      world.variables["TW_CRED_A"] = value;
      world.synced.set(ZONE, { ...SYNC, credentials: variable });
      expect((await call(`/v1/zones/${ZONE}/plan`)).status).toBe(503);
      await everywhere();
    }
    world.variables["OTHER"] = CANARY;
    for (const env of ["OTHER", "TW_KEK_1", "TW_CRED_", "TW_CRED_a", "__proto__"]) {
      world.synced.set(ZONE, { ...SYNC, credentials: { env } });
      const refused = await call(`/v1/zones/${ZONE}/plan`);
      expect([env, refused.status]).toEqual([env, 503]);
      expect(refused.text).toContain("may not read");
    }
    world.variables["TW_KEK_2"] = keyOf("2");
    await call(`${PATH}/rotate`, POST);
    delete world.variables["TW_KEK_1"];
    delete world.variables["TW_KEK_2"];
    await call(`${PATH}${AT}`, putJson({ api_key: CANARY }));
    await everywhere();
    world.beforeConfig = () => Promise.reject(new Error("down"));
    await call(`${PATH}${AT}&provider=powerdns`, putJson({ api_key: CANARY }));
    await everywhere();
    world.beforeConfig = async () => undefined;

    const database = world.databases.get(ZONE);
    const tables = database?.run("SELECT name FROM sqlite_master WHERE type = 'table'") ?? [];
    const rows = tables.flatMap(({ name }) => database?.run(`SELECT * FROM ${name}`) ?? []);
    expect(rows.filter((row) => "ciphertext" in row)).toHaveLength(PROVIDERS.length);
    expect(heard.length).toBeGreaterThan(250);
    const sources = [...heard, ...console_, ...rows.map((row) => JSON.stringify(row))];
    expect(sources.filter((text) => hitsIn(text).length > 0)).toEqual([]);
    // The keys are secrets too.
    const keys = ["k", "2"].flatMap((letter) => [keyOf(letter), letter.repeat(32)]);
    expect(sources.filter((text) => keys.some((key) => text.includes(key)))).toEqual([]);
  });
});
