/** Everything one isolate holds between requests, and how it reports. */
import type { EndpointReport, Report } from "../../routing/exchange.ts";
import { regionOf, type Whereabouts } from "../../routing/geo.ts";
import { SCHEMA } from "../../routing/limits.ts";
import { DEFAULT_ACCOUNT } from "../../routing/names.ts";
import type { Colo, Ms } from "../../routing/units.ts";
import type { EdgePorts } from "../ports.ts";
import { Exchange } from "./exchange.ts";
import { Learned } from "./learned.ts";
import { Counters } from "./report.ts";
import { Samples } from "./samples.ts";
import { Snapshot } from "./snapshot.ts";
import { Tickets } from "./tickets.ts";

export interface Isolate {
  readonly ports: EdgePorts;
  readonly colo: Colo;
  readonly snapshot: Snapshot;
  readonly exchange: Exchange;
  readonly learned: Learned;
  readonly counters: Counters;
  /** Copies for mirrors that have not been answered yet. */
  readonly copies: { underWay: number };
  readonly tickets: Tickets;
  readonly samples: Samples;
}

export function openIsolate(ports: EdgePorts, colo: Colo, visitor: Whereabouts): Isolate {
  const region = regionOf(colo, visitor);
  const snapshot = new Snapshot(ports, DEFAULT_ACCOUNT, { colo, region });
  const learned = new Learned();
  const counters = new Counters();
  const samples = new Samples(ports.chance.uniform);
  const id = ports.chance.id();
  const report = (nowMs: Ms) => reportOf({ snapshot, learned, counters, samples, colo, id }, nowMs);
  const acknowledge = () => {
    counters.acknowledge();
    samples.acknowledge();
  };
  const reporter = { report, acknowledge };
  const exchange = new Exchange(ports, region, snapshot, reporter);
  const copies = { underWay: 0 };
  const tickets = new Tickets();
  return { ports, colo, snapshot, exchange, learned, counters, copies, tickets, samples };
}

type Reporting = Pick<Isolate, "snapshot" | "learned" | "counters" | "samples" | "colo"> & {
  id: string;
};

function reportOf(from: Reporting, nowMs: Ms): Report {
  const { snapshot, learned, counters } = from;
  const { sequence, hosts, endpoints } = counters.take();
  const decisions = from.samples.take();
  const withGauges = [...endpoints].map(([id, counted]): [string, EndpointReport] => [
    id,
    { ...counted, ...learned.gauges(id) },
  ]);
  return {
    schema: SCHEMA,
    account: DEFAULT_ACCOUNT,
    colo: from.colo,
    isolate: from.id,
    sequence,
    manifest: snapshot.held.manifest?.hash ?? null,
    snapshotAgeMs: snapshot.ageMs(nowMs),
    version: snapshot.held.manifest?.value.version ?? null,
    shards: snapshot.held.shardHashes(),
    endpoints: Object.fromEntries(withGauges),
    hosts,
    budgets: learned.balances(nowMs),
    ...(decisions.length === 0 ? {} : { decisions }),
  };
}
