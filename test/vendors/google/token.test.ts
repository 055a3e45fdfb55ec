import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { json, send } from "../client.ts";
import { signJwt } from "../sign.ts";
import { GoogleServer } from "./server.ts";

const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const others = generateKeyPairSync("rsa", { modulusLength: 2048 });
const email = "dns@test.iam.gserviceaccount.com";
const nowMs = 1_800_000_000_000;
const READWRITE = "https://www.googleapis.com/auth/ndev.clouddns.readwrite";

let server: GoogleServer;
beforeAll(async () => {
  const accounts = [{ email, publicKey: keys.publicKey, keyId: "k1" }];
  server = await new GoogleServer({
    project: "test",
    zones: [],
    accounts,
    nowMs: () => nowMs,
  }).start();
});
afterAll(() => server.stop());

describe("an altered request for a token", () => {
  const iat = nowMs / 1000;
  const claims = () => ({
    iss: email,
    scope: READWRITE,
    aud: server.tokenUrl,
    iat,
    exp: iat + 3600,
  });
  const assertion = (
    changes: object,
    key = keys.privateKey,
    header: { alg: string } = { alg: "RS256" },
  ) => signJwt(header, { ...claims(), ...changes }, key);
  const JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer";

  const WRONG: readonly (readonly [string, () => Record<string, string>, string])[] = [
    [
      "another grant",
      () => ({ grant_type: "client_credentials", assertion: assertion({}) }),
      "unsupported_grant_type",
    ],
    ["no assertion", () => ({ grant_type: JWT }), "invalid_request"],
    [
      "an unknown field",
      () => ({ grant_type: JWT, assertion: assertion({}), scope: READWRITE }),
      "invalid_request",
    ],
    ["no JWT", () => ({ grant_type: JWT, assertion: "a.b" }), "invalid_grant"],
    [
      "the signature of another key",
      () => ({ grant_type: JWT, assertion: assertion({}, others.privateKey) }),
      "invalid_grant",
    ],
    [
      "another algorithm",
      () => ({ grant_type: JWT, assertion: assertion({}, keys.privateKey, { alg: "PS256" }) }),
      "invalid_grant",
    ],
    [
      "no algorithm",
      () => ({ grant_type: JWT, assertion: assertion({}, keys.privateKey, { alg: "none" }) }),
      "invalid_grant",
    ],
    [
      "another key id",
      () => ({
        grant_type: JWT,
        assertion: assertion({}, keys.privateKey, { alg: "RS256", kid: "k2" } as { alg: string }),
      }),
      "invalid_grant",
    ],
    [
      "an unknown account",
      () => ({ grant_type: JWT, assertion: assertion({ iss: "nobody" }) }),
      "invalid_grant",
    ],
    [
      "another audience",
      () => ({ grant_type: JWT, assertion: assertion({ aud: "https://dns.googleapis.com/" }) }),
      "invalid_grant",
    ],
    [
      "a life of more than an hour",
      () => ({ grant_type: JWT, assertion: assertion({ exp: iat + 3601 }) }),
      "invalid_grant",
    ],
    [
      "an end that is over",
      () => ({ grant_type: JWT, assertion: assertion({ iat: iat - 7200, exp: iat - 3600 }) }),
      "invalid_grant",
    ],
    [
      "no end",
      () => ({ grant_type: JWT, assertion: assertion({ exp: undefined }) }),
      "invalid_grant",
    ],
    [
      "a beginning to come",
      () => ({ grant_type: JWT, assertion: assertion({ iat: iat + 600, exp: iat + 700 }) }),
      "invalid_grant",
    ],
    [
      "an unknown scope",
      () => ({ grant_type: JWT, assertion: assertion({ scope: "dns" }) }),
      "invalid_scope",
    ],
    [
      "no scope",
      () => ({ grant_type: JWT, assertion: assertion({ scope: undefined }) }),
      "invalid_scope",
    ],
  ];

  test("the request itself is granted, with the key's id or without, for the vendor's name or the server's", async () => {
    const named = { alg: "RS256", kid: "k1" };
    const vendor = { aud: "https://oauth2.googleapis.com/token" };
    for (const text of [assertion({}), assertion(vendor, keys.privateKey, named)]) {
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const raw = String(new URLSearchParams({ grant_type: JWT, assertion: text }));
      const got = await send(server.url, { method: "POST", path: "/token", headers, raw });
      expect(json(got)).toMatchObject({ expires_in: 3600, token_type: "Bearer" });
    }
  });

  test.each(WRONG)("with %s is refused, and no token is issued", async (_name, form, error) => {
    const issued = server.tokens.issued;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const raw = String(new URLSearchParams(form()));
    const got = await send(server.url, { method: "POST", path: "/token", headers, raw });
    expect([got.status, json(got).error]).toEqual([400, error]);
    expect(server.tokens.issued).toBe(issued);
  });
});
