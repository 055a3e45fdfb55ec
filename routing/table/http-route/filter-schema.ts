/** The shape of a filter and of a reference to what answers. */
import { z } from "zod";
import { unobeyed } from "../fields.ts";
import { fullPath, headerName, headerValue, pathPrefix, preciseHostname } from "./grammar.ts";

/** The type's own limits (gateway-api v1). */
const FILTERS_MAX = 16;
const HEADERS_MAX = 16;
const CORS_ITEMS_MAX = 64;
const CORS_METHODS_MAX = 9;

export const METHODS = [
  ...(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"] as const),
] as const;

const ignored = z.unknown().optional().describe("accepted and without effect");

/** Whether something has that name is looked up afterwards; an unknown one is told and answers 500. */
export const backendReference = {
  group: ignored,
  kind: z
    .string()
    .regex(/^[a-zA-Z](?:[-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/)
    .describe("Pool or LoadBalancer")
    .default("Pool"),
  name: z.string().min(1).max(253),
  namespace: ignored,
  port: ignored,
};

const headerFields = z
  .array(z.strictObject({ name: headerName, value: headerValue }))
  .max(HEADERS_MAX)
  .default([]);

const headerModifier = z.strictObject({
  set: headerFields,
  add: headerFields,
  remove: z.array(headerName).max(HEADERS_MAX).default([]),
});

const pathModifier = z.strictObject({
  type: z.enum(["ReplaceFullPath", "ReplacePrefixMatch"]),
  replaceFullPath: fullPath.optional(),
  replacePrefixMatch: pathPrefix.optional(),
});

const redirect = z.strictObject({
  scheme: z.enum(["http", "https"]).optional(),
  hostname: preciseHostname.optional(),
  path: pathModifier.optional(),
  port: z.int().min(1).max(65_535).optional(),
  statusCode: z.literal([301, 302, 303, 307, 308]).default(302),
});

const rewrite = z.strictObject({
  hostname: preciseHostname.optional(),
  path: pathModifier.optional(),
});

/** Written back from a ratio, which is exact only for small denominators; nobody needs less than a millionth. */
const FRACTION_MAX = 1_000_000;

const mirror = z.strictObject({
  backendRef: z.strictObject(backendReference),
  percent: z.int().min(0).max(100).optional(),
  fraction: z
    .strictObject({
      numerator: z.int().min(0).max(FRACTION_MAX),
      denominator: z.int().min(1).max(FRACTION_MAX).default(100),
    })
    .optional(),
});

const origin = z
  .string()
  .regex(
    /^(?=.{1,253}$)(?:\*|https?:\/\/(?:(?:\*\.)?(?:[a-zA-Z0-9-]+\.)*[a-zA-Z0-9-]+|\*)(?::[0-9]{1,5})?)$/,
  )
  .describe("*, or http:// or https:// with a host, perhaps with *. in front, and perhaps a port");

const cors = z.strictObject({
  allowOrigins: z.array(origin).max(CORS_ITEMS_MAX).default([]),
  allowCredentials: z.boolean().default(false),
  allowMethods: z
    .array(z.enum([...METHODS, "*"]))
    .max(CORS_METHODS_MAX)
    .default([]),
  allowHeaders: z.array(headerName).max(CORS_ITEMS_MAX).default([]),
  exposeHeaders: z.array(headerName).max(CORS_ITEMS_MAX).default([]),
  /** Seconds; the type's number is of 32 bits. */
  maxAge: z.int().min(1).max(2_147_483_647).default(5),
});

/** Filter type → the field that holds what it does. */
export const STANZAS = {
  RequestHeaderModifier: "requestHeaderModifier",
  ResponseHeaderModifier: "responseHeaderModifier",
  RequestMirror: "requestMirror",
  RequestRedirect: "requestRedirect",
  URLRewrite: "urlRewrite",
  CORS: "cors",
} as const;
export type FilterType = keyof typeof STANZAS;

export const filterSchema = z.strictObject({
  type: z.enum(Object.keys(STANZAS) as [FilterType, ...FilterType[]]),
  requestHeaderModifier: headerModifier.optional(),
  responseHeaderModifier: headerModifier.optional(),
  requestMirror: mirror.optional(),
  requestRedirect: redirect.optional(),
  urlRewrite: rewrite.optional(),
  cors: cors.optional(),
  ...unobeyed("route_filter"),
});

export const filterList = z.array(filterSchema).max(FILTERS_MAX).default([]);

export type FilterFields = z.output<typeof filterSchema>;
export type HeaderModifierFields = z.output<typeof headerModifier>;
export type PathModifierFields = z.output<typeof pathModifier>;
export type MirrorFields = z.output<typeof mirror>;
