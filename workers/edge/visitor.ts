import type { Asker } from "../../routing/steer/knowledge.ts";
import type { Colo } from "../../routing/units.ts";

/** Who asks, in the platform's words: never in the visitor's. */
export type Visitor = Omit<Asker, "replayable"> & {
  readonly colo: Colo;
  readonly asn: number | undefined;
};

/** An isolate that is not told where it is: a preview in a browser, a plain workerd. */
const NO_COLO: Colo = "XXX";

/** `ip` is what `CF-Connecting-IP` said: the platform overwrites that on every request that enters it. */
export function visitorOf(request: Request, ip: string | null): Visitor {
  const cf: Partial<IncomingRequestCfProperties> = request.cf ?? {};
  return {
    colo: cf.colo ?? NO_COLO,
    country: cf.country,
    asn: cf.asn,
    continent: cf.continent,
    latitude: numberOf(cf.latitude),
    longitude: numberOf(cf.longitude),
    clientKey: ip ?? "",
  };
}

/** The platform writes coordinates as text. */
const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);
