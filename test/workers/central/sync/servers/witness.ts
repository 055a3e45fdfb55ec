/** Record sets as octoDNS's YamlProvider reads them: what a judge that knows nothing of ours is to find at a provider. */
import { stringify } from "yaml";
import { desiredOf } from "../../../../../routing/dns/desired.ts";
import type { Intent } from "../../../../../routing/dns/intent.ts";
import { markSet } from "../../../../../routing/dns/mark.ts";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { type Stamp, stampSet } from "../../../../../routing/dns/stamp.ts";
import { writtenValue } from "../../../../../routing/dns/values.ts";
import type { Provider } from "../../../../../workers/central/dns/provider.ts";

/** Everything that we write to the zone: what is wanted, the mark beside each set, and the stamp. */
export function ourSets(
  intent: Intent,
  { abilities }: Pick<Provider, "abilities">,
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

/** Of sets without a policy: YAML says none of ours. */
export function yamlOf(sets: readonly RecordSet[], domain: string): string {
  const byName = Map.groupBy(sets, ({ name }) => relative(name, domain));
  return stringify(
    Object.fromEntries(
      [...byName].map(([name, own]) => [
        name,
        own.map(({ type, ttl, values }) => ({
          type,
          ttl,
          values: values.map((value) => valueOf(type, value)),
        })),
      ]),
    ),
    { lineWidth: 0 },
  );
}

export const relative = (name: string, domain: string): string =>
  name === domain ? "" : name.slice(0, -domain.length - 1);

function valueOf(type: string, value: string): unknown {
  const fields = value.split(" ");
  const [first = "", second = "", third = "", fourth = ""] = fields;
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
      // octoDNS keeps a semicolon with a backslash before it, and takes no other for one.
      return writtenValue("TXT", value).replaceAll(";", "\\;");
    default:
      return value;
  }
}
