/**
 * What others than the probes have to say of a region's endpoints: outliers that traffic has left out, disagreements of traffic with the probes, and
 * what other regions see.
 * Here are their names for events, and their rows in storage.
 */
import type { RegionView, Report } from "../../routing/exchange.ts";
import {
  type Change,
  Outliers,
  type Probing,
  type StoredOutliers,
} from "../../routing/health/outliers.ts";
import type { RegionStatus } from "../../routing/region-status.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import type { Documents } from "../storage/documents.ts";
import { Disagreements } from "./disagreements.ts";
import type { Health } from "./health.ts";
import type { News } from "./news.ts";
import { type Others, SecondOpinion } from "./second-opinion.ts";
import type { Tables } from "./tables.ts";

interface Told {
  readonly beatMs: Ms;
  readonly isBlind: boolean;
}

const DOCUMENT = "outliers";

export class Ejections {
  readonly #documents: Documents;
  readonly #outliers: Outliers;
  readonly #disagreements: Disagreements;
  readonly #secondOpinion: SecondOpinion;
  readonly #probing: Probing;
  #subjects = new Map<EndpointId, string>();

  constructor(documents: Documents, health: Health, others: Others) {
    this.#documents = documents;
    this.#outliers = new Outliers((documents.read(DOCUMENT) as StoredOutliers | null) ?? []);
    this.#disagreements = new Disagreements(documents, health, this.#outliers);
    this.#secondOpinion = new SecondOpinion(others, health);
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
    this.#disagreements.retarget(this.#subjects);
  }

  /** What is new by this report. What it says must be stored before anybody is told: `store`. */
  fold(report: Report, told: Told, nowMs: Ms): readonly News[] {
    this.#disagreements.fold(report, told.beatMs, nowMs);
    const ejected = this.#newsOf(this.#outliers.fold(report, this.#probing, nowMs));
    return [...ejected, ...this.#disagreements.look(told.isBlind, nowMs)];
  }

  /** What is new by probes: `flipped` = verdicts did. */
  probed(flipped: boolean, isBlind: boolean, nowMs: Ms): readonly News[] {
    const relieved = flipped ? this.#outliers.relieve(this.#probing.isUsable, nowMs) : [];
    return [
      ...this.#newsOf(relieved),
      ...this.#disagreements.look(isBlind, nowMs),
      ...this.#secondOpinion.take(this.#subjects, nowMs),
    ];
  }

  view(nowMs: Ms): NonNullable<RegionView["ejected"]> {
    return this.#outliers.view(nowMs);
  }

  /** Where probes and traffic disagree. */
  disagreements(): NonNullable<RegionStatus["disagreements"]> {
    return this.#disagreements.view();
  }

  /** What other regions say of one that probes call down here. */
  secondOpinion(endpoint: EndpointId, nowMs: Ms): ReturnType<SecondOpinion["of"]> {
    return this.#secondOpinion.of(endpoint, nowMs);
  }

  /** Call it inside a transaction. */
  store(): void {
    this.#documents.write(DOCUMENT, this.#outliers.stored());
    this.#disagreements.store();
  }

  #newsOf(changes: readonly Change[]): readonly News[] {
    return changes.map(({ endpoint, ...told }) => ({
      subject: this.#subjects.get(endpoint) ?? endpoint,
      ...told,
    }));
  }
}
