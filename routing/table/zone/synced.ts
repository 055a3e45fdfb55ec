/** The zones of a document that have a provider, with what several rules look at. */
import type { ProviderKind } from "../../dns/abilities.ts";
import { domainOf } from "../../dns/name.ts";
import type { PublishMode } from "../../dns/zone.ts";
import type { Draft, DraftTable } from "../draft.ts";
import { normaliseHostname } from "../hostname.ts";
import { type Problem, pointTo } from "../problem.ts";
import type { Rule, RuleInput } from "../rule.ts";
import { type RecordDraft, recordsOf } from "./records.ts";

export interface SyncedZone {
  readonly pointer: string;
  readonly fields: Draft<"zone">["fields"];
  readonly provider: ProviderKind;
  readonly domain: string;
  /** The hostnames that it publishes, whether they are load balancers or not. */
  readonly published: readonly Published[];
  /** Load balancers whose names are its own: in it, and in no zone of the document that is longer. */
  readonly balancers: readonly Draft<"load_balancer">[];
  readonly records: readonly RecordDraft[];
}

export interface Published {
  readonly host: string;
  readonly mode: PublishMode;
  /** Of its line in `publish`, or of the zone, which publishes everything. */
  readonly pointer: string;
}

/** Where a zone's hostname leads when nobody said it. */
export const DEFAULT_PUBLISH: PublishMode = "edge_with_fallback";

export const domainOfZone = ({ name, fields: { domain } }: Draft<"zone">): string =>
  domain === undefined ? name : normaliseHostname(domain);

/** Cost: one look per label of every load balancer, and one reading of every record. */
export function syncedZones({ zones, loadBalancers }: DraftTable): readonly SyncedZone[] {
  const domains = new Set(zones.map(domainOfZone));
  const owned = new Map<string, Draft<"load_balancer">[]>();
  for (const balancer of loadBalancers) {
    const domain = domainOf(balancer.name, domains);
    if (domain === null) continue;
    const others = owned.get(domain);
    if (others === undefined) owned.set(domain, [balancer]);
    else others.push(balancer);
  }
  return zones.flatMap((zone) => {
    const { provider } = zone.fields;
    if (provider === undefined) return [];
    const domain = domainOfZone(zone);
    const balancers = owned.get(domain) ?? [];
    const { pointer, fields } = zone;
    const published = publishedBy(zone, balancers);
    const records = recordsOf(zone, domain);
    return [{ pointer, fields, provider, domain, published, balancers, records }];
  });
}

function publishedBy(
  { pointer, fields, complete }: Draft<"zone">,
  balancers: readonly Draft<"load_balancer">[],
): readonly Published[] {
  if (fields.publish !== undefined) {
    return Object.entries(fields.publish).map(([key, mode = DEFAULT_PUBLISH]) => ({
      host: normaliseHostname(key),
      mode,
      pointer: pointTo(pointer, "publish", key),
    }));
  }
  // What could not be read is not the same as what was not written.
  if (complete === null) return [];
  return balancers.map(({ name }) => ({ host: name, mode: DEFAULT_PUBLISH, pointer }));
}

/** A rule that looks at one of them at a time. */
export const perZone = (
  name: string,
  check: (zone: SyncedZone, input: RuleInput) => readonly Problem[],
): Rule => ({
  name,
  check: (input) => input.syncedZones.flatMap((zone) => check(zone, input)),
});
