/**
 * No request is counted twice and none is counted that never was; what an isolate or a region has seen of the
 * versions never goes backwards, whatever is evicted in between.
 */
import type { Beat, Report } from "../../routing/exchange.ts";
import type { RegionStatus } from "../../routing/region-status.ts";
import { type Bench, CONVERGED_WITHIN_MS } from "./bench.ts";
import type { ServedCall, Visit, Watcher } from "./watcher.ts";

interface Reported {
  sequence: number;
  requests: number;
  version: number;
  last: string;
}

export class CheckReports implements Watcher {
  readonly #bench: Bench;
  readonly #arrived = new Map<string, number>();
  readonly #answered = new Map<string, number>();
  /** Of the time after which every isolate must have reported by the end; `null` before it. */
  #owed: ReadonlyMap<string, number> | null = null;
  #owedFromMs = Number.POSITIVE_INFINITY;
  readonly #reported = new Map<string, Reported>();
  /** Isolate's id → the last of its reports that reached its region. */
  readonly #reached = new Map<string, number>();
  readonly #regionVersions = new Map<string, number>();
  /** `object generation` → what this instance must have counted. */
  readonly #folded = new Map<string, { readonly seen: Map<string, number>; requests: number }>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  arrived({ isolate }: Visit): void {
    this.#arrived.set(isolate, (this.#arrived.get(isolate) ?? 0) + 1);
  }

  answered({ isolate }: Visit): void {
    this.#answered.set(isolate, (this.#answered.get(isolate) ?? 0) + 1);
  }

  quiet(): void {
    this.#owedFromMs = this.#bench.kernel.nowMs + CONVERGED_WITHIN_MS;
  }

  step(): void {
    if (this.#owed !== null || this.#bench.kernel.nowMs < this.#owedFromMs) return;
    this.#owed = new Map(this.#answered);
  }

  /** An isolate that was visited since has exchanged since. */
  end(): void {
    for (const [isolate, answered] of this.#owed ?? []) {
      const wasVisited = (this.#answered.get(isolate) ?? 0) > answered;
      const reported = this.#reported.get(isolate)?.requests ?? 0;
      if (wasVisited && reported < answered) {
        this.#bench.violated(`${isolate} reported ${reported} of ${answered} requests by the end`);
      }
    }
  }

  asked({ caller, method, args }: Pick<ServedCall, "caller" | "method" | "args">): void {
    if (method !== "exchange") return;
    const report = args[0] as Report;
    const known = this.#reported.get(caller) ?? { sequence: 0, requests: 0, version: 0, last: "" };
    this.#reported.set(caller, known);
    this.#neverBackwards(caller, known, report);
    const counted = JSON.stringify(report.hosts);
    if (report.sequence === known.sequence) {
      if (counted !== known.last) {
        this.#bench.violated(
          `${caller} changed its report ${report.sequence} when it sent it again`,
        );
      }
      return;
    }
    known.sequence = report.sequence;
    known.last = counted;
    known.requests += requestsOf(report.hosts);
    const arrived = this.#arrived.get(caller) ?? 0;
    if (known.requests > arrived) {
      this.#bench.violated(`${caller} reported ${known.requests} requests and had ${arrived}`);
    }
    const answered = this.#answered.get(caller) ?? 0;
    if (known.requests < answered) {
      this.#bench.violated(`${caller} reported ${known.requests} of ${answered} requests`);
    }
  }

  served({ object, generation, method, args, result }: ServedCall): void {
    if (method === "exchange") {
      this.#noGap(args[0] as Report);
      this.#fold(`${object} ${generation}`, args[0] as Report);
      this.#regionNeverBackwards(object, result as Beat);
    }
    if (method === "status") this.#compare(object, generation, result as RegionStatus);
  }

  #neverBackwards(caller: string, known: Reported, report: Report): void {
    if (report.sequence < known.sequence) {
      this.#bench.violated(`${caller} sent report ${report.sequence} after ${known.sequence}`);
    }
    const version = report.version ?? 0;
    if (version < known.version) {
      this.#bench.violated(`${caller} went back from version ${known.version} to ${version}`);
    }
    if (version > known.version)
      this.#bench.timeline.note("version change", `${caller} ${version}`);
    known.version = version;
  }

  /** The next report comes only when the one before has arrived: a gap is a report that is lost for ever. */
  #noGap({ isolate, sequence }: Report): void {
    const last = this.#reached.get(isolate) ?? 0;
    if (sequence > last + 1) {
      this.#bench.violated(`report ${sequence} of ${isolate} came and ${last + 1} never did`);
    }
    this.#reached.set(isolate, Math.max(last, sequence));
  }

  #fold(instance: string, report: Report): void {
    const known = this.#folded.get(instance) ?? { seen: new Map<string, number>(), requests: 0 };
    this.#folded.set(instance, known);
    // Sent again, or overtaken by the one after it, which is sent only when this one has been counted before.
    if (report.sequence <= (known.seen.get(report.isolate) ?? -1)) {
      this.#bench.timeline.note("report repeated", `${instance} ${report.sequence}`);
      return;
    }
    known.seen.set(report.isolate, report.sequence);
    known.requests += requestsOf(report.hosts);
  }

  #regionNeverBackwards(object: string, { manifestHash }: Beat): void {
    const version = this.#bench.history.versionOfManifest(manifestHash ?? "") ?? 0;
    const known = this.#regionVersions.get(object) ?? 0;
    if (version < known) {
      this.#bench.violated(`${object} went back from version ${known} to ${version}`);
    }
    this.#regionVersions.set(object, version);
  }

  #compare(object: string, generation: number, { hosts }: RegionStatus): void {
    const counted = Object.values(hosts).reduce((sum, byHost) => sum + requestsOf(byHost), 0);
    const expected = this.#folded.get(`${object} ${generation}`)?.requests ?? 0;
    if (counted !== expected) {
      this.#bench.violated(`${object} counted ${counted} requests of ${expected} reported to it`);
    }
  }
}

const requestsOf = (hosts: Report["hosts"]): number =>
  Object.values(hosts).reduce((sum, { requests }) => sum + requests, 0);
