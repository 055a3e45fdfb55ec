/** From a zone as written to the model: every default filled in, every name and value canonical. */
import type { ProviderKind } from "../../dns/abilities.ts";
import { setKey } from "../../dns/record.ts";
import { SETTINGS } from "../../dns/settings.ts";
import { canonicalValue } from "../../dns/values.ts";
import type { CredentialsRef, StaticRecord, ZoneSync } from "../../dns/zone.ts";
import { invariant, type Result } from "../../result.ts";
import { normaliseHostname } from "../hostname.ts";
import { sortedRecord } from "../pool-fields.ts";
import { formOf, readEndpoint } from "./endpoint.ts";
import { ownerOf } from "./owner.ts";
import { recordNameIn } from "./records.ts";
import { type RecordFields, type SyncFields, ZONE_DEFAULTS } from "./schema.ts";

/** `name` is the entry's; the fields have passed the schema and every rule. Absent: nobody keeps the zone in step. */
export function buildSync(
  name: string,
  fields: SyncFields,
  account: string,
): { readonly sync?: ZoneSync } {
  const { provider, domain = name } = fields;
  return provider === undefined
    ? {}
    : { sync: syncOf(provider, normaliseHostname(domain), fields, account) };
}

function syncOf(
  provider: ProviderKind,
  domain: string,
  fields: SyncFields,
  account: string,
): ZoneSync {
  const { endpoint, credentials, publish, edge } = fields;
  return {
    provider,
    domain,
    ...(endpoint === undefined
      ? {}
      : { endpoint: valid(readEndpoint(formOf(provider), endpoint)).canonical }),
    settings: SETTINGS[provider].parse(fields.settings ?? {}),
    ...(credentials === undefined ? {} : { credentials: credentialsOf(credentials) }),
    ...(publish === undefined ? {} : { publish: publishOf(publish) }),
    mode: fields.mode ?? ZONE_DEFAULTS.mode,
    interval: fields.interval ?? ZONE_DEFAULTS.interval,
    ...(edge === undefined ? {} : { edge: edgeOf(edge) }),
    owner: fields.owner ?? ownerOf(account),
    // The order of record sets means nothing, so it must not show in a table.
    records: (fields.records ?? [])
      .map((record) => recordOf(record, domain))
      .sort((a, b) => (setKey(a) < setKey(b) ? -1 : 1)),
    drift: fields.drift ?? ZONE_DEFAULTS.drift,
    takeover: [...new Set((fields.takeover ?? []).map((one) => nameOf(one, domain)))].sort(),
    endpoint_names: fields.endpoint_names ?? ZONE_DEFAULTS.endpoint_names,
    failback_hold_seconds: fields.failback_hold_seconds ?? ZONE_DEFAULTS.failback_hold_seconds,
    limits: { ...(fields.limits ?? ZONE_DEFAULTS.limits) },
  };
}

function credentialsOf({ env, sealed }: NonNullable<SyncFields["credentials"]>): CredentialsRef {
  if (env !== undefined) return { env };
  invariant(sealed !== undefined, "the rule zone-credentials-said-once saw one of the two");
  return { sealed };
}

const publishOf = (publish: NonNullable<SyncFields["publish"]>) =>
  sortedRecord(
    Object.fromEntries(
      Object.entries(publish).map(([host, mode]) => [normaliseHostname(host), mode]),
    ),
  );

const edgeOf = ({ name, addresses, health_url }: NonNullable<SyncFields["edge"]>) => ({
  name: normaliseHostname(name),
  addresses: addresses.map((one) => valid(canonicalValue(one.includes(":") ? "AAAA" : "A", one))),
  ...(health_url === undefined
    ? {}
    : { health_url: valid(readEndpoint("url", health_url)).canonical }),
});

const recordOf = ({ name, type, ttl, values }: RecordFields, domain: string): StaticRecord => ({
  name: nameOf(name, domain),
  type,
  ttl,
  values: values.map((value) => valid(canonicalValue(type, value))).sort(),
});

function nameOf(written: string, domain: string): string {
  const name = recordNameIn(domain, written);
  invariant(name !== null, "every name was read by the rule zone-names-in-zone");
  return name;
}

function valid<T>(read: Result<T, string>): T {
  invariant(read.ok, "every endpoint, address and value was read by a rule");
  return read.value;
}
