import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { azureExchange } from "../../../../../workers/central/dns/token/azure.ts";
import { bearerCalls, type Exchange } from "../../../../../workers/central/dns/token/bearer.ts";
import { googleExchange } from "../../../../../workers/central/dns/token/google.ts";
import { Http } from "../../../../../workers/central/dns/token/http.ts";
import { readJwt } from "../../../../vendors/tokens.ts";

const never = new AbortController().signal;
const AT = 1_800_000_000_000;

/** Answers in their order, and what was asked. */
function world(...answers: (Response | Error)[]) {
  const asked: Request[] = [];
  const clock = { now: AT, nowMs: () => clock.now };
  const fetch = async (request: Request): Promise<Response> => {
    asked.push(request);
    const answer = answers.shift() ?? new Error("nobody answers any more");
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return {
    asked,
    clock,
    http: new Http("Vendor, zone shop.test", { clock, fetch }, ["secret-secret"]),
  };
}
const token = (text: string, seconds: number | string = 3_600) =>
  Response.json({ access_token: text, expires_in: seconds, token_type: "Bearer" });
const done = () => Response.json({ done: true });
const get = { method: "GET", url: "https://api.test/x" } as const;
const headers = (requests: readonly Request[]) =>
  requests.map((request) => request.headers.get("authorization"));

const fixed =
  (http: Http, clock: { nowMs: () => number }): Exchange =>
  (signal) =>
    azureExchange(http, clock, { tenant_id: "t", client_id: "c" }, "secret-secret")(signal);

describe("a bearer token", () => {
  test("is exchanged once and kept until a minute before it ends", async () => {
    const { asked, clock, http } = world(
      token("one-one-one"),
      done(),
      done(),
      token("two-two-two"),
      done(),
    );
    const call = bearerCalls(http, fixed(http, clock), clock);
    await call(get, never);
    clock.now = AT + 3_540_000;
    await call(get, never);
    clock.now += 1;
    await call(get, never);
    expect(headers(asked)).toEqual([
      null,
      "Bearer one-one-one",
      "Bearer one-one-one",
      null,
      "Bearer two-two-two",
    ]);
    expect(http.calls).toBe(5);
  });

  test("that is refused is exchanged once more, and not a third time", async () => {
    const no = () => new Response("{}", { status: 401 });
    const { asked, clock, http } = world(token("one-one-one"), no(), token("two-two-two"), no());
    const call = bearerCalls(http, fixed(http, clock), clock);
    const answer = await call({ ...get, method: "PUT", body: "{}" }, never);
    expect(answer).toMatchObject({ ok: true, value: { status: 401 } });
    expect(asked.length).toBe(4);
  });

  test("may say its time in a text, as Azure's first version does", async () => {
    const { clock, http } = world(token("one-one-one", "60"), done());
    const call = bearerCalls(http, fixed(http, clock), clock);
    expect(await call(get, never)).toMatchObject({ ok: true });
  });

  test.each([
    [
      Response.json(
        { error: "invalid_client", error_description: "AADSTS7000215: wrong" },
        { status: 401 },
      ),
      "unauthorized",
    ],
    [
      Response.json(
        { error: "invalid_grant", error_description: "Invalid JWT Signature." },
        { status: 400 },
      ),
      "unauthorized",
    ],
    [new Response("slow down", { status: 429, headers: { "retry-after": "7" } }), "throttled"],
    [new Response("<html>", { status: 503 }), "unreachable"],
    [Response.json({ access_token: "" }), "unreachable"],
    [new Error("connection reset"), "unreachable"],
  ])("that is not given is a failure, also of a write: %#", async (answer, kind) => {
    const { asked, clock, http } = world(answer);
    const call = bearerCalls(http, fixed(http, clock), clock);
    const failed = await call({ ...get, method: "PUT", body: "{}" }, never);
    expect(failed).toMatchObject({ error: { kind } });
    if (kind === "throttled") expect(failed).toMatchObject({ error: { retryAfterMs: 7_000 } });
    expect(asked.length).toBe(1);
  });
});

describe("a call that gets no answer", () => {
  test.each([
    ["GET", "unreachable"],
    ["PUT", "unknown"],
    ["DELETE", "unknown"],
  ] as const)("%s is told as %s, without the secret", async (method, kind) => {
    const { clock, http } = world(
      token("one-one-one"),
      new Error("reset secret-secret one-one-one"),
    );
    const call = bearerCalls(http, fixed(http, clock), clock);
    const failed = await call({ ...get, method }, never);
    expect(failed).toMatchObject({ error: { kind } });
    const detail = failed.ok ? "" : failed.error.detail;
    expect(detail).toContain("Vendor, zone shop.test: ");
    expect(detail).toContain("reset … …");
  });

  test("is not made when time is up before, and nothing was written then", async () => {
    const { asked, clock, http } = world();
    const call = bearerCalls(http, fixed(http, clock), clock);
    const failed = await call({ ...get, method: "PUT" }, AbortSignal.abort());
    expect(failed).toMatchObject({ error: { kind: "unreachable" } });
    expect([asked.length, http.calls]).toEqual([0, 0]);
  });
});

describe("what is asked for a token", () => {
  test("Azure: the application's secret in a form, for the Resource Manager", async () => {
    const { asked, clock, http } = world(token("one-one-one"));
    const settings = {
      tenant_id: "shop.example",
      client_id: "app",
      authority: "https://login.test/",
    };
    await azureExchange(http, clock, settings, "secret-secret")(never);
    expect([asked[0]?.method, asked[0]?.url]).toEqual([
      "POST",
      "https://login.test/shop.example/oauth2/v2.0/token",
    ]);
    expect(Object.fromEntries(new URLSearchParams(await asked[0]?.text()))).toEqual({
      grant_type: "client_credentials",
      client_id: "app",
      client_secret: "secret-secret",
      scope: "https://management.azure.com/.default",
    });
  });

  test("Google: an assertion of an hour by the given clock, for records only", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const { asked, clock, http } = world(token("one-one-one"));
    const account = { client_email: "a@b.test", private_key: key, private_key_id: "key-1" };
    await googleExchange(http, clock, account)(never);
    expect(asked[0]?.url).toBe("https://oauth2.googleapis.com/token");
    const form = new URLSearchParams(await asked[0]?.text());
    expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const jwt = readJwt(form.get("assertion") ?? "");
    expect(jwt?.header).toEqual({ alg: "RS256", typ: "JWT", kid: "key-1" });
    expect(jwt?.claims).toEqual({
      iss: "a@b.test",
      scope: "https://www.googleapis.com/auth/ndev.clouddns.readwrite",
      aud: "https://oauth2.googleapis.com/token",
      iat: AT / 1_000,
      exp: AT / 1_000 + 3_600,
    });
  });

  test("Google: a key that is none is the operator's, and is not quoted", async () => {
    const { asked, clock, http } = world();
    const account = { client_email: "a@b.test", private_key: "-----BEGIN RSA-----\nMIIcanary" };
    const failed = await googleExchange(http, clock, account)(never);
    expect(failed).toMatchObject({ error: { kind: "unauthorized" } });
    expect(failed.ok ? "" : failed.error.detail).not.toContain("MIIcanary");
    expect(asked.length).toBe(0);
  });
});
