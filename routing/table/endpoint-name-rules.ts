/** What an endpoint may be given as, and that names which stand for addresses tell endpoints apart. */
import { endpointName } from "../dns/desired.ts";
import type { EndpointId } from "../units.ts";
import { isNameable, readAddress } from "./address.ts";
import { namingDomain } from "./endpoint-names.ts";
import { type Problem, pointTo } from "./problem.ts";
import { type Rule, type RuleInput, repeated } from "./rule.ts";
import { domainOfZone } from "./zone/synced.ts";

const KEEP_A_NAME =
  "Or let a zone of yours keep a name for it: an entry of `zones` with a provider, of a public domain, with `endpoint_names: true` and `mode: apply`.";

/** Also what refuses to take a zone away on which endpoints depend. */
const addressIsReachable: Rule = {
  name: "address-is-reachable",
  check: (input) => {
    const hasNames = namingDomain(zonesOf(input), input.addresses) !== null;
    return input.drafts.pools.flatMap(({ endpoints }) =>
      endpoints.flatMap(({ pointer, fields: { address = null } }): readonly Problem[] => {
        const problem =
          address === null ? null : input.addresses(address, pointTo(pointer, "address"));
        if (address === null || problem === null) return [];
        const read = readAddress(address);
        if (!read.ok || !isNameable(read.value)) return [problem];
        return hasNames ? [] : [{ ...problem, detail: `${problem.detail} ${KEEP_A_NAME}` }];
      }),
    );
  },
};

const zonesOf = ({ drafts }: RuleInput) =>
  drafts.zones
    .filter(({ fields: { provider } }) => provider !== undefined)
    .map((zone) => ({
      name: zone.name,
      domain: domainOfZone(zone),
      mode: zone.fields.mode,
      endpoint_names: zone.fields.endpoint_names,
    }));

/** A name is made of the beginning of an id. Ids that are minted differ there; those that a document brings may not. */
const endpointNamesDiffer: Rule = {
  name: "endpoint-names-differ",
  check: ({ drafts, identity }) => {
    if (!drafts.zones.some(({ fields }) => fields.endpoint_names === true)) return [];
    const named = drafts.pools.flatMap((pool) =>
      pool.endpoints.flatMap((endpoint) => {
        const read = readAddress(endpoint.fields.address ?? "");
        const id = identity.endpointIdOf(pool, endpoint);
        if (!read.ok || read.value.kind === "name" || id === null) return [];
        return [{ pointer: endpoint.pointer, id }];
      }),
    );
    return repeated(named, ({ id }) => endpointName({ id: id as EndpointId }, "zone"))
      .filter(({ item, first }) => item.id !== first.id)
      .map(({ item, first }) => ({
        pointer: pointTo(item.pointer, "id"),
        detail: `The id begins as that of ${first.pointer}, so both endpoints would have one name in DNS: remove it here to get a new one.`,
        value: item.id,
        range: "an id of which the first 12 characters are no other endpoint's, or absent",
      }));
  },
};

export const ENDPOINT_NAME_RULES: readonly Rule[] = [addressIsReachable, endpointNamesDiffer];
