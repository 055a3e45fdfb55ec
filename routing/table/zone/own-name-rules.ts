/** Names that are ours in every zone: the stamp, the marks beside record sets, and what stands behind a hostname or an endpoint. */
import { endpointName } from "../../dns/desired.ts";
import { markName } from "../../dns/mark.ts";
import { canonicalName } from "../../dns/name.ts";
import type { RecordType } from "../../dns/record.ts";
import { stampName } from "../../dns/stamp.ts";
import type { EndpointId } from "../../units.ts";
import { pointTo } from "../problem.ts";
import type { Rule } from "../rule.ts";
import { ownerOf } from "./owner.ts";
import { perZone, type SyncedZone } from "./synced.ts";

/** The first label of stamps, of names behind hostnames and of names of endpoints. */
const OWN_LABEL = /^(?:_tradewind-|tw-(?:direct|check)\.|tw-ep-)/;
/** Marks of the apex and of wildcards; those of other names are found by the names. */
const OWN_MARK = /^[a-z]{1,5}-_(?:apex|wildcard)\./;

/** What a published hostname may become. */
const PUBLISHED_TYPES: readonly RecordType[] = ["A", "AAAA", "CNAME"];

interface Placed {
  readonly pointer: string;
  readonly name: string;
  readonly types: readonly RecordType[];
}

/** Everything that the zone is to have and somebody named. */
const namedIn = (zone: SyncedZone): readonly Placed[] => [
  ...zone.records.flatMap(({ pointer, name, type }) =>
    name === null || type === undefined
      ? []
      : [{ pointer: pointTo(pointer, "name"), name, types: [type] }],
  ),
  ...zone.published.map(({ host, pointer }) => ({ pointer, name: host, types: PUBLISHED_TYPES })),
];

/** One of the names that stand for addresses; all are equally long. */
const endpointIn = ({ pointer, fields, domain }: SyncedZone): readonly Placed[] =>
  fields.endpoint_names === true
    ? [
        {
          pointer: pointTo(pointer, "endpoint_names"),
          name: endpointName({ id: "0".repeat(32) as EndpointId }, domain),
          types: ["A", "AAAA"],
        },
      ]
    : [];

const namesNotOurs = perZone("zone-names-not-ours", (zone) => {
  const named = namedIn(zone);
  const marks = new Map<string, string>();
  for (const { name, types } of named) {
    for (const type of types) marks.set(markName(zone.domain, { name, type }), `${type} ${name}`);
  }
  return named.flatMap(({ pointer, name, types }) => {
    // A mark is a TXT record: other types may stand beside it, a CNAME may not.
    const marked = types.some((type) => type === "TXT" || type === "CNAME")
      ? marks.get(name)
      : undefined;
    if (marked === undefined && !OWN_LABEL.test(name) && !OWN_MARK.test(name)) return [];
    const what = marked === undefined ? "a name of our own" : `where the mark of ${marked} stands`;
    const detail = `${name} is ${what}: write another name.`;
    const range =
      "a name that does not begin with _tradewind-, tw-direct., tw-check., tw-ep- and is no mark of another (<type>-<name>)";
    return [{ pointer, detail, value: name, range }];
  });
});

/** A mark's name is longer than the name it stands for, and a label has 63 characters. */
const marksFit = perZone("zone-marks-fit", (zone, { account }) => {
  const range = "a name of which the mark, <type>-<name>, is a name too";
  const { owner = ownerOf(account) } = zone.fields;
  const named = [...namedIn(zone), ...endpointIn(zone)].flatMap(({ pointer, name, types }) => {
    const marks = types.map((type) => canonicalName(markName(zone.domain, { name, type })));
    const refused = marks.find((mark) => !mark.ok);
    if (refused === undefined) return [];
    const detail = `${name} is too long to be kept: its mark, ${types[0]?.toLowerCase()}-${name}, ${refused.error}.`;
    return [{ pointer, detail, value: name, range }];
  });
  const stamp = canonicalName(stampName(zone.domain, owner));
  if (stamp.ok) return named;
  const detail = `The zone's name is too long to be kept: its stamp ${stamp.error}.`;
  return [...named, { pointer: zone.pointer, detail, value: zone.domain, range }];
});

export const OWN_NAME_RULES: readonly Rule[] = [namesNotOurs, marksFit];
