/** The operations of Azure DNS that a manager of records needs, and the token endpoint of Microsoft Entra ID. */
import { type OpenApi, OpenApiReader } from "../schemas/from-openapi.ts";
import { published } from "../schemas/published.ts";
import type { Operation, Schema } from "../strict.ts";

const document = JSON.parse(published("azure-dns.json")) as OpenApi;
const reader = new OpenApiReader(document);

export const API_VERSION = document.info.version;

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
const text: Schema = { type: "string", minLength: 1 };
const TOKEN: Operation = {
  id: "token",
  method: "POST",
  path: "/{tenant}/oauth2/v2.0/token",
  permission: "token",
  body: {
    media: "application/x-www-form-urlencoded",
    schema: {
      type: "object",
      properties: {
        client_id: text,
        scope: text,
        grant_type: text,
        client_secret: text,
        client_assertion_type: text,
        client_assertion: text,
      },
      required: ["client_id", "scope", "grant_type"],
      additionalProperties: false,
    },
  },
  answer: {
    type: "object",
    properties: {
      token_type: { const: "Bearer" },
      expires_in: { type: "integer" },
      ext_expires_in: { type: "integer" },
      access_token: text,
    },
    required: ["token_type", "expires_in", "access_token"],
    additionalProperties: false,
  },
};

/** A listing, whose `nextLink` has a parameter that the description does not name: the link is opaque. */
function listing(operationId: string, permission: string): Operation {
  const operation = reader.operation(operationId, permission, { lists: true });
  const properties = operation.query?.["properties"] as Schema;
  const query = { ...operation.query, properties: { ...properties, $skipToken: text } };
  return { ...operation, query };
}

// https://learn.microsoft.com/azure/role-based-access-control/permissions/networking#microsoftnetwork
const ZONES = "Microsoft.Network/dnsZones";
const SETS = `${ZONES}/{recordType}`;

/** What has a word where others have a parameter comes first: `recordsets` and `all` are no record types. */
export const OPERATIONS: readonly Operation[] = [
  TOKEN,
  listing("Zones_List", `${ZONES}/read`),
  listing("Zones_ListByResourceGroup", `${ZONES}/read`),
  reader.operation("Zones_Get", `${ZONES}/read`),
  listing("RecordSets_ListByDnsZone", `${ZONES}/recordsets/read`),
  listing("RecordSets_ListAllByDnsZone", `${ZONES}/all/read`),
  listing("RecordSets_ListByType", `${SETS}/read`),
  reader.operation("RecordSets_Get", `${SETS}/read`),
  reader.operation("RecordSets_CreateOrUpdate", `${SETS}/write`),
  reader.operation("RecordSets_Update", `${SETS}/write`),
  reader.operation("RecordSets_Delete", `${SETS}/delete`),
];
