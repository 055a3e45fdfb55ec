/** Everything one isolate holds between requests, and how it reports. */
import type { EndpointReport, Report } from "../../routing/exchange.ts";
import { regionOf, type Whereabouts } from "../../routing/geo.ts";
import { SCHEMA } from "../../routing/limits.ts";
import { DEFAULT_ACCOUNT } from "../../routing/names.ts";
import type { Colo, Ms } from "../../routing/units.ts";
import type { EdgePorts } from "../ports.ts";
import { Bodies } from "./bodies.ts";
import { Exchange } from "./exchange.ts";
import { HeldStreams } from "./held-streams.ts";
import { Learned } from "./learned.ts";
import { LoadReports } from "./load-reports.ts";
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
  readonly loadReports: LoadReports;
  readonly bodies: Bodies;
  /** Copies for mirrors that have not been answered yet. */
  readonly copies: { underWay: number };
  readonly tickets: Tickets;
  readonly streams: HeldStreams;
  readonly samples: Samples;
}

export function openIsolate(ports: EdgePorts, colo: Colo, visitor: Whereabouts): Isolate {
  const region = regionOf(colo, visitor);
  const snapshot = new Snapshot(ports, DEFAULT_ACCOUNT, { colo, region });
  const learned = new Learned();
  const counters = new Counters();
  const loadReports = new LoadReports();
  const samples = new Samples(ports.chance.uniform);
  const streams = new HeldStreams();
  const id = ports.chance.id();
  const report = (nowMs: Ms) =>
    reportOf({ snapshot, learned, counters, loadReports, samples, streams, colo, id }, nowMs);
  const acknowledge = () => {
    counters.acknowledge();
    loadReports.acknowledge();
    samples.acknowledge();
  };
  const reporter = { report, acknowledge };
  const exchange = new Exchange(ports, region, snapshot, reporter);
  const copies = { underWay: 0 };
  const tickets = new Tickets();
  return {
    ports,
    colo,
    snapshot,
    exchange,
    learned,
    counters,
    loadReports,
    bodies: new Bodies(),
    copies,
    tickets,
    streams,
    samples,
  };
}

type Reporting = Pick<
  Isolate,
  "snapshot" | "learned" | "counters" | "loadReports" | "samples" | "streams" | "colo"
> & {
  id: string;
};

function reportOf(from: Reporting, nowMs: Ms): Report {
  const { snapshot, learned, counters, loadReports } = from;
  const { sequence, hosts, endpoints, pools, spills, waits } = counters.take();
  learned.asked(sequence, pools, nowMs);
  loadReports.take(nowMs);
  const decisions = from.samples.take();
  const withGauges = [...endpoints].map(([id, counted]): [string, EndpointReport] => [
    id,
    { ...counted, ...learned.gauges(id), ...loadReports.gauges(id) },
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
    pools,
    budgets: learned.balances(nowMs),
    scoped: true,
    ...from.streams.told(nowMs),
    ...(spills === undefined ? {} : { spills }),
    ...(waits === undefined ? {} : { waits }),
    ...(decisions.length === 0 ? {} : { decisions }),
  };
}
