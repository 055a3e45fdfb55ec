import { placeOf } from "../../routing/geo.ts";
import { type RequestFacts, readTarget } from "../../routing/match/facts.ts";
import type { Inbound } from "./request-headers.ts";
import type { Described } from "./visitor.ts";

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly host: string;
  /** Of the most specific site that decides it. */
  readonly hostKey: string;
  /** As it came, perhaps with a port. */
  readonly rawHost: string;
  /** Path and query as they came, from the first slash on. */
  readonly target: string;
}

/** What the rules see. Only what goes on to an endpoint counts of the headers: a claim that is dropped decides nothing. */
export function factsOf(asked: Asked, { kept }: Inbound, visitor: Described): RequestFacts {
  return {
    method: asked.method,
    scheme: asked.url.startsWith("https:") ? "https" : "http",
    host: asked.host,
    port: portOf(asked.rawHost),
    ...readTarget(asked.target),
    headers: kept,
    clientIp: visitor.clientKey,
    country: visitor.country,
    continent: visitor.continent,
    asn: visitor.asn,
    latitude: visitor.latitude,
    longitude: visitor.longitude,
    colo: visitor.colo,
    coloRegion: placeOf(visitor.colo)?.steeringRegion,
  };
}

/** The guard has seen the header: what follows a colon is a port. */
function portOf(rawHost: string): number | undefined {
  const colon = rawHost.indexOf(":");
  return colon < 0 ? undefined : Number(rawHost.slice(colon + 1));
}
