/**
 * Time to first byte per colo and endpoint, shared by all isolates of a colo.
 *
 * A mean weighted by requests whose past fades with `LATENCY_DECAY_MS`: a busy isolate says more than an
 * idle one, and an hour of history says less than the last seconds.
 */
import type { PublishedView, RegionView } from "../../routing/exchange.ts";
import { ESTIMATES_MAX, LATENCY_DECAY_MS } from "../../routing/limits.ts";
import type { Colo, EndpointId, Ms } from "../../routing/units.ts";

interface Estimate {
  ms: number;
  /** Requests that the mean stands for, faded. */
  weight: number;
  atMs: Ms;
}

export type StoredEstimates = readonly (readonly [Colo, EndpointId, Estimate])[];

/** They are stored with a round, but no more often: they move all the time and matter only to a restart. */
const SAVE_MS = 10_000;

/** Freed at once when full, so that the scan for the oldest is paid once in thousands of new pairs. */
const EVICT_RATIO = 0.1;

export class Estimates {
  readonly #colos = new Map<Colo, Map<EndpointId, Estimate>>();
  #size = 0;
  #dirty = false;
  #savedAtMs: Ms = 0;

  constructor(stored: StoredEstimates) {
    for (const [colo, endpoint, estimate] of stored) this.#put(colo, endpoint, { ...estimate });
  }

  /** Changed since `stored` was last taken. */
  get dirty(): boolean {
    return this.#dirty;
  }

  /** Whether what changed since is to be stored now. */
  isDue(nowMs: Ms): boolean {
    return this.#dirty && nowMs - this.#savedAtMs >= SAVE_MS;
  }

  /** `requests` > 0 that took `ms` in the mean, as of `nowMs`. */
  fold(
    sample: { readonly colo: Colo; readonly endpoint: EndpointId; ms: number; requests: number },
    nowMs: Ms,
  ): void {
    this.#dirty = true;
    const known = this.#colos.get(sample.colo)?.get(sample.endpoint);
    if (known === undefined) {
      const { ms, requests } = sample;
      this.#put(sample.colo, sample.endpoint, { ms, weight: requests, atMs: nowMs });
      if (this.#size > ESTIMATES_MAX) this.#evict();
      return;
    }
    const faded = known.weight * Math.exp(-Math.max(0, nowMs - known.atMs) / LATENCY_DECAY_MS);
    known.weight = faded + sample.requests;
    known.ms = (known.ms * faded + sample.ms * sample.requests) / known.weight;
    known.atMs = nowMs;
  }

  /** Of all endpoints, or of these. */
  of(colo: Colo, endpoints?: readonly EndpointId[]): RegionView["latencyMs"] {
    const known = this.#colos.get(colo) ?? new Map<EndpointId, Estimate>();
    return viewOf(known, endpoints ?? known.keys());
  }

  all(): PublishedView["latencyMs"] {
    return Object.fromEntries(
      [...this.#colos].map(([colo, known]) => [colo, viewOf(known, known.keys())]),
    );
  }

  stored(nowMs: Ms): StoredEstimates {
    this.#dirty = false;
    this.#savedAtMs = nowMs;
    return this.#flat();
  }

  #put(colo: Colo, endpoint: EndpointId, estimate: Estimate): void {
    const known = this.#colos.get(colo) ?? new Map<EndpointId, Estimate>();
    this.#colos.set(colo, known.set(endpoint, estimate));
    this.#size += 1;
  }

  #flat(): (readonly [Colo, EndpointId, Estimate])[] {
    return [...this.#colos].flatMap(([colo, known]) =>
      [...known].map(([endpoint, estimate]) => [colo, endpoint, estimate] as const),
    );
  }

  #evict(): void {
    const byAge = this.#flat().sort(([, , one], [, , other]) => one.atMs - other.atMs);
    for (const [colo, endpoint] of byAge.slice(0, Math.ceil(ESTIMATES_MAX * EVICT_RATIO))) {
      this.#colos.get(colo)?.delete(endpoint);
      this.#size -= 1;
    }
  }
}

function viewOf(
  known: ReadonlyMap<EndpointId, Estimate>,
  endpoints: Iterable<EndpointId>,
): RegionView["latencyMs"] {
  const view: Record<EndpointId, { ms: number; atMs: Ms }> = {};
  for (const endpoint of endpoints) {
    const estimate = known.get(endpoint);
    if (estimate !== undefined) view[endpoint] = { ms: short(estimate.ms), atMs: estimate.atMs };
  }
  return view;
}

/** It goes to every isolate once a beat, and into records: a tenth of a millisecond is nobody's distance. */
const short = (ms: number): number => Math.round(ms * 10) / 10;
