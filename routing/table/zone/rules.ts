/** What is between a zone and its provider: settings, credentials, where it is called, and whose mark is in it. */
import type { z } from "zod";
import { PROVIDERS, type ProviderKind } from "../../dns/abilities.ts";
import { SETTINGS } from "../../dns/settings.ts";
import { problemsOf } from "../issues.ts";
import { type JsonSchema, jsonSchemaOf } from "../json-schema.ts";
import { cut, pointTo } from "../problem.ts";
import { type Rule, repeated } from "../rule.ts";
import {
  ENDPOINT_RANGES,
  type EndpointForm,
  endpointProblem,
  formOf,
  readEndpoint,
  SELF_HOSTED,
} from "./endpoint.ts";
import { ownerOf } from "./owner.ts";
import { PUBLISH_RULES } from "./publish-rules.ts";
import { RECORD_RULES } from "./record-rules.ts";
import { SYNC_FIELDS } from "./schema.ts";
import { perZone, type SyncedZone } from "./synced.ts";

/** What an operator believes to be kept in step and nobody keeps. */
const fieldsNeedProvider: Rule = {
  name: "zone-fields-need-provider",
  check: ({ drafts }) =>
    drafts.zones.flatMap(({ pointer, fields, complete }) => {
      const written = SYNC_FIELDS.filter((field) => fields[field] !== undefined);
      // A provider that could not be read is a problem of its own.
      if (complete === null || complete.provider !== undefined || written.length === 0) return [];
      const names = written.map((field) => `\`${field}\``).join(", ");
      const range = `one of: ${PROVIDERS.join(", ")}`;
      const detail = `Without a provider nobody obeys ${names}: write the provider, or remove them.`;
      return [{ pointer: pointTo(pointer, "provider"), detail, range }];
    }),
};

const SETTINGS_SCHEMAS = Object.fromEntries(
  PROVIDERS.map((provider) => [provider, jsonSchemaOf(SETTINGS[provider])]),
) as Readonly<Record<ProviderKind, JsonSchema>>;

const settingsFit = perZone("zone-settings-fit-provider", ({ pointer, fields, provider }) => {
  const settings = fields.settings ?? {};
  const schema: z.ZodType = SETTINGS[provider];
  const parsed = schema.safeParse(settings);
  if (parsed.success) return [];
  const place = pointTo(pointer, "settings");
  return problemsOf(parsed.error.issues, settings, place, SETTINGS_SCHEMAS[provider]);
});

/** Settings that are called too are as good a place as the endpoint to send credentials anywhere. */
const urlsOf = (provider: ProviderKind): readonly string[] =>
  Object.entries(SETTINGS_SCHEMAS[provider].properties ?? {}).flatMap(([field, { format }]) =>
    format === "uri" ? [field] : [],
  );

const endpointIsReachable = perZone("zone-endpoint-is-reachable", (zone, { addresses }) => {
  const { pointer, fields, provider } = zone;
  const check = (form: EndpointForm, text: unknown, place: string) => {
    const problem = typeof text === "string" ? endpointProblem(form, text, place, addresses) : null;
    return problem === null ? [] : [problem];
  };
  return [
    ...check(formOf(provider), fields.endpoint, pointTo(pointer, "endpoint")),
    ...check("url", fields.edge?.health_url, pointTo(pointer, "edge", "health_url")),
    ...urlsOf(provider).flatMap((field) =>
      check("url", fields.settings?.[field], pointTo(pointer, "settings", field)),
    ),
  ];
});

const endpointIsGiven = perZone("zone-endpoint-is-given", ({ pointer, fields, provider }) => {
  if (fields.endpoint !== undefined || !SELF_HOSTED.has(provider)) return [];
  const range = ENDPOINT_RANGES[formOf(provider)];
  const detail = `A zone of ${provider} needs to know where the server is: write ${range}.`;
  return [{ pointer: pointTo(pointer, "endpoint"), detail, range }];
});

const CREDENTIALS_RANGE =
  "{env: TW_CRED_…}, a variable of the script, or {sealed: …}, the id of what was sealed";

const credentialsAreGiven = perZone("zone-credentials-are-given", (zone) => {
  const { pointer, fields, provider } = zone;
  if (fields.credentials !== undefined || provider === "external_dns_webhook") return [];
  const detail = `Nobody may write to ${provider} without credentials: write ${CREDENTIALS_RANGE}.`;
  return [{ pointer: pointTo(pointer, "credentials"), detail, range: CREDENTIALS_RANGE }];
});

const credentialsSaidOnce = perZone("zone-credentials-said-once", ({ pointer, fields }) => {
  const { credentials } = fields;
  if (credentials === undefined) return [];
  const count = [credentials.env, credentials.sealed].filter((one) => one !== undefined).length;
  if (count === 1) return [];
  const place = pointTo(pointer, "credentials");
  const detail = `The credentials are said ${count === 0 ? "not at all" : "twice"}: write ${CREDENTIALS_RANGE}.`;
  return [{ pointer: place, detail, value: credentials, range: `one of ${CREDENTIALS_RANGE}` }];
});

/** Two entries with one mark would each take the other's record sets for its own, and delete them. */
const ownersDiffer: Rule = {
  name: "zone-owners-differ",
  check: ({ syncedZones, account }) => {
    const ownerIn = ({ fields }: SyncedZone) => fields.owner ?? ownerOf(account);
    return repeated(syncedZones, (zone) =>
      [zone.domain, zone.provider, endpointOf(zone), ownerIn(zone)].join(" "),
    ).map(({ item, first }) => ({
      pointer: pointTo(item.pointer, "owner"),
      detail: `The owner "${ownerIn(item)}" already marks the same zone at ${first.pointer}: write another one here.`,
      value: ownerIn(item),
      range: "an owner that no other entry of the same domain, provider and endpoint has",
    }));
  },
};

function endpointOf({ provider, fields: { endpoint = "" } }: SyncedZone): string {
  const read = readEndpoint(formOf(provider), endpoint);
  return read.ok ? read.value.canonical : String(cut(endpoint));
}

export const ZONE_RULES: readonly Rule[] = [
  fieldsNeedProvider,
  settingsFit,
  endpointIsReachable,
  endpointIsGiven,
  credentialsAreGiven,
  credentialsSaidOnce,
  ownersDiffer,
  ...PUBLISH_RULES,
  ...RECORD_RULES,
];
