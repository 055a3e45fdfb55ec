/**
 * What the region's edges are asked and ask of endpoints, per second, for the operators' guards: by hostname, colo and pool, and by endpoint;
 * and the streams that edges hold open there.
 *
 * In memory only: ten seconds after a restart it is known again, and until then the guards are told less.
 */
import type { RegionDemand, Report } from "../../routing/exchange.ts";
import { REPORTER_GONE_BEATS } from "../../routing/limits.ts";
import { openWindow, rateOf, type Window, withCount } from "../../routing/load/window.ts";
import type { Colo, EndpointId, Ms } from "../../routing/units.ts";
import { CELLS_MAX } from "./counters.ts";

interface HostCell {
  asked: Window;
  readonly pools: Map<string, Window>;
}

interface Streams {
  readonly heardAtMs: Ms;
  readonly open: Readonly<Record<EndpointId, number>>;
}

export class Demand {
  readonly #hosts = new Map<Colo, Map<string, HostCell>>();
  readonly #endpoints = new Map<EndpointId, Window>();
  /** By isolate. */
  readonly #streams = new Map<string, Streams>();
  #cells = 0;

  fold({ colo, isolate, hosts, endpoints, streams }: Report, nowMs: Ms): void {
    for (const [host, { requests, pools }] of Object.entries(hosts)) {
      const cell = this.#host(colo, host, nowMs);
      if (cell === null) continue;
      cell.asked = withCount(cell.asked, requests, nowMs);
      for (const [pool, count] of Object.entries(pools)) {
        cell.pools.set(pool, withCount(cell.pools.get(pool) ?? openWindow(nowMs), count, nowMs));
      }
    }
    for (const [id, { attempts }] of Object.entries(endpoints) as Counted[]) {
      const known = this.#endpoints.get(id);
      if (known === undefined && this.#endpoints.size >= CELLS_MAX) continue;
      this.#endpoints.set(id, withCount(known ?? openWindow(nowMs), attempts, nowMs));
    }
    if (streams === undefined) this.#streams.delete(isolate);
    else this.#streams.set(isolate, { heardAtMs: nowMs, open: streams });
  }

  /** As a member of a status. What has come to nothing is forgotten. */
  told(beatMs: Ms, nowMs: Ms): { readonly demand: RegionDemand } {
    return {
      demand: {
        hosts: this.#hostRates(nowMs),
        endpoints: rates(this.#endpoints, nowMs),
        streams: this.#openStreams(nowMs - REPORTER_GONE_BEATS * beatMs),
      },
    };
  }

  #hostRates(nowMs: Ms): RegionDemand["hosts"] {
    const told: Record<Colo, Record<string, RegionDemand["hosts"][Colo][string]>> = {};
    for (const [colo, cells] of this.#hosts) {
      const inColo: (typeof told)[Colo] = {};
      for (const [host, { asked, pools }] of cells) {
        const rps = short(rateOf(asked, nowMs));
        if (rps > 0) inColo[host] = { rps, pools: rates(pools, nowMs) };
        else this.#cells -= cells.delete(host) ? 1 : 0;
      }
      told[colo] = inColo;
    }
    return told;
  }

  #openStreams(sinceMs: Ms): RegionDemand["streams"] {
    const open: Record<EndpointId, number> = {};
    for (const [isolate, streams] of this.#streams) {
      if (streams.heardAtMs < sinceMs) {
        this.#streams.delete(isolate);
        continue;
      }
      for (const [id, count] of Object.entries(streams.open) as [EndpointId, number][]) {
        open[id] = (open[id] ?? 0) + count;
      }
    }
    return open;
  }

  #host(colo: Colo, host: string, nowMs: Ms): HostCell | null {
    const cells = this.#hosts.get(colo) ?? new Map<string, HostCell>();
    this.#hosts.set(colo, cells);
    const known = cells.get(host);
    if (known !== undefined) return known;
    if (this.#cells >= CELLS_MAX) return null;
    this.#cells += 1;
    const cell = { asked: openWindow(nowMs), pools: new Map() };
    cells.set(host, cell);
    return cell;
  }
}

type Counted = [EndpointId, Report["endpoints"][EndpointId]];

/** Only those above nothing; the others are forgotten. */
function rates<K extends string>(windows: Map<K, Window>, nowMs: Ms): Record<K, number> {
  const told = {} as Record<K, number>;
  for (const [key, window] of windows) {
    const rps = short(rateOf(window, nowMs));
    if (rps > 0) told[key] = rps;
    else windows.delete(key);
  }
  return told;
}

const short = (value: number): number => Math.round(value * 1_000) / 1_000;
