/** ListHostedZonesByName, of which moto gives the zones of exactly that name. Sentences in quotes are the API reference's. */
import { type Answer, xmlAnswer } from "./answer.ts";
import { reversed } from "./listing.ts";
import { askMoto, documentOf } from "./moto-calls.ts";
import { canonicalName, NAMESPACE } from "./record-set.ts";
import { child, childText, type Element, textElement, writeElement } from "./xml.ts";

/** "Route 53 returns up to 100 items in each response." */
const PAGE_MAX = 100;
/** moto takes any size of a page; this is more zones than an account may have. */
const ALL = 10_000;

/** "ListHostedZonesByName sorts hosted zones by name with the labels reversed", and by ID where two have one name. */
const placeOf = (zone: Element) => `${reversed(childText(zone, "Name") ?? ".")} ${idOf(zone)}`;
const idOf = (zone: Element) => (childText(zone, "Id") ?? "").replace("/hostedzone/", "");

export async function listZonesByName(endpoint: string, query: URLSearchParams): Promise<Answer> {
  const all = child(
    await documentOf(await askMoto(endpoint, `/hostedzone?maxitems=${ALL}`)),
    "HostedZones",
  );
  const zones = [...(all?.children ?? [])].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const [name, id] = [query.get("dnsname"), query.get("hostedzoneid")];
  // "Include the dnsname parameter only if you want to specify the name of the first hosted zone in the response": the zones
  // after it come too.
  const from = name === null ? "" : `${reversed(canonicalName(name))} ${id ?? ""}`;
  const size = Math.min(Number(query.get("maxitems") ?? PAGE_MAX), PAGE_MAX);
  const rest = zones.filter((zone) => placeOf(zone) >= from);
  const next = rest[size];
  return xmlAnswer(
    200,
    [
      `<?xml version="1.0"?>\n<ListHostedZonesByNameResponse xmlns="${NAMESPACE}"><HostedZones>`,
      ...rest.slice(0, size).map(writeElement),
      "</HostedZones>",
      textElement("DNSName", name),
      textElement("HostedZoneId", id),
      textElement("IsTruncated", next !== undefined),
      textElement("NextDNSName", next === undefined ? null : childText(next, "Name")),
      textElement("NextHostedZoneId", next === undefined ? null : idOf(next)),
      textElement("MaxItems", size),
      "</ListHostedZonesByNameResponse>",
    ].join(""),
  );
}
