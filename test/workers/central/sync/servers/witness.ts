/** octoDNS as a witness that knows nothing of ours: record sets in its words, and what it finds at a provider. */
import { stringify } from "yaml";
import { desiredOf } from "../../../../../routing/dns/desired.ts";
import type { Intent } from "../../../../../routing/dns/intent.ts";
import { markSet } from "../../../../../routing/dns/mark.ts";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { type Stamp, stampSet } from "../../../../../routing/dns/stamp.ts";
import { writtenValue } from "../../../../../routing/dns/values.ts";
import type { Provider } from "../../../../../workers/central/dns/provider.ts";
import { type OctoDnsTarget, octodns, type PlannedChange } from "../../../../servers/octodns.ts";
import { DOMAIN } from "../desired-zone.ts";
import type { Site } from "./sites.ts";

/** Everything that we write to a zone: what is wanted while all is healthy, the mark beside each set, and the stamp. */
export function ourSets(
  intent: Intent,
  abilities: Provider["abilities"],
  stamp: Stamp,
): readonly RecordSet[] {
  const { domain, owner } = intent.sync;
  const everything = { isOut: () => false, isEdgeUp: () => true };
  const { wanted } = desiredOf(intent, abilities, everything);
  return [
    ...wanted.flatMap(({ set, resource }) => [set, markSet(domain, set, { owner, resource })]),
    stampSet(domain, stamp),
  ];
}

/**
 * How it tells a quote in a text by target. It reads one as it stands in Route 53 and PowerDNS, with a backslash, and sends it to
 * PowerDNS as it reads it; to Route 53 it sends one with a backslash of its own, and finds its own text changed when it looks again.
 */
const READS: Readonly<Record<OctoDnsTarget["kind"], string>> = {
  route53: '\\"',
  powerdns: '\\"',
  rfc2136: '"',
};
const WRITES: typeof READS = { ...READS, route53: '"' };

/** What octoDNS plans to make the provider's zone be our sets; what has a policy is not looked at, because its YAML says none of ours. */
export function judged(site: Site, sets: readonly RecordSet[]): Promise<readonly PlannedChange[]> {
  const policed = new Set(
    sets.filter(({ policy }) => policy !== undefined).map(({ name }) => name),
  );
  const said = [...sets, ...site.own].filter(({ name }) => !policed.has(name));
  const ignored = [...policed].map(relative);
  const desired = yamlOf(said, READS[site.octodns.kind]);
  return octodns({ target: site.octodns, zone: DOMAIN, desired, apply: false, ignored });
}

/** What octoDNS writes, as it is said here. */
export function written(site: Site, sets: readonly RecordSet[]): Promise<readonly PlannedChange[]> {
  const desired = yamlOf([...sets, ...site.own], WRITES[site.octodns.kind]);
  return octodns({ target: site.octodns, zone: DOMAIN, desired, apply: true });
}

function yamlOf(sets: readonly RecordSet[], quote: string): string {
  const byName = Map.groupBy(sets, ({ name }) => relative(name));
  const recordOf = ({ type, ttl, values }: RecordSet) => {
    const said = values.map((value) => octoValue(type, value, quote));
    return { type, ttl, ...(type === "CNAME" ? { value: said[0] } : { values: said }) };
  };
  const zone = Object.fromEntries([...byName].map(([name, own]) => [name, own.map(recordOf)]));
  return stringify(zone, { lineWidth: 0 });
}

const relative = (name: string): string =>
  name === DOMAIN ? "" : name.slice(0, -DOMAIN.length - 1);

function octoValue(type: string, value: string, quote: string): unknown {
  const [first = "", second = "", third = "", fourth = ""] = value.split(" ");
  switch (type) {
    case "CNAME":
      return `${value}.`;
    case "MX":
      return { preference: Number(first), exchange: `${second}.` };
    case "SRV":
      return {
        priority: Number(first),
        weight: Number(second),
        port: Number(third),
        target: `${fourth}.`,
      };
    case "CAA":
      return { flags: Number(first), tag: second, value: third.replaceAll('"', "") };
    case "TXT":
      // It keeps a semicolon with a backslash before it.
      return writtenValue("TXT", value).replaceAll(";", "\\;").replaceAll('"', quote);
    default:
      return value;
  }
}
