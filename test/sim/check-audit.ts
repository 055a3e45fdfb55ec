/** Audit and state agree: one row for every version, each bound to the one before, and never another history than before. */
import { brokenLink } from "../../durable-objects/config/audit.ts";
import type { AuditRow, VersionSummary } from "../../workers/config-object.ts";
import type { Bench } from "./bench.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

export class CheckAudit implements Watcher {
  readonly #bench: Bench;
  #rows: readonly AuditRow[] = [];
  #versions: readonly number[] = [];
  #wasAsked = false;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  served({ method, result }: ServedCall): void {
    if (method === "versions") {
      this.#versions = (result as readonly VersionSummary[]).map(({ version }) => version);
    }
    if (method !== "audit") return;
    this.#wasAsked = true;
    const rows = result as readonly AuditRow[];
    const changed = this.#rows.find(({ hash }, place) => rows[place]?.hash !== hash);
    if (changed !== undefined) {
      this.#bench.violated(`audit row ${changed.sequence} is another one than it was`);
    }
    this.#rows = rows;
  }

  end(): void {
    const { history, violated } = this.#bench;
    if (!this.#wasAsked) violated("nobody could read the audit");
    const broken = brokenLink(this.#rows, null);
    if (broken !== null)
      violated(`audit row ${broken.sequence} does not follow from the one before`);
    const audited = this.#rows.map(({ version }) => version);
    const expected = Array.from({ length: history.latest }, (_, place) => place + 1);
    if (audited.join() !== expected.join()) {
      violated(`the audit tells of versions ${audited.join()}, and there were ${expected.join()}`);
    }
    if ([...this.#versions].reverse().join() !== expected.join()) {
      violated(`ConfigStore lists versions ${this.#versions.join()} of ${history.latest}`);
    }
  }
}
