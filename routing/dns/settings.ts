/** What each provider is told about a zone, and what its credentials are made of, in the provider's own words. */
import { z } from "zod";
import type { ProviderKind } from "./abilities.ts";

const text = (max = 256) =>
  z
    .string()
    .regex(/^[!-~]+$/)
    .max(max)
    .describe("printable ASCII without blanks");

/** TSIG's, without those that are broken (RFC 8945, section 6: MD5 and SHA-1 are not to be used). */
export const TSIG_ALGORITHMS = ["hmac-sha256", "hmac-sha384", "hmac-sha512"] as const;

export const SETTINGS = {
  route53: z.strictObject({
    /** Without `/hostedzone/`. */
    hosted_zone_id: z
      .string()
      .regex(/^[A-Z0-9]{1,32}$/)
      .describe("the id of a hosted zone, such as Z0123456789ABCDEF"),
    /** Assumed through STS, for zones of another account. */
    role_arn: text(2_048).optional(),
    external_id: text(1_224).optional(),
    sts_endpoint: z.url().optional(),
  }),
  powerdns: z.strictObject({
    server_id: text().default("localhost"),
    /** The server has `enable-lua-records`, so failover and shares are its own. */
    lua_records: z.boolean().default(false),
  }),
  rfc2136: z.strictObject({
    tsig_key_name: text(255),
    tsig_algorithm: z.enum(TSIG_ALGORITHMS).default("hmac-sha256"),
  }),
  cloudflare: z.strictObject({
    zone_id: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .describe("32 lower-case hex characters"),
  }),
  google: z.strictObject({
    /** A project's id, of a domain where it begins with one, or its number. */
    project: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.:-]{0,126}$/)
      .describe("the id or the number of a project, such as shop-dns"),
    /** "begins with a letter, ends with a letter or digit, and contains only lowercase letters, digits or dashes", or its number. */
    managed_zone: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
      .describe("the name of a managed zone, such as shop-test"),
    /** Where the signed assertion is exchanged for a token; absent = `https://oauth2.googleapis.com/token`. */
    token_uri: z.url().optional(),
  }),
  azure: z.strictObject({
    subscription_id: z.guid(),
    resource_group: z
      .string()
      .regex(/^[\w().-]{0,89}[\w()-]$/)
      .describe("the name of a resource group: letters, digits and _-.(), no dot at the end"),
    /** An id or a domain. */
    tenant_id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{0,252}$/i)
      .describe("the id or the domain of a directory"),
    client_id: z.guid(),
    /** Absent = `https://login.microsoftonline.com`. */
    authority: z.url().optional(),
  }),
  external_dns_webhook: z.strictObject({}),
} as const satisfies Record<ProviderKind, z.ZodType>;

export const CREDENTIALS = {
  route53: z.strictObject({
    access_key_id: text(),
    secret_access_key: text(),
    session_token: text(4_096).optional(),
  }),
  powerdns: z.strictObject({ api_key: text(1_024) }),
  /** Base64, as key files have it. */
  rfc2136: z.strictObject({ tsig_secret: z.base64().min(1).max(1_024) }),
  cloudflare: z.strictObject({ api_token: text(1_024) }),
  /** Of a service account's key file. */
  google: z.strictObject({
    client_email: text(),
    private_key: z.string().min(1).max(8_192),
    private_key_id: text().optional(),
  }),
  azure: z.strictObject({ client_secret: text(1_024) }),
  external_dns_webhook: z.strictObject({ bearer_token: text(4_096).optional() }),
} as const satisfies Record<ProviderKind, z.ZodType>;

export type SettingsOf<K extends ProviderKind> = z.output<(typeof SETTINGS)[K]>;
export type CredentialsOf<K extends ProviderKind> = z.output<(typeof CREDENTIALS)[K]>;
