import { COLOS } from "../colos.ts";
import { roundTrip } from "../rtt/model.ts";
import {
  type Places,
  placesOf,
  type RttData,
  type RttRow,
  rttTable,
  urlKey,
} from "../rtt/places.ts";
import type { RoundTrips } from "./way.ts";

/** The round trips of the planet for the configuration in use, computed once per change. */
export class DistanceTable {
  readonly #data: RttData;
  readonly #on: boolean;
  #places: Places = new Map();
  #ms = new Map<string, number>();

  constructor(data: RttData, on: boolean) {
    this.#data = data;
    this.#on = on;
  }

  learn(document: unknown): void {
    this.#places = placesOf(document, this.#data);
    this.#ms = new Map();
    if (!this.#on) return;
    for (const [address, { point }] of this.#places) {
      for (const [colo, from] of Object.entries(COLOS)) {
        this.#ms.set(`${colo} ${address}`, roundTrip(this.#data.measured, from, point).ms);
      }
    }
  }

  /** To every address with a known place. */
  from(colo: string): RoundTrips {
    const prefix = `${colo} `;
    return Object.fromEntries(
      [...this.#ms].flatMap(([key, ms]) =>
        key.startsWith(prefix) ? [[key.slice(prefix.length), ms]] : [],
      ),
    );
  }

  /** 0 for an address without a known place. */
  roundTripMs(colo: string, url: URL): number {
    return this.#ms.get(`${colo} ${urlKey(url)}`) ?? 0;
  }

  table(): RttRow[] {
    return rttTable(this.#places, this.#data);
  }
}
