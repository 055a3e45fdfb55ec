import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { PROVIDERS, type ProviderKind } from "../../../../routing/dns/abilities.ts";
import type { Intent } from "../../../../routing/dns/intent.ts";
import { SETTINGS } from "../../../../routing/dns/settings.ts";
import {
  calledOrigins,
  DEFAULTS,
  originOf,
  vendorOrigins,
} from "../../../../workers/central/dns/origins.ts";
import type { ProviderPorts } from "../../../../workers/central/dns/provider.ts";
import { makeProvider } from "../../../../workers/central/dns/providers.ts";
import { SYNC } from "../sync/bench-zone.ts";
import { LEAST } from "./least.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PEM = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const ROLE = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
  <AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken>
  <Expiration>2026-11-27T20:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

/** Every origin that a listing calls; who is asked for a token gives one. */
async function listingCalls(provider: ProviderKind, told: object, endpoint?: string) {
  const called = new Set<string>();
  const ports = {
    clock: { nowMs: () => Date.UTC(2026, 10, 27) },
    timers: { wait: async () => {}, deadline: () => new AbortController().signal },
    fetch: async ({ url, method }: Request) => {
      called.add(new URL(url).origin);
      if (method !== "POST") return new Response("", { status: 404 });
      if (provider === "route53") return new Response(ROLE);
      return Response.json({ access_token: "t", token_type: "Bearer", expires_in: 3_600 });
    },
    dial: async ({ hostname, port }: { hostname: string; port: number }) => {
      called.add(`${hostname}:${port}`);
      throw new Error("nobody is there");
    },
  } as unknown as ProviderPorts;
  const [least, secret, where] = LEAST[provider];
  const settings = SETTINGS[provider].parse({ ...least, ...told });
  const at = endpoint ?? where;
  const sync = { ...SYNC, provider, settings, ...(at === undefined ? {} : { endpoint: at }) };
  const credentials = { ...secret, ...(provider === "google" && { private_key: PEM }) };
  const made = makeProvider({ sync } as unknown as Intent, credentials, ports as never);
  if (!made.ok) throw new Error(made.error.detail);
  expect((await made.value.populate(new AbortController().signal)).ok).toBe(false);
  return { called: [...called].sort(), told: calledOrigins(sync) };
}

const ROLE_ARN = { role_arn: "arn:aws:iam::1:role/dns" };

describe("the origins that are told of a zone are those that its provider calls", () => {
  test.each(PROVIDERS)("%s, as it is", async (provider) => {
    const { called, told } = await listingCalls(provider, {});
    expect(told).toEqual(called);
    expect(called).toHaveLength(["google", "azure"].includes(provider) ? 2 : 1);
  });

  test.each<readonly [ProviderKind, object, string]>([
    ["route53", { ...ROLE_ARN, sts_endpoint: "https://sts.test/x" }, "https://r53.test"],
    ["powerdns", {}, "http://127.0.0.1:8081/path"],
    ["rfc2136", {}, "ns.other.test:5353"],
    ["cloudflare", {}, "https://cf.test:8443/client/v4"],
    ["google", { token_uri: "https://token.test/t" }, "https://dns.test"],
    ["azure", { authority: "https://login.test/a" }, "https://arm.test/"],
    ["external_dns_webhook", {}, "http://localhost:9999"],
  ])("%s, where every URL is another", async (provider, settings, endpoint) => {
    const { called, told } = await listingCalls(provider, settings, endpoint);
    expect(told).toEqual(called);
    expect(told.filter((origin) => vendorOrigins(provider).includes(origin))).toEqual([]);
  });

  test("STS is one of them where there is a role, and else is not", async () => {
    const { called, told } = await listingCalls("route53", ROLE_ARN);
    expect(told).toEqual(called);
    expect(told).toEqual([...vendorOrigins("route53")].sort());
  });

  test.each(PROVIDERS)("%s has no setting with a URL that is left out", (provider) => {
    const { properties = {} } = z.toJSONSchema(SETTINGS[provider], { io: "input" });
    const urls = Object.entries(properties).flatMap(([field, schema]) =>
      typeof schema === "object" && schema.format === "uri" ? [field] : [],
    );
    expect(Object.keys(DEFAULTS[provider])).toEqual(expect.arrayContaining(urls));
  });
});

test("an origin is a URL without its path, or a host and a port, in one spelling", () => {
  const origin = originOf("powerdns", "HTTPS://PowerDNS.Example:443/api/");
  expect(origin).toEqual({ ok: true, value: "https://powerdns.example" });
  expect(originOf("rfc2136", "NS1.Example:53")).toEqual({ ok: true, value: "ns1.example:53" });
});

test("what is no origin is refused without being told, and as a zone's endpoint is bound to nothing", () => {
  for (const text of ["powerdns", "https://u:canary@powerdns.example", "ftp://canary.example"]) {
    const refused = originOf("powerdns", text);
    expect(refused.ok ? "read" : refused.error).not.toMatch(/canary|read/);
    const zone = { provider: "powerdns", endpoint: text, settings: {} } as const;
    expect(calledOrigins(zone)).toEqual(["an endpoint that is none"]);
  }
});
