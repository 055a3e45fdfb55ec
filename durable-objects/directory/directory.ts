/**
 * Hostname → account, for the whole installation: the first claim wins.
 *
 * Each method is one synchronous turn, so two accounts that ask at once cannot both get a name.
 */
import { HOSTNAMES_MAX } from "../../routing/limits.ts";
import { ok, type Result, refuse } from "../../routing/result.ts";
import type { DirectoryObject, ObjectPorts, Sql } from "../../workers/ports.ts";
import { list, text } from "../arguments.ts";
import { migrate } from "../storage/migrations.ts";
import { type Claims, claims, directoryMigrations } from "./claims.ts";

export class HostnameDirectory implements DirectoryObject {
  readonly #sql: Sql;
  readonly #claims: Claims;

  constructor(ports: Pick<ObjectPorts, "sql">) {
    this.#sql = ports.sql;
    migrate(ports.sql, directoryMigrations);
    this.#claims = claims(ports.sql);
  }

  async claim(
    account: string,
    hostnames: readonly string[],
  ): Promise<Result<null, { readonly taken: readonly string[] }>> {
    checkNames(account, hostnames);
    const owners = new Map(hostnames.map((name) => [name, this.#claims.owner(name)]));
    const taken = [...owners]
      .filter(([, owner]) => owner !== null && owner !== account)
      .map(([name]) => name);
    if (taken.length > 0) return refuse({ taken });
    this.#sql.transaction(() => {
      for (const [name, owner] of owners) if (owner === null) this.#claims.add(name, account);
    });
    return ok(null);
  }

  async release(account: string, kept: readonly string[]): Promise<void> {
    checkNames(account, kept);
    const keep = new Set(kept);
    this.#sql.transaction(() => {
      for (const name of this.#claims.of(account)) {
        if (!keep.has(name)) this.#claims.remove(name);
      }
    });
  }

  async account(hostname: string): Promise<string | null> {
    text("hostname", hostname);
    return this.#claims.owner(hostname);
  }
}

function checkNames(account: string, hostnames: readonly string[]) {
  text("account", account);
  list("hostnames", hostnames, HOSTNAMES_MAX);
  for (const name of hostnames) text("hostname", name);
}
