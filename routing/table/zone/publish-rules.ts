/** What a zone publishes: hostnames that exist and are its own, and where they lead. */
import { canonicalTarget } from "../../dns/fields.ts";
import { domainOf } from "../../dns/name.ts";
import { canonicalValue } from "../../dns/values.ts";
import { normaliseHostname } from "../hostname.ts";
import { type Problem, pointTo } from "../problem.ts";
import { type Rule, repeated } from "../rule.ts";
import { domainOfZone, perZone } from "./synced.ts";

const publishedExist = perZone("zone-published-exist", ({ published }, { loadBalancers }) =>
  published
    .filter(({ host }) => loadBalancers.find(host)?.name !== host)
    .map(({ host, pointer }) => loadBalancers.dangling(host, pointer)),
);

const publishedOnce = perZone("zone-published-once", ({ published }) =>
  repeated(published, ({ host }) => host).map(({ item, first }) => ({
    pointer: item.pointer,
    detail: `The hostname is already at ${first.pointer}.`,
    value: item.mode,
    range: "every hostname once, whatever its spelling",
  })),
);

/** A zone below another one has its names to itself: what the upper one says of them is never asked. */
const publishedInZone: Rule = {
  name: "zone-published-in-zone",
  check: ({ syncedZones, drafts }) => {
    const domains = new Set(drafts.zones.map(domainOfZone));
    return syncedZones.flatMap(({ domain, published }) =>
      published.flatMap(({ host, pointer }) => {
        const owner = domainOf(host, domains);
        if (owner === domain) return [];
        const whose =
          owner === null ? "in no zone of this document" : `a name of the zone ${owner}`;
        const detail = `${host} is ${whose}, so ${domain} cannot publish it.`;
        const range = `a hostname that is ${domain} or ends in .${domain}, and in no longer zone`;
        return [{ pointer, detail, value: host, range }];
      }),
    );
  },
};

const edgeIsGiven = perZone("zone-edge-is-given", ({ pointer, fields, published }) => {
  const led = published.find(({ mode }) => mode !== "direct");
  if (led === undefined || fields.edge !== undefined) return [];
  const range = "{name: …, addresses: […]}: what the edge is called from outside";
  const detail = `${led.host} leads to the edge (\`${led.mode}\`): write ${range}, or publish it as direct.`;
  return [{ pointer: pointTo(pointer, "edge"), detail, range }];
});

const edgeIsElsewhere = perZone("zone-edge-is-elsewhere", ({ pointer, fields, published }) => {
  const name = normaliseHostname(fields.edge?.name ?? "");
  if (!published.some(({ host }) => host === name)) return [];
  const detail = `The edge cannot be called ${name}: that name is published here and would lead to itself.`;
  const range = "a name that this zone does not publish";
  return [{ pointer: pointTo(pointer, "edge", "name"), detail, value: name, range }];
});

const edgeIsRead = perZone("zone-edge-is-read", ({ pointer, fields: { edge } }) => {
  const place = pointTo(pointer, "edge");
  const name = edge?.name === undefined ? null : canonicalTarget(edge.name);
  const addresses = edge?.addresses ?? [];
  return [
    ...(name === null || name.ok
      ? []
      : [wrong(pointTo(place, "name"), edge?.name ?? "", name.error, "a hostname")]),
    ...addresses.flatMap((address, at) => {
      const read = canonicalValue(address.includes(":") ? "AAAA" : "A", address);
      if (read.ok) return [];
      const range = "an IPv4 or IPv6 address";
      return [wrong(pointTo(place, "addresses", at), address, read.error, range)];
    }),
  ];
});

const wrong = (pointer: string, value: string, why: string, range: string): Problem => ({
  pointer,
  detail: `"${value}" ${why}.`,
  value,
  range,
});

export const PUBLISH_RULES: readonly Rule[] = [
  publishedExist,
  publishedOnce,
  publishedInZone,
  edgeIsGiven,
  edgeIsElsewhere,
  edgeIsRead,
];
