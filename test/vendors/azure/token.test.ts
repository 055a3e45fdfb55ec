import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { json, send } from "../client.ts";
import { signJwt } from "../sign.ts";
import { AzureServer } from "./server.ts";

const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const others = generateKeyPairSync("rsa", { modulusLength: 2048 });
const nowMs = 1_800_000_000_000;
const iat = nowMs / 1000;

let server: AzureServer;
beforeAll(async () => {
  const certificate = { publicKey: keys.publicKey, thumbprint: "print" };
  server = await new AzureServer({
    tenant: "tenant",
    subscription: "sub",
    resourceGroup: "group",
    zones: [],
    applications: [
      { clientId: "app", secret: "s3cret", certificate },
      { clientId: "keyless", certificate },
    ],
    nowMs: () => nowMs,
  }).start();
});
afterAll(() => server.stop());

const form = {
  client_id: "app",
  scope: "https://management.azure.com/.default",
  grant_type: "client_credentials",
};
const bySecret = { ...form, client_secret: "s3cret" };
const without = (field: string) =>
  Object.fromEntries(Object.entries(bySecret).filter(([key]) => key !== field));
const claims = () => ({
  aud: server.tokenUrl,
  iss: "app",
  sub: "app",
  jti: "1",
  nbf: iat,
  exp: iat + 600,
});
const asserted = (
  changes: object,
  key = keys.privateKey,
  header: object = { "x5t#S256": "print" },
) => ({
  ...form,
  client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  client_assertion: signJwt({ alg: "PS256", ...header }, { ...claims(), ...changes }, key),
});

const ask = (fields: Readonly<Record<string, string>>, path = "/tenant/oauth2/v2.0/token") =>
  send(server.url, {
    method: "POST",
    path,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    raw: String(new URLSearchParams(fields)),
  });

/** What is altered, the form, and the status, error and code of the refusal. */
const WRONG: readonly (readonly [string, () => Record<string, string>, number, string, number])[] =
  [
    ["no client id", () => without("client_id"), 400, "invalid_request", 900_144],
    ["no scope", () => without("scope"), 400, "invalid_request", 900_144],
    ["no grant", () => without("grant_type"), 400, "invalid_request", 900_144],
    ["an unknown field", () => ({ ...bySecret, resource: "x" }), 400, "invalid_request", 9_002_014],
    [
      "another grant",
      () => ({ ...bySecret, grant_type: "password" }),
      400,
      "unsupported_grant_type",
      70_003,
    ],
    [
      "an unknown application",
      () => ({ ...bySecret, client_id: "other" }),
      400,
      "unauthorized_client",
      700_016,
    ],
    [
      "another scope",
      () => ({ ...bySecret, scope: "https://management.azure.com/user" }),
      400,
      "invalid_scope",
      70_011,
    ],
    ["no credential", () => form, 401, "invalid_client", 7_000_218],
    [
      "another secret",
      () => ({ ...bySecret, client_secret: "guess" }),
      401,
      "invalid_client",
      7_000_215,
    ],
    [
      "a secret for an application without one",
      () => ({ ...bySecret, client_id: "keyless" }),
      401,
      "invalid_client",
      7_000_215,
    ],
    [
      "an assertion without its type",
      () => ({ ...asserted({}), client_assertion_type: "jwt" }),
      401,
      "invalid_client",
      700_025,
    ],
    [
      "a secret beside an assertion",
      () => ({ ...asserted({}), client_secret: "s3cret" }),
      401,
      "invalid_client",
      700_025,
    ],
    ["no JWT", () => ({ ...asserted({}), client_assertion: "a.b" }), 401, "invalid_client", 50_027],
    [
      "the signature of another key",
      () => asserted({}, others.privateKey),
      401,
      "invalid_client",
      700_027,
    ],
    [
      "another thumbprint",
      () => asserted({}, keys.privateKey, { "x5t#S256": "other" }),
      401,
      "invalid_client",
      700_027,
    ],
    ["no thumbprint", () => asserted({}, keys.privateKey, {}), 401, "invalid_client", 700_027],
    ["another subject", () => asserted({ sub: "other" }), 401, "invalid_client", 700_021],
    ["another issuer", () => asserted({ iss: "other" }), 401, "invalid_client", 700_021],
    [
      "another audience",
      () => asserted({ aud: "https://management.azure.com/" }),
      401,
      "invalid_client",
      700_023,
    ],
    ["an end that is over", () => asserted({ exp: iat }), 401, "invalid_client", 700_024],
    ["a beginning to come", () => asserted({ nbf: iat + 600 }), 401, "invalid_client", 700_024],
    ["no id of its own", () => asserted({ jti: undefined }), 401, "invalid_client", 50_027],
  ];

describe("an altered request for a token", () => {
  test.each(WRONG)(
    "with %s is refused, and no token is issued",
    async (_name, fields, status, error, code) => {
      const issued = server.tokens.issued;
      const got = await ask(fields());
      const answer = json(got);
      expect([got.status, answer.error, answer.error_codes]).toEqual([status, error, [code]]);
      expect(answer.error_description).toContain(`AADSTS${code}: `);
      expect(got.text).not.toMatch(/s3cret|guess/);
      expect(server.tokens.issued).toBe(issued);
    },
  );

  test("of another tenant is refused", async () => {
    const got = await ask(bySecret, "/other/oauth2/v2.0/token");
    expect([got.status, json(got).error_codes]).toEqual([400, [90_002]]);
  });

  test("the requests themselves are granted", async () => {
    const vendor = { aud: "https://login.microsoftonline.com/tenant/oauth2/v2.0/token" };
    for (const fields of [bySecret, asserted({}), asserted(vendor)])
      expect((await ask(fields)).status).toBe(200);
  });
});
