/** The operations of Cloud DNS that a manager of records needs, and the token endpoint of Google's OAuth 2.0. */
import { type Discovery, operationOf } from "../schemas/from-discovery.ts";
import { published } from "../schemas/published.ts";
import type { Operation } from "../strict.ts";

const document = JSON.parse(published("google-dns.v1.json")) as Discovery;

/** https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests */
const TOKEN: Operation = {
  id: "token",
  method: "POST",
  path: "/token",
  permission: "token",
  body: {
    media: "application/x-www-form-urlencoded",
    schema: {
      type: "object",
      properties: { grant_type: { type: "string" }, assertion: { type: "string" } },
      required: ["grant_type", "assertion"],
      additionalProperties: false,
    },
  },
  answer: {
    type: "object",
    properties: {
      access_token: { type: "string" },
      expires_in: { type: "integer" },
      token_type: { const: "Bearer" },
    },
    required: ["access_token", "expires_in", "token_type"],
    additionalProperties: false,
  },
};

export const OPERATIONS: readonly Operation[] = [
  TOKEN,
  operationOf(document, "dns.managedZones.list", true),
  operationOf(document, "dns.managedZones.get"),
  operationOf(document, "dns.resourceRecordSets.list", true),
  operationOf(document, "dns.resourceRecordSets.get"),
  operationOf(document, "dns.resourceRecordSets.create"),
  operationOf(document, "dns.resourceRecordSets.patch"),
  operationOf(document, "dns.resourceRecordSets.delete"),
  operationOf(document, "dns.changes.create"),
  operationOf(document, "dns.changes.get"),
  operationOf(document, "dns.changes.list", true),
];
