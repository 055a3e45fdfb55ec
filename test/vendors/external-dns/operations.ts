/**
 * The webhook protocol of external-dns: what its `api/webhook.yaml` describes
 * (https://kubernetes-sigs.github.io/external-dns/v0.21.0/api/webhook.yaml), written down here by hand, as no package
 * of a registry carries that file.
 *
 * Stricter than the file on three points, so that a client keeps to what it documents: objects are closed, an
 * endpoint has a name and a type (the Go types that the providers "have to keep in sync with" leave them out only
 * when empty), and a TTL is not negative (0 is "not configured").
 */
import type { Operation, Schema } from "../strict.ts";

export const MEDIA = "application/external.dns.webhook+json;version=1";

const texts: Schema = { type: "array", items: { type: "string" } };
const closed = (
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

const endpoint = closed(
  {
    dnsName: { type: "string", minLength: 1 },
    targets: texts,
    recordType: { type: "string", minLength: 1 },
    setIdentifier: { type: "string" },
    recordTTL: { type: "integer", format: "int64", minimum: 0 },
    labels: { type: "object", additionalProperties: { type: "string" } },
    providerSpecific: {
      type: "array",
      items: closed({ name: { type: "string" }, value: { type: "string" } }),
    },
  },
  ["dnsName", "recordType"],
);
const endpoints: Schema = { type: "array", items: endpoint };

/** `filters` is what the file describes; the Go type `endpoint.DomainFilter` is serialized as the others. */
const filters = closed({
  filters: texts,
  include: texts,
  exclude: texts,
  regexInclude: { type: "string" },
  regexExclude: { type: "string" },
});

export const OPERATIONS: readonly Operation[] = [
  { id: "negotiate", method: "GET", path: "/", permission: "read", answer: filters },
  {
    id: "getRecords",
    method: "GET",
    path: "/records",
    permission: "read",
    answer: endpoints,
    lists: true,
  },
  {
    id: "adjustRecords",
    method: "POST",
    path: "/adjustendpoints",
    permission: "read",
    body: { media: MEDIA, schema: endpoints },
    answer: endpoints,
  },
  {
    id: "setRecords",
    method: "POST",
    path: "/records",
    permission: "write",
    body: {
      media: MEDIA,
      schema: closed({
        create: endpoints,
        updateOld: endpoints,
        updateNew: endpoints,
        delete: endpoints,
      }),
    },
  },
];
