/** What a region says: to one reporter what that one can use, to everybody else all of it. */
import type { PublishedView, RegionView, Report } from "../../routing/exchange.ts";
import { SCHEMA } from "../../routing/limits.ts";
import type { Region } from "../../routing/names.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import { restricted } from "../../routing/view-scope.ts";
import type { Documents } from "../storage/documents.ts";
import type { Ejections } from "./ejections.ts";
import { Governor } from "./governor.ts";
import type { Health } from "./health.ts";
import type { Probers } from "./probers.ts";
import { Scopes } from "./scopes.ts";
import type { Tables } from "./tables.ts";
import type { Traffic } from "./traffic.ts";

export interface Knowing {
  readonly region: Region;
  readonly documents: Documents;
  readonly tables: Tables;
  readonly health: Health;
  readonly probers: Probers;
  readonly ejections: Ejections;
  readonly traffic: Traffic;
}

export class Views {
  /** What edges are told of verdicts passes it. */
  readonly governor: Governor;
  readonly #knowing: Knowing;
  readonly #scopes: Scopes;

  constructor(knowing: Knowing) {
    this.governor = new Governor(knowing.documents, knowing);
    this.#knowing = knowing;
    this.#scopes = new Scopes(knowing.tables);
  }

  /** Another version is held. */
  retarget(): void {
    this.#scopes.retarget();
    this.governor.retarget();
  }

  /** A reporter of an older release takes every view for a whole one, so it is given one. */
  for(report: Report, beatMs: Ms, nowMs: Ms): RegionView {
    const scope = report.scoped === true ? this.#scopes.of(report) : null;
    const view = {
      ...this.#head(nowMs),
      ...this.#told(nowMs, scope?.endpoints),
      ...this.#knowing.traffic.told(report, scope, beatMs, nowMs),
    };
    if (scope === null) return view;
    // The two that have a member for every endpoint of an account are made of those of the scope at once.
    const { health, latencyMs } = view;
    return { ...restricted({ ...view, health: {}, latencyMs: {} }, scope), health, latencyMs };
  }

  /** For cold isolates, who have no reporter yet. */
  published(nowMs: Ms): PublishedView {
    const { traffic } = this.#knowing;
    return { ...this.#head(nowMs), ...this.#told(nowMs), ...traffic.all(nowMs) };
  }

  /** For operators: what probes and traffic say, what of it is held, and how often somebody should look. */
  verdicts(nowMs: Ms) {
    const intervals = this.#knowing.tables.targets().map(({ monitor }) => monitor.interval * 1_000);
    return {
      ...this.#verdicts(nowMs),
      held: this.governor.held(),
      intervalMs: intervals.length === 0 ? null : intervals.reduce((a, b) => Math.min(a, b)),
    };
  }

  #told(nowMs: Ms, endpoints?: readonly EndpointId[]) {
    return this.governor.told(this.#verdicts(nowMs, endpoints));
  }

  /** `endpoints`: of which verdicts are wanted; `undefined` = of all. */
  #verdicts(nowMs: Ms, endpoints?: readonly EndpointId[]) {
    const { health, probers, ejections } = this.#knowing;
    const known = endpoints === undefined ? health.view() : health.viewOf(endpoints);
    return { health: probers.vouched(known), ejected: ejections.view(nowMs) };
  }

  #head(nowMs: Ms) {
    return { schema: SCHEMA, region: this.#knowing.region, asOfMs: nowMs };
  }
}
