/** The outliers of one region: their pools as they were pushed, their names for events, their row in storage. */
import type { Event, RegionView, Report } from "../../routing/exchange.ts";
import {
  type Change,
  Outliers,
  type Probing,
  type StoredOutliers,
} from "../../routing/health/outliers.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import type { Documents } from "../storage/documents.ts";
import type { Health } from "./health.ts";
import type { Tables } from "./tables.ts";

type News = Pick<Event, "subject" | "detail">;

const DOCUMENT = "outliers";

export class Ejections {
  readonly #documents: Documents;
  readonly #outliers: Outliers;
  readonly #probing: Probing;
  #subjects = new Map<EndpointId, string>();

  constructor(documents: Documents, health: Health) {
    this.#documents = documents;
    this.#outliers = new Outliers((documents.read(DOCUMENT) as StoredOutliers | null) ?? []);
    this.#probing = {
      isUsable: (endpoint) => health.isHealthy(endpoint),
      isProbed: (endpoint) => health.has(endpoint),
    };
  }

  retarget(tables: Tables): void {
    this.#subjects = new Map();
    for (const { endpoint, pool, name } of tables.members()) {
      this.#subjects.set(endpoint, `${pool}/${name}`);
    }
    this.#outliers.retarget(tables.pools());
  }

  /** What is new by this report. What it says must be stored before anybody is told: `store`. */
  fold(report: Report, nowMs: Ms): readonly News[] {
    return this.#newsOf(this.#outliers.fold(report, this.#probing, nowMs));
  }

  /** What is new because verdicts of probes flipped. */
  relieve(nowMs: Ms): readonly News[] {
    return this.#newsOf(this.#outliers.relieve(this.#probing.isUsable, nowMs));
  }

  view(nowMs: Ms): NonNullable<RegionView["ejected"]> {
    return this.#outliers.view(nowMs);
  }

  /** Call it inside a transaction. */
  store(): void {
    this.#documents.write(DOCUMENT, this.#outliers.stored());
  }

  #newsOf(changes: readonly Change[]): readonly News[] {
    return changes.map(({ endpoint, detail }) => ({
      subject: this.#subjects.get(endpoint) ?? endpoint,
      detail,
    }));
  }
}
