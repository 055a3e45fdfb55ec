/** The two headers by which a visitor of the local planet says where and who it is. */

import { ok, type Result, refuse } from "../../routing/result.ts";
import { COLO_NAMES, COLOS, DEFAULT_COLO } from "../colos.ts";

export const COLO_HEADER = "tw-colo";
export const CLIENT_HEADER = "tw-client";

/** What the platform would know of the visitor. */
export interface Visitor {
  readonly colo: string;
  readonly ip: string;
  readonly scheme: "http" | "https";
  /** The shape and the types of Cloudflare's `request.cf`: numbers of places are text there. */
  readonly cf: {
    readonly colo: string;
    readonly country: string;
    /** The platform tells it with every country; a visitor who names only the country leaves it out. */
    readonly continent?: string;
    readonly asn: number;
    readonly latitude: string;
    readonly longitude: string;
  };
}

/** An address and a network that documentation may use (RFC 5737, RFC 5398): no real visitor is meant. */
const SOME_IP = "192.0.2.1";
const SOME_ASN = 64_496;
const CLIENT_KEYS = ["ip", "country", "continent", "asn", "lat", "lon", "proto"];

/** A visitor who does not say more stands beside the colo. Refusal: one sentence for the 400. */
export function parseVisitor(headers: Headers): Result<Visitor, string> {
  const colo = headers.get(COLO_HEADER) ?? DEFAULT_COLO;
  const place = Object.hasOwn(COLOS, colo) ? COLOS[colo] : undefined;
  if (place === undefined) {
    return refuse(`Unknown colo "${colo}" in ${COLO_HEADER}. There are ${COLO_NAMES.join(", ")}.`);
  }
  const said = parsePairs(headers.get(CLIENT_HEADER) ?? "");
  if (!said.ok) return said;
  const { ip, country, asn, lat, lon, proto } = said.value;
  const continent = said.value.continent ?? (country === undefined ? place.continent : undefined);
  if (proto !== undefined && proto !== "http" && proto !== "https") {
    return refuse(`proto in ${CLIENT_HEADER} is http or https, not "${proto}".`);
  }
  for (const [key, text, most] of [
    ["asn", asn, 2 ** 32 - 1],
    ["lat", lat, 90],
    ["lon", lon, 180],
  ] as const) {
    if (text === undefined || Math.abs(Number(text)) <= most) continue;
    return refuse(`${key} in ${CLIENT_HEADER} is a number up to ${most}, not "${text}".`);
  }
  return ok({
    colo,
    ip: ip ?? SOME_IP,
    scheme: proto ?? "http",
    cf: {
      colo,
      country: country ?? place.country,
      ...(continent === undefined ? {} : { continent }),
      asn: Number(asn ?? SOME_ASN),
      latitude: lat ?? String(place.latitude),
      longitude: lon ?? String(place.longitude),
    },
  });
}

function parsePairs(text: string): Result<Partial<Record<string, string>>, string> {
  const pairs = text.split(";").map((part) => part.trim());
  const said: Record<string, string> = {};
  for (const pair of pairs.filter((part) => part !== "")) {
    const [key = "", value] = pair.split("=", 2);
    if (!CLIENT_KEYS.includes(key) || value === undefined) {
      return refuse(`"${pair}" in ${CLIENT_HEADER} is not one of ${CLIENT_KEYS.join("=…; ")}=….`);
    }
    said[key] = value;
  }
  return ok(said);
}
