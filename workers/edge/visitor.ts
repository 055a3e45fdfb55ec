import type { Asker } from "../../routing/steer/knowledge.ts";
import type { Colo } from "../../routing/units.ts";

/** What the platform knows of a visitor. */
export type Described = Pick<
  Visitor,
  "colo" | "clientKey" | "country" | "continent" | "asn" | "latitude" | "longitude"
>;

interface Known {
  readonly cf?: Request["cf"];
}

type Place = Partial<IncomingRequestCfProperties>;

/** An isolate that is not told where it is: a preview in a browser, a plain workerd. */
const NO_COLO: Colo = "XXX";

/**
 * Who asks, in the platform's words: never in the visitor's.
 *
 * The platform's words are JSON that is read when somebody asks for them; most steering does not.
 */
export class Visitor implements Asker {
  readonly colo: Colo;
  readonly clientKey: string;
  readonly replayable: boolean;
  readonly #request: Known;
  #read: Place | null = null;

  /** `ip` is what `CF-Connecting-IP` said: the platform overwrites that on every request that enters it. */
  constructor(request: Known, ip: string, colo: Colo, replayable = false) {
    this.#request = request;
    this.clientKey = ip;
    this.colo = colo;
    this.replayable = replayable;
  }

  /** The same visitor with a request that may be sent twice, or may not. */
  with(replayable: boolean): Visitor {
    if (replayable === this.replayable) return this;
    return new Visitor(this.#request, this.clientKey, this.colo, replayable);
  }

  get country(): string | undefined {
    return this.#place.country;
  }
  get continent(): string | undefined {
    return this.#place.continent;
  }
  get asn(): number | undefined {
    return this.#place.asn;
  }
  get latitude(): number | undefined {
    return numberOf(this.#place.latitude);
  }
  get longitude(): number | undefined {
    return numberOf(this.#place.longitude);
  }

  get #place(): Place {
    this.#read ??= placeOf(this.#request);
    return this.#read;
  }
}

/** Where the isolate of this request is. */
export const coloOf = (request: Known): Colo => placeOf(request).colo ?? NO_COLO;

const placeOf = ({ cf }: Known): Place => cf ?? {};

/** The platform writes coordinates as text. */
const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);
