/** What a region says: to one reporter what that one can use, to everybody else all of it. */
import type { PublishedView, RegionView, Report } from "../../routing/exchange.ts";
import { SCHEMA } from "../../routing/limits.ts";
import type { Region } from "../../routing/names.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import { restricted } from "../../routing/view-scope.ts";
import type { Ejections } from "./ejections.ts";
import type { Health } from "./health.ts";
import type { Probers } from "./probers.ts";
import { Scopes } from "./scopes.ts";
import type { Tables } from "./tables.ts";
import type { Traffic } from "./traffic.ts";

export interface Knowing {
  readonly region: Region;
  readonly tables: Tables;
  readonly health: Health;
  readonly probers: Probers;
  readonly ejections: Ejections;
  readonly traffic: Traffic;
}

export class Views {
  readonly #knowing: Knowing;
  readonly #scopes: Scopes;

  constructor(knowing: Knowing) {
    this.#knowing = knowing;
    this.#scopes = new Scopes(knowing.tables);
  }

  /** Another version is held. */
  retarget(): void {
    this.#scopes.retarget();
  }

  /** A reporter of an older release takes every view for a whole one, so it is given one. */
  for(report: Report, beatMs: Ms, nowMs: Ms): RegionView {
    const scope = report.scoped === true ? this.#scopes.of(report) : null;
    const view = {
      ...this.#head(nowMs),
      ...this.verdicts(nowMs, scope?.endpoints),
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
    return { ...this.#head(nowMs), ...this.verdicts(nowMs), ...traffic.all(nowMs) };
  }

  /** `endpoints`: of which verdicts are wanted; `undefined` = of all. */
  verdicts(nowMs: Ms, endpoints?: readonly EndpointId[]) {
    const { health, probers, ejections } = this.#knowing;
    const known = endpoints === undefined ? health.view() : health.viewOf(endpoints);
    return { health: probers.vouched(known), ejected: ejections.view(nowMs) };
  }

  #head(nowMs: Ms) {
    return { schema: SCHEMA, region: this.#knowing.region, asOfMs: nowMs };
  }
}
