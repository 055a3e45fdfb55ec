/** What a ConfigStore has written down: versions with their objects, the audit, events and keys; a change is one transaction of them all. */
import { SCHEMA } from "../../routing/limits.ts";
import type { Table } from "../../routing/model.ts";
import { countOf } from "../../routing/table/document.ts";
import type { Ms } from "../../routing/units.ts";
import type { Sql } from "../../workers/ports.ts";
import type { Documents } from "../storage/documents.ts";
import { type Events, events } from "../storage/events.ts";
import { type Audit, audit } from "./audit.ts";
import type { Change } from "./change.ts";
import { type ExplainKeys, explainKeys } from "./explain-keys.ts";
import { type Objects, objects } from "./objects.ts";
import { type VersionRow, type Versions, versions } from "./versions.ts";

export class Book {
  readonly versions: Versions;
  readonly audit: Audit;
  readonly events: Events;
  readonly explainKeys: ExplainKeys;
  readonly #sql: Sql;
  readonly #objects: Objects;
  readonly #account: string;

  constructor(sql: Sql, stored: Documents, account: string) {
    this.#sql = sql;
    this.#account = account;
    this.#objects = objects(sql, stored);
    this.versions = versions(sql);
    this.audit = audit(sql);
    this.events = events(sql, "config");
    this.explainKeys = explainKeys(stored);
  }

  table({ version, manifest }: VersionRow): Table {
    return {
      schema: SCHEMA,
      account: this.#account,
      version,
      ...this.#objects.load(manifest),
    };
  }

  /** Answers the version's tag. */
  commit({ table, action, by, key, also }: Change, nowMs: Ms): string {
    const { version } = table;
    const { actor, note } = by;
    return this.#sql.transaction(() => {
      const manifest = this.#objects.store(table);
      const etag = `${version}-${manifest.slice(0, 16)}`;
      const counts = countOf(table);
      this.versions.add({ version, etag, at: nowMs, actor, note, counts, manifest });
      this.audit.add({ at: nowMs, actor, action, version, note });
      if (key !== undefined) this.explainKeys.add(key);
      also?.();
      const subject = `version ${version}`;
      this.events.add({ kind: "config", subject, detail: `${action} by ${actor}` }, nowMs);
      if (this.versions.compact(nowMs)) {
        this.#objects.sweep(new Set(this.versions.list().map((row) => row.manifest)));
      }
      return etag;
    });
  }

  /** Something was done that makes no version. */
  note(action: "freeze" | "thaw", by: Change["by"], nowMs: Ms, also: () => void): void {
    const { actor, note } = by;
    const version = this.versions.newest()?.version ?? NO_VERSION;
    this.#sql.transaction(() => {
      also();
      this.audit.add({ at: nowMs, actor, action, version, note });
      const detail = `${action} by ${actor}${note === "" ? "" : `: ${note}`}`;
      this.events.add({ kind: "config", subject: action, detail }, nowMs);
    });
  }
}

/** Before the first. */
const NO_VERSION = 0 as VersionRow["version"];
