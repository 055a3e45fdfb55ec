/**
 * Sums of what the isolates of each colo reported since this instance was loaded, for the operators' metrics.
 *
 * They are kept in memory only: a counter that starts again at 0 is what its readers expect of a restart, and
 * a write per exchange would cost more than everything else here together.
 */
import {
  type EndpointReport,
  type HostReport,
  OUTCOMES,
  type PoolTraffic,
  type Report,
} from "../../routing/exchange.ts";
import { askedIn, refusedIn } from "../../routing/load/admission.ts";
import { NOBODY } from "../../routing/load/cutoff.ts";
import type { PoolCounts } from "../../routing/region-status.ts";
import type { Colo, EndpointId, PoolId } from "../../routing/units.ts";

/** Cells (colo and host, colo and endpoint, pool) in all; about 20 MB. What comes later is not counted. */
export const CELLS_MAX = 50_000;

type Counts = Record<string, number>;

interface HostCell {
  requests: number;
  retries: number;
  hedges: number;
  readonly statuses: Counts;
  readonly problems: Counts;
  readonly pools: Counts;
}

interface EndpointCell {
  attempts: number;
  readonly outcomes: EndpointReport["outcomes"] & Counts;
}

interface PoolCell {
  readonly asked: Counts;
  readonly refused: Counts;
}

export class Counters {
  readonly #hosts = new Map<Colo, Map<string, HostCell>>();
  readonly #endpoints = new Map<Colo, Map<EndpointId, EndpointCell>>();
  readonly #pools = new Map<PoolId, PoolCell>();
  #cells = 0;

  fold(report: Report): void {
    for (const [host, added] of Object.entries(report.hosts)) {
      const cell = this.#cell(this.#hosts, report.colo, host, emptyHost);
      if (cell !== null) addHost(cell, added);
    }
    for (const [endpoint, added] of Object.entries(report.endpoints)) {
      const cell = this.#cell(this.#endpoints, report.colo, endpoint as EndpointId, emptyEndpoint);
      if (cell === null) continue;
      cell.attempts += added.attempts;
      addCounts(cell.outcomes, added.outcomes);
    }
    for (const [pool, added] of Object.entries(report.pools ?? {})) {
      this.#foldPool(pool as PoolId, added);
    }
  }

  #foldPool(pool: PoolId, added: PoolTraffic): void {
    const known = this.#pools.get(pool);
    if (known === undefined && this.#cells >= CELLS_MAX) return;
    const cell = known ?? { asked: { ...NOBODY }, refused: { ...NOBODY } };
    if (known === undefined) {
      this.#cells += 1;
      this.#pools.set(pool, cell);
    }
    addCounts(cell.asked, askedIn(added));
    addCounts(cell.refused, refusedIn(added));
  }

  pools(): Record<PoolId, PoolCounts> {
    return structuredClone(Object.fromEntries(this.#pools)) as Record<PoolId, PoolCounts>;
  }

  hosts(): Record<Colo, Record<string, HostReport>> {
    return nested(this.#hosts, (cell) => structuredClone(cell));
  }

  endpoints(): Record<Colo, Record<EndpointId, Pick<EndpointReport, "attempts" | "outcomes">>> {
    return nested(this.#endpoints, (cell) => structuredClone(cell));
  }

  #cell<K, T>(colos: Map<Colo, Map<K, T>>, colo: Colo, key: K, empty: () => T): T | null {
    let cells = colos.get(colo);
    const known = cells?.get(key);
    if (known !== undefined) return known;
    if (this.#cells >= CELLS_MAX) return null;
    this.#cells += 1;
    if (cells === undefined) {
      cells = new Map();
      colos.set(colo, cells);
    }
    const cell = empty();
    cells.set(key, cell);
    return cell;
  }
}

const emptyHost = (): HostCell => ({
  requests: 0,
  retries: 0,
  hedges: 0,
  statuses: {},
  problems: {},
  pools: {},
});

const emptyEndpoint = (): EndpointCell => ({
  attempts: 0,
  outcomes: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as EndpointCell["outcomes"],
});

function addHost(cell: HostCell, added: HostReport): void {
  cell.requests += added.requests;
  cell.retries += added.retries;
  cell.hedges += added.hedges ?? 0;
  addCounts(cell.statuses, added.statuses);
  addCounts(cell.problems, added.problems);
  addCounts(cell.pools, added.pools);
}

function addCounts(counts: Counts, added: Readonly<Counts>): void {
  for (const [key, count] of Object.entries(added)) counts[key] = (counts[key] ?? 0) + count;
}

function nested<K extends string, T, U>(
  colos: ReadonlyMap<Colo, ReadonlyMap<K, T>>,
  read: (cell: T) => U,
): Record<Colo, Record<K, U>> {
  return Object.fromEntries(
    [...colos].map(([colo, cells]) => [
      colo,
      Object.fromEntries([...cells].map(([key, cell]) => [key, read(cell)])),
    ]),
  ) as Record<Colo, Record<K, U>>;
}
